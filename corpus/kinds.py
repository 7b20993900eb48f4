"""What kind of work a record is: CSL types for the types of BibTeX and RIS, and back.

CSL types: https://docs.citationstyles.org/en/stable/specification.html#appendix-iii-types (1.0.2).
An exporter writes ``bibtex_type`` with ``bibtex_subtype`` as ``entrysubtype``, or ``ris_type`` with
``ris_subtype`` as ``M3``; then reading gives every CSL type back.
"""

from __future__ import annotations

_CSL_TYPES = (
    "article article-journal article-magazine article-newspaper bill book broadcast chapter classic"
    " collection dataset document entry entry-dictionary entry-encyclopedia event figure graphic hearing"
    " interview legal_case legislation manuscript map motion_picture musical_score pamphlet paper-conference"
    " patent performance periodical personal_communication post post-weblog regulation report review"
    " review-book software song speech standard thesis treaty webpage"
)
CSL_TYPES = frozenset(_CSL_TYPES.split())

#: RIS ``TY`` -> CSL type. Where several stand for one CSL type, ``ris_type`` gives the first.
RIS_TYPES = {
    "JOUR": "article-journal",
    "MGZN": "article-magazine",
    "NEWS": "article-newspaper",
    "BOOK": "book",
    "CHAP": "chapter",
    "RPRT": "report",
    "THES": "thesis",
    "CONF": "paper-conference",
    "CPAPER": "paper-conference",
    "ELEC": "webpage",
    "WEB": "webpage",
    "BLOG": "post-weblog",
    "DATA": "dataset",
    "COMP": "software",
    "GEN": "document",
    "ABST": "article-journal",
    "EJOUR": "article-journal",
    "INPR": "article-journal",
    "JFULL": "periodical",
    "EBOOK": "book",
    "EDBOOK": "book",
    "WHOLE": "book",
    "CTLG": "book",
    "MANUAL": "book",
    "CLSWK": "classic",
    "ANCIENT": "classic",
    "ECHAP": "chapter",
    "GOVDOC": "report",
    "HEAR": "hearing",
    "UNPB": "manuscript",
    "MANSCPT": "manuscript",
    "PAMP": "pamphlet",
    "ENCYC": "entry-encyclopedia",
    "DICT": "entry-dictionary",
    "SER": "collection",
    "DBASE": "dataset",
    "AGGR": "dataset",
    "CASE": "legal_case",
    "STAT": "legislation",
    "LEGAL": "legislation",
    "BILL": "bill",
    "UNBILL": "bill",
    "GRNT": "document",
    "GRANT": "document",
    "STAND": "standard",
    "PAT": "patent",
    "MAP": "map",
    "ART": "graphic",
    "FIGURE": "figure",
    "CHART": "figure",
    "EQUA": "figure",
    "MPCT": "motion_picture",
    "VIDEO": "motion_picture",
    "ADVS": "motion_picture",
    "MULTI": "motion_picture",
    "SOUND": "song",
    "MUSIC": "musical_score",
    "SLIDE": "speech",
    "PCOMM": "personal_communication",
    "ICOMM": "personal_communication",
}

#: BibTeX and biblatex entry types -> CSL type; again the first of several is the one written.
BIBTEX_TYPES = {
    "article": "article-journal",
    "book": "book",
    "incollection": "chapter",
    "inproceedings": "paper-conference",
    "techreport": "report",
    "phdthesis": "thesis",
    "unpublished": "manuscript",
    "booklet": "pamphlet",
    "misc": "document",
    "online": "webpage",
    "dataset": "dataset",
    "software": "software",
    "patent": "patent",
    "periodical": "periodical",
    "inbook": "chapter",
    "bookinbook": "chapter",
    "suppbook": "chapter",
    "suppcollection": "chapter",
    "conference": "paper-conference",
    "proceedings": "book",
    "mvproceedings": "book",
    "collection": "book",
    "mvcollection": "book",
    "mvbook": "book",
    "reference": "book",
    "mvreference": "book",
    "manual": "book",
    "inreference": "entry-encyclopedia",
    "report": "report",
    "mastersthesis": "thesis",
    "bachelorsthesis": "thesis",
    "thesis": "thesis",
    "electronic": "webpage",
    "www": "webpage",
    "webpage": "webpage",
    "suppperiodical": "article-journal",
    "review": "review",
    "preprint": "article",
    "standard": "standard",
    "legislation": "legislation",
    "jurisdiction": "legal_case",
    "legal": "treaty",
    "letter": "personal_communication",
    "audio": "song",
    "music": "song",
    "video": "motion_picture",
    "movie": "motion_picture",
    "image": "graphic",
    "artwork": "graphic",
    "performance": "performance",
    "commentary": "document",
}

# The types that EndNote, RefWorks, Ovid and their like print in words -> CSL type.
_NAMED_TYPES = {
    "article-journal": (
        "journal article, article, journal, electronic article, electronic journal, journal electronic,"
        " abstract, review, conference abstract, article in press, letter, editorial, note, short survey,"
        " erratum, peer reviewed journal, in press"
    ),
    "article-magazine": "magazine article, magazine",
    "article-newspaper": "newspaper article, newspaper",
    "article": "preprint, e-print",
    "book": (
        "book, book whole, edited book, book edited, authored book, electronic book, e-book, monograph,"
        " catalog"
    ),
    "chapter": "book section, book chapter, chapter, electronic book section, encyclopedia chapter",
    "report": "report, government document, technical report, research report, working paper",
    "thesis": (
        "thesis, dissertation, dissertation/thesis, dissertation/thesis unpublished, dissertation abstract,"
        " thesis unpublished, dissertations & theses"
    ),
    "paper-conference": "conference paper, conference proceedings, proceedings paper, conference proceeding",
    "webpage": "web page, website, online source",
    "post-weblog": "blog",
    "post": "online discussion forum, discussion forum, social media",
    "dataset": "dataset, data set, aggregated database, online database",
    "software": "computer program, software, multimedia application",
    "periodical": "serial, serial publication",
    "review-book": "book review",
    "manuscript": "manuscript, unpublished work, unpublished material",
    "pamphlet": "pamphlet",
    "classic": "ancient text, classical work",
    "entry-encyclopedia": "encyclopedia, encyclopedia entry",
    "entry-dictionary": "dictionary, dictionary entry",
    "legal_case": "case, legal case, court case, court decisions, case/court decisions",
    "legislation": "statute, statutes, laws, laws/statutes, legislation",
    "regulation": "legal rule or regulation",
    "bill": "bill, bills, resolutions, bills/resolutions",
    "hearing": "hearing",
    "standard": "standard",
    "patent": "patent",
    "map": "map",
    "graphic": "artwork",
    "figure": "figure, chart or table, equation",
    "motion_picture": (
        "film or broadcast, audiovisual material, motion picture, video, video/ dvd, video/dvd, dvd,"
        " online multimedia, video-audio media"
    ),
    "broadcast": "podcast, television episode",
    "song": "sound recording",
    "musical_score": "music, music score",
    "interview": "interview",
    "personal_communication": "personal communication",
}
_NAMED = {name: csl_type for csl_type, names in _NAMED_TYPES.items() for name in names.split(", ")}

# What classic BibTeX styles know; a biblatex-only type would print as a warning there.
_WRITTEN_IN_BIBTEX = dict.fromkeys(
    ("webpage", "dataset", "software", "patent", "periodical", "post", "post-weblog"), "misc"
) | {
    "article-magazine": "article",
    "article-newspaper": "article",
    "review": "article",
    "review-book": "article",
    "article": "unpublished",
    "classic": "book",
    "collection": "book",
    "entry": "incollection",
    "entry-dictionary": "incollection",
    "entry-encyclopedia": "incollection",
    "hearing": "techreport",
    "standard": "techreport",
}

# biblatex's own words for what an @article or @misc is.
_SUBTYPES = {
    "magazine": "article-magazine",
    "newspaper": "article-newspaper",
    "preprint": "article",
    "review": "review",
    "blog": "post-weblog",
    "website": "webpage",
    "webpage": "webpage",
    "web page": "webpage",
}
_ON_THE_WEB = ("http://", "https://", "\\url", "website", "web site", "web page", "webpage", "online")


def csl_type_from_ris(ty: str, work: str = "") -> str:
    """The CSL type for a ``TY``; ``work`` is ``M3``, which names the type of a ``GEN``."""
    known = RIS_TYPES.get(ty.strip().upper(), "document")
    return work if known == "document" and work in CSL_TYPES else known


def ris_type(csl_type: str) -> str:
    """The ``TY`` to write for a CSL type; ``GEN`` where RIS has none."""
    return _RIS.get(csl_type, "GEN")


def ris_subtype(csl_type: str) -> str:
    """What ``M3`` must say so that the type is read back; "" where ``TY`` says it."""
    return "" if csl_type_from_ris(ris_type(csl_type)) == csl_type else csl_type


def csl_type_from_name(name: str) -> str:
    """The CSL type for a type in words, as EndNote, RefWorks and Ovid print it; "" for another word."""
    return _NAMED.get(" ".join(name.replace(",", " ").lower().split()), "")


def csl_type_from_bibtex(
    entry_type: str, *, subtype: str = "", howpublished: str = "", genre: str = ""
) -> str:
    """The CSL type for an entry type; the fields ``entrysubtype``, ``howpublished``, ``type`` refine it.

    They decide only between what the entry type leaves open: an ``@article`` may be a magazine's,
    an ``@misc`` a web page.
    """
    known = BIBTEX_TYPES.get(entry_type.strip().lower(), "document")
    if subtype in CSL_TYPES:
        return subtype
    if known in ("article-journal", "document") and subtype.strip().lower() in _SUBTYPES:
        return _SUBTYPES[subtype.strip().lower()]
    if known != "document":
        return known
    if genre.strip().lower() in _SUBTYPES:
        return _SUBTYPES[genre.strip().lower()]
    if any(sign in howpublished.lower() for sign in _ON_THE_WEB):
        return "webpage"
    return known


def bibtex_type(csl_type: str) -> str:
    """The entry type to write for a CSL type, one that classic BibTeX knows; else ``misc``."""
    return _WRITTEN_IN_BIBTEX.get(csl_type) or _BIBTEX.get(csl_type, "misc")


def bibtex_subtype(csl_type: str) -> str:
    """What ``entrysubtype`` must say so that the type is read back; "" where the entry type says it."""
    return "" if csl_type_from_bibtex(bibtex_type(csl_type)) == csl_type else csl_type


def _first(types: dict[str, str]) -> dict[str, str]:
    first: dict[str, str] = {}
    for name, csl_type in types.items():
        first.setdefault(csl_type, name)
    return first


_RIS = _first(RIS_TYPES)
_CLASSIC = (
    "article",
    "book",
    "incollection",
    "inproceedings",
    "techreport",
    "phdthesis",
    "unpublished",
    "booklet",
)
_BIBTEX = {csl_type: name for csl_type, name in _first(BIBTEX_TYPES).items() if name in _CLASSIC}
