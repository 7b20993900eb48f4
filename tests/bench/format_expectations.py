"""The records that CoLRev expects of its cases, and where it expects what the files do not say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

_ENTRY = re.compile(r"^@(\w+)\{([^,\n]+),\n(.*?)^\}", re.MULTILINE | re.DOTALL)
_FIELD = re.compile(r"^   ([\w.-]+) +=\s\{(.*?)\},\n(?=   [\w.-]+ +=|\Z)", re.MULTILINE | re.DOTALL)
_NAMES = {
    "journal": "container",
    "booktitle": "container",
    "school": "publisher",
    "institution": "publisher",
    "colrev.pubmed.pubmedid": "pmid",
}
#: What CoLRev writes for itself.
_ITS_OWN = ("colrev_", "prescreen_exclusion")

_RESHAPED = "CoLRev changes the case of a title, or cuts words off it"
_GUESSED_TYPE = "CoLRev guesses another type from words of the journal's title, or from an address"
_SWAPPED = "CoLRev takes the title of the book for that of the chapter"
_ADDRESS = "CoLRev sorts addresses by what they lead to; the first printed is another"

_RENAMED = "CoLRev puts its own name of a journal or conference for the one printed"

#: (case, CoLRev's key, field) -> why the value that is expected is not what the file says.
EXPECTED_WRONG: dict[tuple[str, str, str], str] = {
    ("files_dir_bib", "JensenEskild2014", "title"): _RESHAPED,
    ("files_dir_bib", "PauleenHarmerSanders2007", "title"): _RESHAPED,
    ("files_dir_bib", "Underwood1997", "title"): _RESHAPED,
    ("web_of_science_bib", "WriteroneWritertwo2017", "container"): _RESHAPED,
    ("abi_inform_proquest_bib", "Lastname2014", "type"): _GUESSED_TYPE,
    ("europe_pmc_bib", "Miscwriter2022", "type"): _GUESSED_TYPE,
    ("scopus_bib", "BookchapterwriterBookwritertwoBookwriterthreeEtAl2021", "title"): _SWAPPED,
    ("scopus_bib", "BookchapterwriterBookwritertwoBookwriterthreeEtAl2021", "container"): _SWAPPED,
    ("scopus_bib", "BookchapterwriterBookwritertwoBookwriterthreeEtAl2021", "type"): _SWAPPED,
    ("ais_enl", "ElGazzarHenriksenWahid2017", "title"): _RESHAPED,
    ("ais_enl", "ElGazzarHenriksenWahid2017", "type"): _GUESSED_TYPE,
    **{
        ("ais_enl", key, "container"): _RENAMED
        for key in (
            "ElGazzarHenriksenWahid2017",
            "GuoStraubZhangEtAl2021",
            "LavillesSison2017",
            "RokrokShafiekhahOsorioEtAl2019",
            "Unknown2021",
            "Unknown2021a",
        )
    },
    ("trid_ris", "AuthorOneAuthorTwoCenterEtAl2019", "url"): _ADDRESS,
}


def expected_records(path: Path) -> list[dict[str, str]]:
    """The records of a result file, fields by the bench's names, ``key`` CoLRev's own."""
    return [_record(*match.groups()) for match in _ENTRY.finditer(path.read_text(encoding="utf-8"))]


def _record(kind: str, key: str, body: str) -> dict[str, str]:
    fields = dict(_fields(body))
    chapter = fields.get("chapter", "")
    if kind == "inbook" and chapter and not chapter.isdecimal():
        # CoLRev's @inbook has the book's title for its title, and the chapter's as ``chapter``.
        fields["container"], fields["title"] = fields["title"], fields.pop("chapter")
    return {"key": key, "type": kind, **fields}


def _fields(body: str) -> Iterator[tuple[str, str]]:
    for name, value in _FIELD.findall(body):
        if value != "UNKNOWN" and not name.startswith(_ITS_OWN):
            yield _NAMES.get(name, name), value
