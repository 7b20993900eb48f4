"""The page from which one takes a whole result away: as data, or as a document that one can send."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

from kb.citing import OFFERED
from kb.knowledge_base import KnowledgeBase
from kb.site import search
from kb.site.asked import Asked
from kb.wording import capital, said

#: More references than this are for the shell: a visitor would wait, and keep others waiting.
MOST = 1000

GROUPS = (
    ("", "nothing: one list"),
    ("theme", "theme"),
    ("direction", "what hinders, helps and drives"),
    ("setting", "setting"),
    ("year", "year"),
)
PARTS = (
    ("quotes", "the words that earned each theme"),
    ("abstracts", "the abstracts"),
    ("strategy", "the search strategy as an appendix"),
)
#: (ending, label) of the documents.
DOCUMENTS = (("docx", "Word"), ("html", "Web page"), ("md", "Markdown"))


def take(library: KnowledgeBase, asked: Asked) -> dict[str, Any]:
    """What the page shows; raises ``EvidenceError`` for a search that cannot be run."""
    total = search.run(library, asked).total
    return {
        "asked": asked,
        "total": total,
        "said": capital(said(asked.query, library.themes)),
        "styles": list(OFFERED.items()),
        "groups": GROUPS,
        "parts": PARTS,
        "documents": DOCUMENTS if find_spec("pypandoc") else (),
        "most": MOST,
    }
