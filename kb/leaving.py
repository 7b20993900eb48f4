"""The formats in which records leave, by name and by the ending of a file; it imports nothing heavy."""

from __future__ import annotations

#: Names for ``--to``; a test compares them with those of the exporters and the documents.
PLAIN = ("bibtex", "ris", "endnote-xml", "csl-json", "csv", "xlsx", "jsonl")
DOCUMENTS = ("docx", "html", "markdown")
FORMATS = (*PLAIN, *DOCUMENTS)

#: Ending of a file -> format, where the name of the file alone says it.
ENDINGS = {
    ".bib": "bibtex",
    ".ris": "ris",
    ".xml": "endnote-xml",
    ".json": "csl-json",
    ".csv": "csv",
    ".xlsx": "xlsx",
    ".jsonl": "jsonl",
    ".docx": "docx",
    ".html": "html",
    ".htm": "html",
    ".md": "markdown",
}
