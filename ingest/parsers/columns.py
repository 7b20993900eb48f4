"""What the columns of a table are called, by databases, reference managers, screening tools and people.

A *place* is where a column's cells go: a text of ``Record`` by its name, or one of the places that need
reading of their own (``authors``, ``keywords``, ``date``, ``first_page``, ``citation``, ...). Names are
compared folded, letters and digits alone: "Author(s)", "author/s" and "AUTHORS" are one.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache

from corpus.errors import EvidenceError
from corpus.identity import fold

# Place -> names in that place, the best first: the first that a row fills wins, others go to ``extra``.
# Databases: Scopus, Web of Science, PubMed, Embase, Cochrane, OpenAlex, Crossref, Dimensions, The Lens,
# IEEE, Springer, EBSCO, ProQuest, Europe PMC, ERIC, Publish or Perish; tools: Zotero, Mendeley, EndNote,
# Rayyan, Covidence, EPPI-Reviewer, ASReview, rispy, CoLRev; people: European languages, Chinese.
_NAMES = {
    "id": "id recordid key citationkey citekey bibtexkey itemid refid referenceid",
    "type": (
        "type entrytype itemtype typeofreference referencetype documenttype doctype contenttype "
        "publicationtype publicationtypes typeofwork documentidentifier category dokumenttyp typdokument "
        "typededocument tipodedocumento"
    ),
    "title": (
        "title articletitle documenttitle itemtitle primarytitle papertitle publicationtitletext titel "
        "titeldesartikels artikeltitel titre titredelarticle titulo titolo tittel otsikko tytul tittelen "
        "titlename titleenglish displayname 标题 题名 篇名 タイトル"
    ),
    "abstract": (
        "abstract abstracttext abstractnote notesabstract summary zusammenfassung kurzfassung resume "
        "resumen resumo riassunto sammendrag sammanfattning samenvatting abstrakt tiivistelma "
        "abstractenglish 摘要"
    ),
    "authors": (
        "authorfullnames authorsfullnames authorsfull fullauthors authors author authornames authorname "
        "firstauthors authorshipsauthordisplayname authorshipsrawauthorname authorlist authorstring "
        "auteurs auteur autoren autor autorinnen autorenherausgeber verfasser verfasserin verfasserinnen "
        "autores autori autore forfatter forfattere forfattare forfatterer autorzy tekijat creator "
        "creators bookauthorfullnames bookauthors 作者"
    ),
    "organisations": "groupauthors bookgroupauthors corporateauthors corporateauthor collectivename",
    "editors": (
        "editors editor secondaryauthors bookeditors bookeditor herausgeber herausgeberinnen hrsg "
        "redacteur redaktor editores"
    ),
    "series_editors": "serieseditor serieseditors tertiaryauthors",
    "translators": "translator translators subsidiaryauthors",
    "contributors": "contributors contributor",
    "orcids": "orcids authorshipsauthororcid",
    "et_al": "etal",
    "container_title": (
        "containertitle sourcetitle journalbook journaltitle journal journalname journalfull "
        "fulljournalname publicationtitle publicationname secondarytitle periodicaltitle periodical "
        "pubtitle parenttitle booktitle conferencetitle hostvenuedisplayname "
        "primarylocationsourcedisplayname bestoalocationsourcedisplayname anthologytitle publication "
        "venue zeitschrift zeitschriftentitel fachzeitschrift quelle revue revista rivista tijdschrift "
        "tidsskrift tidskrift periodico czasopismo journalbooktitle primarylocationdisplayname "
        "alternatetitle3 journalabbreviation alternatetitle1 alternatetitle2 期刊 刊名 来源"
    ),
    "collection_title": (
        "collectiontitle series seriestitle bookseriestitle tertiarytitle reihe schriftenreihe serie"
    ),
    "date": (
        "issued date publicationdate publisheddate datepublished dateofpublication pubdate coverdate "
        "publicationdateprint publishedprint issuedate publicationdateonline publishedonline datum fecha "
        "data"
    ),
    "year": (
        "year publicationyear pubyear publishedyear yearofpublication yearpublished datepublicationyear "
        "erscheinungsjahr publikationsjahr jahr annee anneedepublication ano anodepublicacion anno jaar "
        "ar arstal publiceringsar utgivelsesar rok vuosi 年 年份 出版年"
    ),
    "month": "month publishedmonth publicationmonth monat mois mes",
    "day": "day publicationday",
    "volume": (
        "volume journalvolume vol bibliovolume volumenumber band jahrgang bandjahrgang volumen tome "
        "jaargang 卷"
    ),
    "issue": (
        "issue journalissue issuenumber biblioissue number no heft heftnummer ausgabe nummer numero "
        "fascicule nr 期"
    ),
    "page": (
        "page pages pagination pagerange pagenumbers pg seiten seitenzahl paginas pagine sider sidor 页码"
    ),
    "first_page": (
        "pagestart startpage firstpage beginningpage bibliofirstpage startseite primerapagina pagedebut"
    ),
    "last_page": ("pageend endpage lastpage endingpage bibliolastpage endseite ultimapagina pagefin"),
    "article_number": "artno articlenumber articleno elocationid elocator",
    "number_of_pages": "numberofpages numpages totalpages pagetotal",
    "publisher": ("publisher publishername verlag editeur editorial editorialname editora uitgever forlag"),
    "publisher_place": (
        "publisherplace publisherlocation publishercity placepublished placeofpublication place city "
        "location address ort erscheinungsort lieu lieudepublication"
    ),
    "edition": "edition auflage",
    "genre": "genre thesistype reporttype",
    "doi": "doi digitalobjectidentifier itemdoi doilink idsdoi doiurl",
    "pmid": "pmid pubmedid medlinepmid idspmid pubmed medlineid",
    "pmcid": "pmcid pmc idspmcid pubmedcentralid",
    "isbn": "isbn isbns isbn13 printisbn bookisbn",
    "issn": (
        "issn issns eissn printissn issnisbn isbnissn standardnumber "
        "primarylocationsourceissn primarylocationsourceissnl issnl onlineissn"
    ),
    "url": (
        "url urls link documenturl articleurl externalurl sourceurls primarylocationlandingpageurl "
        "fulltextlink sourcelinkout weblink webaddress articlelink"
    ),
    "language": (
        "language languageoforiginaldocument languageofarticle languageofpublication originallanguage "
        "sprache langue idioma lingua taal sprak 语言"
    ),
    "keywords": (
        "keywords keyword authorkeywords authorskeywords indexkeywords keywordsplus schlagworter "
        "schlagworte stichworter motscles motsclefs palabrasclave descriptores palavraschave parolechiave "
        "trefwoorden nokkelord emneord nyckelord amnesord meshterms meshheadings mesh descriptors "
        "identifiers subjects subjectterms subject thesaurus identifierkeyword manualtags automatictags "
        "tags ieeeterms inspeccontrolledterms inspecnoncontrolledterms emtree "
        "emtreedrugindextermsmajorfocus emtreedrugindexterms emtreemedicalindextermsmajorfocus "
        "emtreemedicalindexterms emtreedeviceindexterms keywordsdisplayname 关键词"
    ),
    "themes": "themes",
    "extra": "extra",
    "citation": "citation",
    "source": "source",
    "resolver": "openurllink openurl",
}
_PLACES = {name: place for place, names in _NAMES.items() for name in names.split()}
_RANKS = {name: rank for names in _NAMES.values() for rank, name in enumerate(names.split())}

#: Columns of Web of Science's tab-delimited export (two letters, as in its tagged one) -> their full names.
_WOS = {
    "PT": "publicationtype",
    "AU": "authors",
    "BA": "bookauthors",
    "BE": "bookeditors",
    "GP": "bookgroupauthors",
    "AF": "authorfullnames",
    "BF": "bookauthorfullnames",
    "CA": "groupauthors",
    "TI": "articletitle",
    "SO": "sourcetitle",
    "SE": "bookseriestitle",
    "LA": "language",
    "DT": "documenttype",
    "CT": "",
    "DE": "authorkeywords",
    "ID": "keywordsplus",
    "AB": "abstract",
    "SN": "issn",
    "EI": "eissn",
    "BN": "isbn",
    "J9": "",
    "JI": "",
    "PD": "publicationdate",
    "PY": "publicationyear",
    "VL": "volume",
    "IS": "issue",
    "BP": "startpage",
    "EP": "endpage",
    "AR": "articlenumber",
    "DI": "doi",
    "PM": "pmid",
    "PU": "publisher",
    "PI": "publishercity",
    "UT": "",
    "C1": "",
    "OI": "orcids",
    "ER": "",
}

#: Left of ``--map``'s sign: CSL's and our names -> place.
_MAPPED = {
    **{place.replace("_", ""): place for place in _NAMES if _NAMES[place]},
    "author": "authors",
    "editor": "editors",
    "translator": "translators",
    "keyword": "keywords",
    "issued": "date",
    "containertitle": "container_title",
    "journal": "container_title",
}
_SHOWN = (
    "id type title abstract author editor translator container-title collection-title publisher"
    " publisher-place issued year month day volume issue page first-page last-page number-of-pages edition"
    " genre doi pmid pmcid isbn issn url language keyword"
)
_ASSIGNMENT = re.compile(r"\s*([\w -]+?)\s*=\s*(?:\"([^\"]*)\"|([^,]*?))\s*(?:,|\Z)")
_NO_SIGN = re.compile(r"[\W_]+")
#: Places that each say that a head is that of a table of references.
_TELLING = frozenset(
    {"title", "abstract", "authors", "container_title", "doi", "pmid", "year", "date", "volume"}
)

#: Place -> its columns, the best first.
Layout = Mapping[str, tuple[int, ...]]
#: ``--map``: place -> the name or the number (from 1) of its column.
Mapped = Mapping[str, str]


def parse_map(texts: Sequence[str]) -> dict[str, str]:
    """The columns that ``--map title=Titel,author="Autor(en)"`` names, by place.

    Raises ``EvidenceError`` for a name that is none of ours, or no ``name=column`` at all.
    """
    mapped: dict[str, str] = {}
    for text in texts:
        end = 0
        while end < len(text):
            match = _ASSIGNMENT.match(text, end)
            if not match or not (column := (match[2] or match[3] or "").strip()):
                raise EvidenceError(f"--map: `{text[end:]}` is no FIELD=COLUMN, such as title=Titel.")
            place = _MAPPED.get(normal(match[1]))
            if place is None:
                raise EvidenceError(
                    f"--map: `{match[1]}` is no field; choose one of {_SHOWN.replace(' ', ', ')}."
                )
            mapped[place] = column
            end = match.end()
    return mapped


@lru_cache(maxsize=1 << 12)
def normal(name: str) -> str:
    """A column's name for comparison: folded, letters and digits alone."""
    return _NO_SIGN.sub("", fold(name))


def layout(head: Sequence[str], mapped: Mapped | None = None) -> Layout | None:
    """Which columns go where, if this row is the head of a table of references; else ``None``.

    A head names a title and one thing more of a reference, or three things without it; with ``mapped``,
    a mapped column. Columns that are in no place are not in the layout.
    """
    columns: dict[str, list[tuple[int, int]]] = {}
    chosen = _mapped_columns(head, mapped or {})
    for place, column in chosen.items():
        columns.setdefault(place, []).append((-1, column))
    wos = is_wos(head)
    for column, printed in enumerate(head):
        name = _WOS.get(printed.strip(), "") if wos else normal(printed)
        if name in _PLACES and column not in chosen.values():
            columns.setdefault(_PLACES[name], []).append((_RANKS[name], column))
    if not chosen and not _is_head(columns, head):
        return None
    return {place: tuple(column for _, column in sorted(found)) for place, found in columns.items()}


def missing(head: Sequence[str], mapped: Mapped) -> list[str]:
    """The mapped columns that the head does not name."""
    found = _mapped_columns(head, mapped)
    return [column for place, column in mapped.items() if place not in found]


def is_title(cell: str) -> bool:
    """Whether the cell is the name of a column of titles."""
    return len(cell) < 40 and (cell.strip() == "TI" or _PLACES.get(normal(cell)) == "title")


def is_wos(head: Sequence[str]) -> bool:
    """Whether these are the two-letter columns of Web of Science."""
    return {"TI", "SO"} <= set(head) and bool({"PT", "UT", "AU"} & set(head))


def by_number(mapped: Mapped | None) -> Layout | None:
    """The layout of a table without a head, where ``--map`` gives numbers of columns alone; else ``None``."""
    if not mapped or not all(column.isdecimal() and int(column) for column in mapped.values()):
        return None
    return {place: (int(column) - 1,) for place, column in mapped.items()}


def _mapped_columns(head: Sequence[str], mapped: Mapped) -> dict[str, int]:
    """Place -> column, for those of the mapped columns that the head names."""
    printed = {name.strip(): column for column, name in reversed(list(enumerate(head)))}
    plain = {normal(name): column for name, column in printed.items() if normal(name)}
    found = {place: printed.get(name, plain.get(normal(name))) for place, name in mapped.items()}
    return {place: column for place, column in found.items() if column is not None}


def _is_head(places: Collection[str], head: Sequence[str]) -> bool:
    if any(len(name) > 120 for name in head):
        return False
    return len(places) >= 2 if "title" in places else len(_TELLING.intersection(places)) >= 3
