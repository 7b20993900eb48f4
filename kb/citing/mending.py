"""What is set right before a processor sees it: the work, and the style."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from copy import deepcopy
from typing import Any
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

from corpus import csl
from corpus.record import Record

# CSL variables that a record keeps in `extra`: under CSL's own name, or under biblatex's.
_CSL_VARIABLES = """
    archive archive_location authority chapter-number collection-number container-title-short dimensions
    event-place event-title issuing-country jurisdiction medium number number-of-volumes part-number
    references reviewed-title scale section source status supplement-number title-short version
"""
_FROM_EXTRA = {name: name for name in _CSL_VARIABLES.split()}
_FROM_EXTRA |= {"eventtitle": "event-title", "venue": "event-place", "chapter": "chapter-number"}
# What CSL calls `number` stands in these as `issue` (BibTeX `number`) or M1 (RIS).
_NUMBERED = frozenset({"bill", "legislation", "patent", "regulation", "report", "standard"})
# Not for references, or a way to smuggle in variables ("note": processors read "type: book" in it).
_LEFT_OUT = ("abstract", "custom", "id", "keyword", "note")
_ACCESSED = ("accessed", "urldate", "Y2")
_DAY = re.compile(r"(\d{4})\W+(\d\d?)\W+(\d\d?)")
_YEAR = re.compile(r"(?<!\d)[12]\d{3}(?!\d)")
_EDITION = re.compile(r"(\d+)(?:st|nd|rd|th)?(?:\s+ed(?:n|ition)?)?\.?\Z", re.IGNORECASE)
_FULL_STOP = re.compile(r"(?<!\.)\.\Z")
# Han, kana and hangul: a name has no initials, and its parts stand together.
_UNSPACED = re.compile(r"[぀-ヿ㐀-䶿一-鿿가-힯]")
# Languages as libraries print them -> as CSL asks for them; a processor knows the second alone.
_LANGUAGES = {"eng": "en", "english": "en", "ger": "de", "deu": "de", "fre": "fr", "fra": "fr", "spa": "es"}
_LANGUAGES |= {"swe": "sv", "nor": "nb", "dan": "da", "dut": "nl", "nld": "nl", "ita": "it", "por": "pt"}

# Characters of the private area that stand for others while a processor works. CSL-JSON would take "<i>" for
# italics; a record means it.
_LESS_THAN = {ord("<"): 0xE03C}
# Pandoc's time doubles with each mark that opens and never closes: 20 take 2 s. Many are then set as typed.
_OPENING = {ord("“"): 0xE040, ord("‘"): 0xE041}
_MANY_OPENING = 10
_BACK = {there: here for here, there in (_LESS_THAN | _OPENING).items()}
# What is longer is no title: a record with a whole text in it must not hold up a bibliography.
_LONGEST = 5000
_CSL = "{http://purl.org/net/xbiblio/csl}"


def work(record: Record, id_: str) -> dict[str, Any]:
    """The record in CSL-JSON for a processor, under the id ``id_``: what it needs, and set right."""
    given = csl.encode(record)
    mended = {name: value for name, value in given.items() if name not in _LEFT_OUT}
    for name, variable in _FROM_EXTRA.items():
        value = record.extra.get(name)
        if isinstance(value, str) and value and variable not in mended:
            mended[variable] = value
    _number(record, mended)
    _texts(mended)
    _dates(record, mended)
    for role in csl.NAME_VARIABLES:
        if role in mended:
            mended[role] = [_name(name) for name in mended[role]]
    if record.et_al and mended.get("author"):
        # What BibTeX calls "and others": processors set it as the style sets "et al.".
        mended["author"].append({"literal": "others"})
    return {"id": id_, **_plain(mended)}


def back(text: str) -> str:
    """The text of a processor with every character as the record has it."""
    return text.translate(_BACK)


def style(root: Element) -> Element:
    """The style, its own, as pandoc reads it right."""
    mended = deepcopy(root)
    for names in mended.iter(f"{_CSL}names"):
        kinds = [child.tag for child in names]
        if f"{_CSL}label" in kinds and f"{_CSL}name" not in kinds:
            # Without a <name> pandoc sets the label first: ", editorsGlasby J" (NLM, AMA).
            names.insert(0, Element(f"{_CSL}name"))
    for condition in mended.iter(f"{_CSL}if"):
        says = [text.get("value") for text in condition.iter(f"{_CSL}text")]
        if says == ["Preprint"] and condition.get("type") == "article article-journal":
            # Harvard calls every journal article without volume and page a preprint; records often lack both.
            condition.set("type", "article")
    return mended


def _number(record: Record, mended: dict[str, Any]) -> None:
    if record.type not in _NUMBERED or mended.get("number"):
        return
    number = mended.pop("issue", "") or record.extra.get("M1")
    if isinstance(number, str) and number:
        mended["number"] = number


def _texts(mended: dict[str, Any]) -> None:
    for name in ("title", "container-title", "collection-title", "publisher"):
        if name in mended:
            # One full stop at the end is the catalogue's; the style sets its own.
            mended[name] = _FULL_STOP.sub("", " ".join(mended[name].split()))
    if match := _EDITION.match(mended.get("edition", "").strip()):
        mended["edition"] = match.group(1)
    if "language" in mended:
        language = mended["language"].strip().lower()
        mended["language"] = _LANGUAGES.get(language, language)
    if not _on_the_web(mended.get("URL", "")):
        mended.pop("URL", None)


def _dates(record: Record, mended: dict[str, Any]) -> None:
    said = mended.get("issued", {}).get("literal", "")
    if year := _YEAR.search(said):
        # "2005?", "[2005]": pandoc would say that there is no date.
        mended["issued"] = {"date-parts": [[int(year.group())]], "circa": "?" in said or "~" in said}
    elif said:
        # "in press", "forthcoming".
        del mended["issued"]
        mended.setdefault("status", said)
    if record.type == "paper-conference":
        # In RIS the second date of a conference is that of the conference.
        said_days = [record.extra.get("urldate"), record.extra.get("accessed")]
    else:
        said_days = [record.extra.get(name) for name in _ACCESSED]
    for day in said_days:
        if isinstance(day, str) and (match := _DAY.search(day)) and "URL" in mended:
            mended["accessed"] = {"date-parts": [[int(part) for part in match.groups()]]}
            return


def _name(name: Mapping[str, str]) -> dict[str, str]:
    parts = name.get("family", ""), name.get("given", "")
    if all(parts) and _UNSPACED.search("".join(parts)):
        return {"literal": "".join(parts)}
    return dict(name)


def _plain(value: Any) -> Any:
    """The value with each text free of what no reference holds, and without a sign of markup."""
    if isinstance(value, str):
        return _sent(value)
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    return value


def _sent(text: str) -> str:
    if len(text) > _LONGEST:
        text = f"{text[:_LONGEST]}…"
    many = sum(ord(character) in _OPENING for character in text) > _MANY_OPENING
    table = _LESS_THAN | _OPENING if many else _LESS_THAN
    # A half of a pair (Cs) cannot be sent; control characters are never meant.
    others = {"Cc": " ", "Cs": "\ufffd"}
    kept = (others.get(unicodedata.category(character), character) for character in text)
    return "".join(kept).strip().translate(table)


def _on_the_web(address: str) -> bool:
    try:
        parts = urlsplit(address.strip())
        host = parts.hostname
    except ValueError:
        return False
    clean = not any(ord(character) <= 32 for character in address.strip())
    return parts.scheme.lower() in ("http", "https") and bool(host) and clean
