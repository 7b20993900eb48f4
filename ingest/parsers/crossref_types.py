"""CSL types for the types of Crossref, which OpenAlex uses too."""

from __future__ import annotations

#: https://api.crossref.org/types
CROSSREF_TYPES = {
    "journal-article": "article-journal",
    "journal": "periodical",
    "journal-volume": "periodical",
    "journal-issue": "periodical",
    "proceedings-article": "paper-conference",
    "proceedings": "book",
    "proceedings-series": "collection",
    "posted-content": "article",
    "preprint": "article",
    "book": "book",
    "monograph": "book",
    "edited-book": "book",
    "reference-book": "book",
    "book-set": "collection",
    "book-series": "collection",
    "book-chapter": "chapter",
    "book-section": "chapter",
    "book-part": "chapter",
    "book-track": "chapter",
    "reference-entry": "entry-encyclopedia",
    "report": "report",
    "report-component": "report",
    "report-series": "collection",
    "standard": "standard",
    "standard-series": "collection",
    "dissertation": "thesis",
    "dataset": "dataset",
    "database": "dataset",
    "component": "document",
    "grant": "document",
    "other": "document",
    "peer-review": "review",
}
