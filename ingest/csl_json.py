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
from ingest.draft import is_own_tag
from ingest.pages import total_pages
from ingest.text import Text

_SIGN = re.compile(
    r'"(?:type|title|author|issued|container-title|DOI|id|citation-key|abstract)"\s*:', re.IGNORECASE
)
_OPENING = re.compile(r"\s*[\[{]")
_TELLING = frozenset(
    {"title", "author", "container-title", "DOI", "issued", "abstract", "editor", "PMID", "URL"}
)
_LISTS = ("items", "references", "records", "message")
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
_NOT_SPACE = re.compile(r"[^\s,;]")
_NEXT = re.compile(r"^[ \t]*\{|(?<=[\]}])[ \t]*,\s*(?=\{)", re.MULTILINE)
_SURROGATE = re.compile("[\ud800-\udfff]")


class CslJson:
    """Reads CSL-JSON; an item that is no JSON is a problem, and the next is read."""

    name = "csl-json"
    endings: tuple[str, ...] = (".json", ".jsonl")

    def recognises(self, head: str) -> bool:
        """Whether this begins as JSON and names a CSL variable."""
        return bool(_OPENING.match(head) and _SIGN.search(head))

    def parse(self, text: Text) -> Iterator[Piece]:
        """The items in the order printed."""
        return self._parse(text.whole(), text.source)

    def _parse(self, text: str, source: str) -> Iterator[Piece]:
        place, end = _body(text)
        decoder = json.JSONDecoder()
        line, counted = 1, 0
        while match := _NOT_SPACE.search(text, place, end):
            start = match.start()
            line += text.count("\n", counted, start)
            counted = start
            try:
                item, place = decoder.raw_decode(text, start)
            except (ValueError, RecursionError) as error:
                reason = (
                    f"is no JSON: {error.msg}"
                    if isinstance(error, json.JSONDecodeError)
                    else "is nested too deep"
                )
                following = _NEXT.search(text, start + 1, end)
                place = following.start() if following else end
                raw = text[start:place].rstrip()
                if raw.strip("[]{} \t\n,"):
                    yield Problem(source, line, raw, reason, "mend the item, or export it again")
                continue
            yield _piece(item, source, line, text[start:place])


def _body(text: str) -> tuple[int, int]:
    """Where the items stand: within the brackets of an array, or the whole text."""
    start = re.match(r"\s*", text).end()  # type: ignore[union-attr]
    end = len(text.rstrip())
    if text[start : start + 1] == "{":
        wrapped = re.compile(
            rf'\{{[^\[\]{{}}]{{0,2000}}?"(?:{"|".join(_LISTS)})"\s*:\s*(?:\{{[^\[\]{{}}]*"items"\s*:\s*)?(?=\[\s*\{{)'
        ).match(text, start)
        if not wrapped or (
            _SIGN.search(text, start, wrapped.end()) and '"title"' in text[start : wrapped.end()]
        ):
            return start, end
        start = wrapped.end()
        end = text.rfind("]", start) + 1 or end
    if text[start : start + 1] == "[":
        return start + 1, end - 1 if text[end - 1] == "]" else end
    return start, end


def _piece(item: Any, source: str, line: int, raw: str) -> Piece:
    hint = "give it at least a title"
    if not isinstance(item, dict):
        return Problem(
            source, line, raw, "is no item but a lone value", "each item is an object with its fields"
        )
    if not _TELLING & item.keys():
        return Problem(source, line, raw, "item has none of a reference's fields (title, author, ...)", hint)
    record = csl.decode(_clean(item))
    return SourceRecord(source, "csl-json", line, raw, csl.encode(record))


def _clean(item: Mapping[str, Any]) -> dict[str, Any]:
    """The item in shapes that CSL knows."""
    clean = {str(key): _without_surrogates(value) for key, value in item.items()}
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


def _without_surrogates(value: Any) -> Any:
    """The value with lone surrogates ("\\ud800" in JSON) replaced, which no database stores."""
    if isinstance(value, str):
        return _SURROGATE.sub("\ufffd", value)
    if isinstance(value, list):
        return [_without_surrogates(one) for one in value]
    if isinstance(value, dict):
        return {_without_surrogates(key): _without_surrogates(one) for key, one in value.items()}
    return value
