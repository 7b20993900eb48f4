"""What tells one work from another: identifiers in their one form, titles folded, and record ids."""

from __future__ import annotations

import hashlib
import html
import re
import unicodedata
from collections.abc import Container
from functools import lru_cache
from urllib.parse import unquote

from corpus.record import Author, Record

_DOI = re.compile(r"10\.\d{4,9}(?:\.\d+)*/\S+")
_DOI_PAGE = re.compile(r"/(?:full|pdf|epdf|abstract|fulltext|html|summary|meta)(?:/.*)?\Z|\.pdf\Z")
_PMID = re.compile(r"(?:pmid\W*|pubmed\D*|medline\W*)?0*([1-9]\d{0,8})(?:\D.*)?\Z", re.DOTALL)
_PMCID = re.compile(r"pmc\W*0*([1-9]\d*)")
_OPENALEX = re.compile(r"(?:.*openalex\.org/(?:works/)?)?(W[1-9]\d{3,})/?", re.IGNORECASE)
#: Names under which exports give OpenAlex's id; ``referenced_works`` and the like hold those of others.
_OPENALEX_NAMES = ("openalex", "openalex_id", "openalex id", "openalexid", "ids.openalex", "id")
#: bioRxiv and medRxiv put the version behind the DOI in their addresses; the DOI itself has none.
_RXIV_VERSION = re.compile(r"(10\.1101/(?:\d{4}\.\d\d\.\d\d\.)?\d{6,})v\d+(?:\.full|\.abstract)?(?:-text)?\Z")
_ISBN = re.compile(r"(?:97[89][ -]?)?(?:\d[ -]?){9}[\dX](?![\dX])", re.IGNORECASE)
_ISSN = re.compile(r"(?<!\d)(\d{4})[-–]?(\d{3}[\dX])(?![\dX])", re.IGNORECASE)

_CYRILLIC_ALPHABET = "абвгдежзийклмнопрстуфхцчшщъыьэюяіїєґђјљњћџў"
_CYRILLIC = (
    "a b v g d e zh z i i k l m n o p r s t u f kh ts ch sh shch _ y _ e iu ia i i e g dj j lj nj c dz u"
)
_GREEK_ALPHABET = "αβγδεζηθικλμνξοπρστυφχψως"
_GREEK = "a v g d e z i th i k l m n x o p r s t y f ch ps o s"
_GREEK_NAMES = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau"
    " upsilon phi chi psi omega sigma"
)
#: Letters that Unicode does not take apart into a base letter and an accent.
_BARRED, _PLAIN = "øßæœđðþłıħŋŧĸſə", "o ss ae oe d d th l i h n t k s e"
_LETTERS = {
    ord(letter): latin.strip("_")
    for alphabet, letters in ((_CYRILLIC_ALPHABET, _CYRILLIC), (_GREEK_ALPHABET, _GREEK), (_BARRED, _PLAIN))
    for letter, latin in zip(alphabet, letters.split(), strict=True)
}
_GREEK_NAME = dict(zip(_GREEK_ALPHABET, _GREEK_NAMES.split(), strict=True))
#: A Greek letter alone is a symbol that other sources spell out: "β-catenin", "beta-catenin".
_LONE_GREEK = re.compile(r"(?<![α-ω])[α-ω](?![α-ω])")

_MARKUP = re.compile(r"</?[a-zA-Z][^<>]{0,80}>|\\(?:text|math)?(?:it|bf|rm|sc|emph|tt|sub|sup)\w*\b")
_APOSTROPHE = re.compile(r"(?<=\w)['’‘ʼ`´](?=\w)")
_WORD = re.compile(r"[^\W_]+")
#: British to American, and endings that differ between them; collisions do no harm in a comparison.
_SPELLING = (
    (re.compile(r"[ao]e"), "e"),
    (re.compile(r"z"), "s"),
    (re.compile(r"our(?=s?\b|ed\b|ing|al|able|ist|ful)"), "or"),
    (re.compile(r"tre(?=s?\b)"), "ter"),
    (re.compile(r"ll"), "l"),
    (re.compile(r"programme"), "program"),
    (re.compile(r"ogue(?=s?\b)"), "og"),
    (re.compile(r"yse"), "ise"),
    (re.compile(r"(?<=[lnf])ence\b"), "ense"),
    (re.compile(r"\bagei"), "agi"),
    (re.compile(r"(?<=dg)e(?=ment)"), ""),
)
_LANGUAGES = (
    "arabic bulgarian chinese croatian czech danish dutch english estonian finnish french german greek hebrew"
    " hungarian icelandic italian japanese korean latvian lithuanian norwegian persian polish portuguese"
    " romanian russian serbian slovak slovenian spanish swedish thai turkish ukrainian"
)
#: What databases add behind a title: "[Chinese]", "[in German; English abstract]".
_LANGUAGE_NOTE = re.compile(
    rf"\s*[\[(](?:in\s+)?(?:{'|'.join(_LANGUAGES.split())})(?:[;,/ ][^\])]*)?[\])]\s*\.?\s*\Z", re.IGNORECASE
)

_STOP_WORDS = (
    "a an and are as at be been between by can do does for from has have how in into is it its of on or"
    " our should that the their them these this to towards toward us was we were what when where which"
    " who why will with within der die das den dem des ein eine einer eines und oder zur zum im von fur"
    " mit auf bei als le la les un une du de d l et ou en au aux dans sur pour par el los las una y o"
    " del al con por para il lo gli i uno e di da nel della delle dei per su het een van voor met op te"
    " og av til pa med om ett och"
)
#: Words that say nothing about a work: articles, prepositions, conjunctions of the common languages, folded.
STOP_WORDS = frozenset(_STOP_WORDS.split())

#: Letters of the digest that an id has at most.
_DIGEST_LETTERS = 16
_BOOKS = frozenset({"book", "report", "thesis", "document", "standard", "manuscript"})


def normalise_doi(text: str) -> str:
    """The bare lower-case DOI in a text ("doi:", an address, trailing punctuation), or ``""``."""
    text = html.unescape(unquote(text) if "%" in text else text)
    found = _DOI.search(text.lower())
    if not found:
        return ""
    doi = found.group()
    if "://" in text or "www." in text or "doi.org" in text.lower():
        doi = re.split(r"[?#]", doi, maxsplit=1)[0]
        if "doi.org" not in text.lower():
            doi = _DOI_PAGE.sub("", doi)
    while doi and (doi[-1] in ".,;:'\"/!*}" or (doi[-1] in ")]>" and not _balanced(doi, doi[-1]))):
        doi = doi[:-1]
    return _RXIV_VERSION.sub(r"\1", doi) if doi.partition("/")[2] else ""


def normalise_openalex(text: str) -> str:
    """The OpenAlex id of a work as "W2741809807", bare or from its address, or ``""``."""
    found = _OPENALEX.fullmatch(text.strip())
    return found.group(1).upper() if found else ""


def normalise_pmid(text: str) -> str:
    """The PubMed number without prefix, address or leading zeros, or ``""``; never that of PMC."""
    text = text.strip().lower()
    found = None if "pmc" in text else _PMID.search(text) if "pubmed" in text else _PMID.match(text)
    return found.group(1) if found and len(found.group(1)) <= 8 else ""


def normalise_pmcid(text: str) -> str:
    """The PubMed Central id as "PMC1234567", or ``""``; a bare number is taken for one."""
    text = text.strip().lower()
    found = _PMCID.search(text) or re.fullmatch(r"0*([1-9]\d*)", text)
    return f"PMC{found.group(1)}" if found else ""


def normalise_isbn(text: str) -> str:
    """The first ISBN with a right check digit in a text, as 13 digits without hyphens, or ``""``."""
    return next(iter(isbns(text)), "")


def isbns(text: str) -> tuple[str, ...]:
    """All ISBNs with right check digits in a text, as 13 digits, in the order printed, each once."""
    numbers = (_isbn13(re.sub(r"[ -]", "", match.group()).upper()) for match in _ISBN.finditer(text))
    return tuple(dict.fromkeys(number for number in numbers if number))


def normalise_issn(text: str) -> str:
    """The first ISSN with a right check digit in a text, as "0145-2134", or ``""``."""
    for match in _ISSN.finditer(text):
        digits = (match.group(1) + match.group(2)).upper()
        check = -sum(int(digit) * (8 - place) for place, digit in enumerate(digits[:7])) % 11
        if digits[7] == ("X" if check == 10 else str(check)):
            return f"{digits[:4]}-{digits[4:]}"
    return ""


def identifiers(record: Record) -> dict[str, str]:
    """The identifiers of the work itself: scheme ("doi", "pmid", "pmcid", "openalex", "isbn") -> value.

    The ISBN of a chapter or paper is its book's and left out, as the ISSN is its journal's.
    """
    doi = normalise_doi(record.doi) or (normalise_doi(record.url) if "doi.org/" in record.url.lower() else "")
    found = {
        "doi": doi,
        "pmid": normalise_pmid(record.pmid),
        "pmcid": normalise_pmcid(record.pmcid),
        "openalex": _openalex(record),
        "isbn": normalise_isbn(record.isbn) if record.type in _BOOKS and not record.container_title else "",
    }
    return {scheme: value for scheme, value in found.items() if value}


def _openalex(record: Record) -> str:
    if "openalex" in record.url.lower() and (found := normalise_openalex(record.url)):
        return found
    for name, value in record.extra.items():
        if (
            isinstance(value, str)
            and name.lower() in _OPENALEX_NAMES
            and (found := normalise_openalex(value))
        ):
            return found
    return ""


@lru_cache(maxsize=1 << 16)
def fold(text: str) -> str:
    """The text in lower case without accents; Cyrillic and Greek in Latin letters, other scripts kept."""
    if text.isascii():
        return text.lower()
    text = unicodedata.normalize("NFKD", text.casefold())
    text = "".join(letter for letter in text if not unicodedata.combining(letter))
    text = _LONE_GREEK.sub(lambda match: _GREEK_NAME[match.group()], text)
    # Decomposition takes Hangul apart into single letters: put it together again.
    return unicodedata.normalize("NFC", text.translate(_LETTERS))


def title_words(title: str) -> list[str]:
    """The words of a title for comparison: folded, without markup, in one spelling, without "and"."""
    if "<" in title or "\\" in title or "&" in title:
        title = _MARKUP.sub(" ", html.unescape(title))
    if title.rstrip()[-1:] in ("]", ")", "."):
        title = _LANGUAGE_NOTE.sub("", title)
    folded = _APOSTROPHE.sub("", fold(title))
    for pattern, replacement in _SPELLING:
        folded = pattern.sub(replacement, folded)
    return [word for word in _WORD.findall(folded) if word != "and"]


def title_key(title: str) -> str:
    """One text for all the ways to print a title: case, accents, punctuation, hyphens, spelling, markup.

    The subtitle is kept. Only good to compare with another key.
    """
    return "".join(title_words(title))


def make_id(record: Record, taken: Container[str]) -> str:
    """A short readable id from author, year and title, such as ``darlington-2005-interagency``.

    If it is taken, letters from a digest of the record's content follow, as many as it needs: which
    ones does not depend on the order in which records came. Records that say the same are numbered.
    """
    year = str(record.year) if record.year is not None else "nd"
    stem = "-".join(part for part in (_author_part(record), year, _title_part(record.title)) if part)
    if stem not in taken:
        return stem
    digest = _digest(_content(record))
    for length in range(3, _DIGEST_LETTERS + 1):
        if (name := f"{stem}-{digest[:length]}") not in taken:
            return name
    return f"{name}-{_free_number(name, taken)}"


def _free_number(name: str, taken: Container[str]) -> int:
    """A number from 2 that is free behind the name, found in few steps also among thousands."""
    low, high = 1, 2
    while f"{name}-{high}" in taken:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        if f"{name}-{middle}" in taken:
            low = middle
        else:
            high = middle
    return high


def _balanced(text: str, closing: str) -> bool:
    return text.count({")": "(", "]": "[", ">": "<"}[closing]) >= text.count(closing)


def _isbn13(digits: str) -> str:
    if len(digits) == 10:
        values = [10 if digit == "X" else int(digit) for digit in digits]
        if sum((10 - place) * value for place, value in enumerate(values)) % 11:
            return ""
        digits = f"978{digits[:9]}"
        return digits + str(-_weighted(digits) % 10)
    return digits if digits.isdigit() and _weighted(digits) % 10 == 0 else ""


def _weighted(digits: str) -> int:
    return sum(int(digit) * (1, 3)[place % 2] for place, digit in enumerate(digits))


def _author_part(record: Record) -> str:
    author = next((name for name in record.authors if name.role == "author"), None)
    author = author or next(iter(record.authors), Author())
    if author.family:
        return _ascii("".join(_folded_words(author.family)))[:24]
    words = [word for word in _folded_words(author.literal) if word not in STOP_WORDS]
    return "-".join(_ascii(word)[:16] for word in words[:2]) or "anon"


def _folded_words(text: str) -> list[str]:
    return _WORD.findall(_APOSTROPHE.sub("", fold(text)))


def _title_part(title: str) -> str:
    title = _MARKUP.sub(" ", html.unescape(title))
    # "inter-agency" is one word in an id, as it is to the search.
    words = [_ascii("".join(_WORD.findall(word))) for word in _APOSTROPHE.sub("", fold(title)).split()]
    words = [word for word in words if word]
    significant = (word for word in words if word not in STOP_WORDS and len(word) > 1)
    return next(significant, words[0] if words else "untitled")[:24]


def _ascii(text: str) -> str:
    """The word in ASCII letters and digits; a word in another script becomes "x" and a short digest."""
    if not text or text.isascii():
        return re.sub(r"[^a-z0-9]", "", text)
    latin = re.sub(r"[^a-z0-9]", "", text)
    if 2 * len(latin) > len(text):
        return latin
    return f"x{_digest(text)[:4]}"


def _content(record: Record) -> str:
    names = (f"{fold(name.literal or name.family)}{fold(name.given)[:1]}" for name in record.authors)
    place = (
        record.container_title,
        record.volume,
        record.issue,
        record.page,
        record.edition,
        record.publisher,
    )
    parts = [title_key(record.title), *names, record.issued, *map(fold, place), record.type]
    return "\x1f".join([*parts, *identifiers(record).values()])


def _digest(text: str) -> str:
    """Letters and digits that cannot be read for one another."""
    number = int.from_bytes(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:16])
    alphabet, letters = "23456789abcdefghjkmnpqrstuvwxyz", []
    for _ in range(20):
        number, place = divmod(number, len(alphabet))
        letters.append(alphabet[place])
    return "".join(letters)
