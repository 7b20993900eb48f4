"""How a document becomes a Tantivy document: its fields, and the texts that stand in them."""

from __future__ import annotations

from typing import Any

import tantivy

from index.engine import TERM_FIELDS, TITLE_WEIGHT, Document
from index.tantivy_text import Texts

#: The texts of a record, each a field with the places of its words, for phrases and for words in that field.
#: Words anywhere are looked for in "text", which holds them all without places.
PLACED = ("title", "abstract", "keyword", "author", "journal")
#: The same texts as printed.
PRINTED = tuple(f"printed_{name}" for name in PLACED)
Fields = tuple[int | None, list[tuple[str, str]], bytes]
"""Of a record: its year, the names of its fields with their texts, and what it is about."""

#: In ``newest``, so many bits below the year hold the number, turned so that a lower number is newer.
_BITS = 32
_LAST = (1 << _BITS) - 1
#: What a record without a year has for one; years before and after these count as these.
_NO_YEAR, _FIRST_YEAR, _LAST_YEAR = 0, 1, 100_000
_YEARS_BEFORE = 10_000


def schema() -> Any:
    """The fields of an index: texts to find words in, values to filter by, and what orders records."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("text", tokenizer_name="whitespace", index_option="freq")
    for name in (*PLACED, *PRINTED):
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="position")
    for name in TERM_FIELDS:
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic", fast=name != "doi")
    builder.add_integer_field("year", indexed=True, fast=True)
    builder.add_unsigned_field("number", indexed=True, fast=True)
    builder.add_unsigned_field("newest", fast=True)
    builder.add_bytes_field("about", stored=True)
    return builder.build()


def register(index: Any) -> None:
    """Teach an index that words stand between spaces; what they are was made out before."""
    spaces = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
    index.register_tokenizer("whitespace", spaces)


def newest(year: int | None, number: int) -> int:
    """What a record is ordered by where the newest come first, and the lowest number of a year."""
    age = _NO_YEAR if year is None else min(max(year + _YEARS_BEFORE, _FIRST_YEAR), _LAST_YEAR)
    return age << _BITS | _LAST - number


def number_of(newest_key: int) -> int:
    """The number of the record that has this key."""
    return _LAST - (newest_key & _LAST)


def fields_of(document: Document, texts: Texts) -> Fields:
    """What is indexed of a document's texts: names of fields, each with a text."""
    printed = (
        document.title,
        document.abstract,
        document.keywords,
        document.authors,
        document.container_title,
    )
    fields, stems = [], []
    for name, text in zip(PLACED, printed, strict=True):
        stems.append(texts.stems(text) if text else "")
        if text:
            fields += [(name, stems[-1]), (f"printed_{name}", texts.raw(text))]
    anywhere = " ".join((*[stems[0]] * TITLE_WEIGHT, *stems[1:]))
    year = "" if document.year is None else texts.stems(str(document.year))
    fields.append(("text", f"{anywhere} {texts.parts(anywhere)} {year}"))
    for name in TERM_FIELDS:
        values = [document.doi.strip().lower()] if name == "doi" else document.facets.get(name, ())
        fields += [(name, _clean(value).decode()) for value in dict.fromkeys(filter(None, values))]
    return document.year, fields, _clean(f"{document.title} {document.title} {document.abstract}")


def document_of(number: int, fields: Fields) -> Any:
    """What Tantivy takes for a document."""
    year, texts, about = fields
    made = tantivy.Document()
    for name, text in texts:
        made.add_text(name, text)
    if year is not None:
        made.add_integer("year", min(max(year, -_YEARS_BEFORE), _LAST_YEAR))
    made.add_unsigned("number", number)
    made.add_unsigned("newest", newest(year, number))
    made.add_bytes("about", about)
    return made


def _clean(text: str) -> bytes:
    # Half a character, as broken files have it, cannot be written.
    return text.encode("utf-8", "replace")
