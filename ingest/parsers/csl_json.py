"""CSL-JSON: an array of items, one item, items one a line, or a list within an object.

The fields are those of ``corpus.csl``. Crossref's own spelling of types and its lists of titles are
understood too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from corpus import csl
from corpus.kinds import CSL_TYPES
from corpus.record import Piece, Problem, SourceRecord
from ingest.fields.draft import is_own_tag
from ingest.fields.pages import total_pages
from ingest.files.text import Text
from ingest.parsers.crossref import Crossref
from ingest.parsers.europepmc import EuropePmc
from ingest.parsers.json_items import Envelope, Item, items
from ingest.parsers.openalex import OpenAlex

_SIGN = re.compile(
    r'"(?:type|title|author|issued|container-title|DOI|id|citation-key|abstract)"\s*:', re.IGNORECASE
)
_OPENING = re.compile(r"\s*[\[{]")
_TELLING = frozenset(
    {"title", "author", "container-title", "DOI", "issued", "abstract", "editor", "PMID", "URL", "custom"}
)
_TYPES = {
    "journal-article": "article-journal",
    "book-chapter": "chapter",
    "book-section": "chapter",
    "proceedings-article": "paper-conference",
    "posted-content": "article",
    "dissertation": "thesis",
    "monograph": "book",
    "edited-book": "book",
    "reference-book": "book",
    "report-component": "report",
    "reference-entry": "entry-encyclopedia",
    "peer-review": "review",
    "other": "document",
}
_SERVICES = (OpenAlex(), Crossref(), EuropePmc())
_ENVELOPE = Envelope(
    lists=("items", "references", "records", "message"),
    rest=("status", "message-type", "message-version", "total-results", "items-per-page", "facets", "query"),
)
_BEGINS = re.compile(r'\{\s*"(?:id|type|title|citation-key|DOI|author)"')


class CslJson:
    """Reads CSL-JSON; an item that is no JSON is a problem, and the next is read."""

    name = "csl-json"
    endings: tuple[str, ...] = (".json", ".jsonl")

    def recognises(self, head: str) -> bool:
        """Whether this begins as JSON and names a CSL variable, and is not the JSON of a service."""
        if any(service.recognises(head) for service in _SERVICES):
            return False
        return bool(_OPENING.match(head) and _SIGN.search(head))

    def parse(self, text: Text) -> Iterator[Piece]:
        """The items in the order printed."""
        for item in items(text, _ENVELOPE, _BEGINS):
            yield item if isinstance(item, Problem) else _piece(item, text.source)


def _piece(item: Item, source: str) -> Piece:
    reason = hint = ""
    if not isinstance(item.value, dict):
        reason, hint = "is no item but a lone value", "each item is an object with its fields"
    elif not _TELLING & item.value.keys():
        reason = "item has none of a reference's fields (title, author, ...)"
        hint = "give it at least a title"
    if reason:
        return Problem(source, item.line, item.raw, reason, hint)
    return SourceRecord(source, "csl-json", item.line, item.raw, csl.decode(_clean(item.value)))


def _clean(item: Mapping[str, Any]) -> dict[str, Any]:
    """The item in shapes that CSL knows."""
    clean = dict(item)
    for key in ("title", "container-title", "collection-title"):
        if isinstance(clean.get(key), list):
            clean[key] = next((str(text) for text in clean[key] if text), "")
    kind = str(clean.get("type") or "")
    if kind not in CSL_TYPES:
        clean["type"] = _TYPES.get(kind, "document")
        if kind and kind not in _TYPES:
            clean["type-printed"] = kind
    for date in clean.values():
        if isinstance(date, dict) and not isinstance(date.get("date-parts", []), list):
            date["raw"] = str(date.pop("date-parts"))
    total = total_pages(str(clean.get("page", "")))
    if total and "number-of-pages" not in clean:
        # "22 p" is how long the work is, not where it stands.
        clean["number-of-pages"] = total
        del clean["page"]
    custom = clean.get("custom")
    if isinstance(custom, dict):
        # Another program's object of that name: keep it whole.
        for key, shape in (("extra", dict), ("orcids", dict), ("keywords", list), ("edtf", str)):
            if key in custom and not isinstance(custom[key], shape):
                clean[f"custom-{key}"] = json.dumps(custom.pop(key), ensure_ascii=False)
        tags = custom.get("tags")
        if isinstance(tags, list) and all(isinstance(tag, str) and is_own_tag(tag) for tag in tags):
            del custom["tags"]
    elif custom is not None:
        clean["custom-printed"] = json.dumps(clean.pop("custom"), ensure_ascii=False)
    return clean
