"""PubMed's XML: what its site and efetch give out, with or without DOCTYPE and root.

Elements and the fields they fill (https://dtd.nlm.nih.gov/ncbi/pubmed/doc/out/): ``PMID`` PMID and id;
``ArticleTitle`` title (``VernacularTitle`` where it says nothing); ``AbstractText`` abstract, ``Label``
before its part; ``AuthorList`` authors (of a book also editors; those of a chapter's book
``container-author``), ``CollectiveName`` an organisation, ``Identifier`` ORCID, ``CompleteYN="N"`` et al;
``Journal/Title`` container title (else ``MedlineTA``), ``BookTitle`` that of a chapter or the title of a
book, ``CollectionTitle``; ``PubDate`` date (else ``ArticleDate``, ``ContributionDate``); ``Volume Issue``;
``MedlinePgn`` (``StartPage EndPage``) pages, expanded; ``ELocationID``, ``ArticleId`` DOI and PMCID; ``ISSN
ISSNLinking Isbn``; ``PublisherName PublisherLocation Edition``; ``Language``; ``MeshHeading`` (as MEDLINE
prints it: "Child Abuse/*prevention & control") and ``Keyword`` keywords; ``PublicationType`` type. All else
is kept in ``extra`` by its element: ``AbstractText`` in other languages as ``OtherAbstract``, corrections
and comments by their ``RefType`` ("ErratumIn", "UpdateOf") with the PMID. Not the list of references, which
stands in the piece as printed.

Raised and lowered letters in titles and abstracts are those of Unicode, "CO₂", where it has them; other
markup is taken out. lxml reads each element (see ``xml_elements``); Bio.Entrez refuses a file that is
cut short or has no DOCTYPE.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from corpus.record import Piece, Problem
from ingest.files.text import Text
from ingest.files.xml_elements import Layout, elements
from ingest.parsers.pubmed_fields import draft

_AROUND = (
    "PubmedArticleSet|PubmedBookArticleSet|MedlineCitationSet|PubmedArticles|eFetchResult|BookDocumentSet"
)
_DELETED = (
    r"<Delete(?:Citation|Document)\s*>(?:\s|<PMID[^<>]*>[\d\s]*</PMID>)*</Delete(?:Citation|Document)\s*>"
)
_ARTICLES = Layout(("PubmedArticle", "PubmedBookArticle"), (_AROUND,), (_DELETED,))
# Without the wrapper that PubMed puts around it: what MEDLINE was leased as.
_CITATIONS = Layout(("MedlineCitation", "BookDocument"), (_AROUND,), (_DELETED,))
_SIGN = re.compile(r"<(?:Pubmed(?:Book)?Article(?:Set)?|MedlineCitation(?:Set)?)[\s>]")


class PubmedXml:
    """Reads PubMed's XML, article by article."""

    name = "pubmed-xml"
    endings: tuple[str, ...] = (".xml",)

    def recognises(self, head: str) -> bool:
        """Whether an element stands there that only PubMed has."""
        return bool(_SIGN.search(head))

    def parse(self, text: Text) -> Iterator[Piece]:
        """The articles and books in the order printed."""
        layout = _ARTICLES if _ARTICLES.opening.search(text.head) else _CITATIONS
        for found in elements(text, layout):
            if isinstance(found, Problem):
                yield found
                continue
            made = draft(found.root)
            if made.is_empty():
                reason = "record holds nothing"
                yield Problem(text.source, found.line, found.raw, reason, "export it again, or leave it out")
            else:
                id = made.texts.get("pmid", "")
                yield made.source_record(id, text.source, self.name, found.line, found.raw)
