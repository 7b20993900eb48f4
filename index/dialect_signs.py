"""The signs of other search systems: what they call fields, and how a query of theirs is told."""

from __future__ import annotations

import re

from index.tree import FACET_FIELDS, TEXT_FIELDS

FIELDS = (*TEXT_FIELDS, *FACET_FIELDS, "year")
# What other systems call a field, in capitals or not, and what it is here; "" is anywhere, "-" is nowhere.
CODES = {
    **dict.fromkeys(["ti", "title", "m_titl", "itemtitle"], "title"),
    **dict.fromkeys(
        ["au", "auth", "author", "authors", "1au", "fau", "authlastname", "author-name"], "author"
    ),
    **dict.fromkeys(["jn", "jw", "jx", "so", "ta", "jour", "journal", "srctitle", "source"], "journal"),
    **dict.fromkeys(["kw", "kf", "ot", "ak", "key", "authkey", "keywords", "keyword", "de"], "keyword"),
    **dict.fromkeys(["yr", "dp", "py", "pdat", "pubyear", "year"], "year"),
    **dict.fromkeys(
        [
            "ab",
            "abs",
            "abstract",
            "tiab",
            "tw",
            "mp",
            "tx",
            "ts",
            "all",
            "text",
            "topic",
            "noft",
            "su",
            "sh",
            "hw",
            "mh",
            "mesh",
            "majr",
            "subject",
            "id",
            "title-abs-key",
            "title-abs",
            "title/abstract",
            "kp",
            "nm",
            "rn",
            "rs",
            "indexterms",
            "mainsubject",
            "any",
            "anywhere",
        ],
        "",
    ),
    **dict.fromkeys(
        [
            "la",
            "lang",
            "language",
            "pt",
            "dt",
            "doctype",
            "sb",
            "subset",
            "filter",
            "ad",
            "af",
            "cp",
            "ct",
            "og",
            "wc",
            "subjarea",
            "ssh",
        ],
        "-",
    ),
}
_TAG = (
    r"\[(?P<code>(?i:title/abstract|title|abstract|text words?|all(?: fields)?|other term|date - [^\]:~]*"
    r"|journal|mesh(?: terms?| major topic| subheading)?|authors?(?: - [^\]:~]*)?|publication (?:type|date)"
    r"|supplementary concept"
    r"|language|lang|filter|affiliation|tiab|ti|ab|tw|mh|majr|au|1au|fau|ta|so|ot|nm|rn|sh|dp|pdat|pt|la|sb|ad))"
    r"(?::(?:(?i:noexp)|~(?P<near>\d+)))?\]"
)
_SIDE = r"(?!(?i:and|or|not)(?![^\s()\"\[\]]))[^\s()\"\[\]]+"
#: A phrase, words side by side, or the end of a bracket: what a field that stands behind is of.
_TERM = rf'(?P<term>"[^"]*"|\)|(?<![^\s()"\[\]]){_SIDE}(?:\s+{_SIDE}){{0,7}}?)'
_SUFFIX = r"\.(?P<code>(?:[a-z]{2}|m_titl)(?:,\s?[a-z]{2})*)\.(?=[\s)]|$)"
_OWN = "".join(rf"(?<!\b(?i:{name}))" for name in FIELDS)
_COLON = rf"{_OWN}:(?P<code>(?:ti|ab|kw|au|so|pt)(?:,(?:ti|ab|kw|au|so|pt))*)(?=[\s)]|$)"
BEHIND = re.compile(
    rf"{_TERM}(?:\s?{_TAG}|(?i:{_SUFFIX.replace('code', 'suffix')})|{_COLON.replace('code', 'colon')})"
)
BEFORE = re.compile(
    r"(?<![\w-])(?:(?P<code>TITLE-ABS-KEY|TITLE-ABS|TITLE|ABS|KEY|ALL|AUTH|AUTHKEY|SRCTITLE|INDEXTERMS)\s?(?=\()"
    r"|(?P<wos>TS|TI|AB|AK|AU|SO|PY|KP|ALL|LA|DT|WC|OG)\s?=\s?(?=[(\"\w])|(?P<ebsco>TI|AB|TX|SU|AU|KW|SO)\s+(?=[(\"])"
    r"|(?P<proquest>(?:ti|ab|su|noft|mainsubject)(?:,(?:ti|ab|su))*)(?=\([\"(a-zA-Z]))"
)
HEADING = r"[A-Z][\w ,'’-]{0,80}\w"
SUBHEADING = r"(?:[a-z]{2}(?:,\s?[a-z]{2})*)?(?:\s*\[[^\]]*\])?(?=[\s)]|$)"
# What stands before an operator of nearness, and behind it, is not an operator itself.
BEFORE_NEAR = "".join(rf"(?<!\b(?i:{operator}))" for operator in ("and", "or", "not"))
BEHIND_NEAR = r"(?!(?i:and|or|not)(?![\w*?$#-]))"
WORD = rf"(?:\"[^\"]*\"|{BEHIND_NEAR}[\w'’-]+)(?![\w*?$#])"
NEAR = (
    r"(?:(?i:adj)(?P<adj>\d{0,2})|(?i:near|onear|pre|w|n|next)/(?P<slash>\d{1,2})|NEAR(?P<near>\d{0,2})|NEXT"
    r"|(?<=[)\"*]\s)[NW](?P<after>\d{1,2})|[NW](?P<before>\d{1,2})(?=\s+[(\"]))"
)
NAMELESS = re.sub(r"\?P<\w+>", "?:", NEAR)
REFERENCE = r"(?:\b(?i:and|or)/\d+(?:[-,]\d+)*|(?<![^\s(])#\d+(?![\w-])|^(?i:limit)\s.+\s(?i:to)\s.+$)"
NOWHERE = (
    r"(?:(?:LIMIT-TO|EXCLUDE|LANGUAGE|DOCTYPE|SUBJAREA|PUBSTAGE|SRCTYPE|AFFILCOUNTRY)\s?\([^()]*\)"
    r"|\b(?:LA|DT|WC|OG)\s?=\s?(?:\([^()]*\)|\"[^\"]*\"|\w+))"
)
RANGE = r'"?(\d{4})[\d/]*"?\s?(?:\[[^\]]*\]\s?)?[:-]\s?"?(\d{4})[\d/]*"?\s?\[(?i:dp|pdat|date[^\]]*)\]'
TRUNCATED = r"(?<=[A-Za-z]{3})\$\d?(?=[\s).:\"]|$)"
FOREIGN = re.compile(
    "|".join(
        [
            rf"\b(?i:exp)\s+\*?\w[\w ,'’-]{{0,80}}/|^\*?{HEADING}/$|(?<=[\w*\"?$)]){_SUFFIX}".replace(
                "?P<code>", "?:"
            ),
            re.sub(r"\?P<\w+>", "?:", f'{_TAG}|(?<=[\\w*"?)]){_COLON}|{BEFORE.pattern}'),
            rf"(?<=[\w)\"*?$]){BEFORE_NEAR}\s{NAMELESS}\s{BEHIND_NEAR}(?=[\w(\"*])",
            rf"{TRUNCATED}|(?<=[a-z])#(?=[a-z])|{REFERENCE}|{NOWHERE}",
            r"\[mh |(?i:mesh descriptor:)|\b(?:MH|MM|DE) \"|\bPUBYEAR\b",
        ]
    )
)
