"""What a page prints around a list of abstracts, and where an abstract ends before it."""

from __future__ import annotations

import re

from ingest.fields.labels import is_head, is_rule

_BULLET = r"\s*(?:[●•▪·*»›>|-]\s*)?"
# What no abstract says, in whatever line it stands.
_SURE = re.compile(
    _BULLET
    + r"""(?:
        (?-i:T)his\ (?:article|feature|piece|page|story|abstract|list|column|review)
        \ (?:is|was|has\ been|first)\ (?:also\ |first\ |originally\ |been\ )*
        (?:published|posted|printed|taken|reprinted|available)\b.*
      | (?-i:T)his\ (?:article|feature|piece|story|column)
        \ (?:first\ |originally\ |also\ )?appear(?:s|ed)\ in\b.*
      | (?-i:P|L|U|F|R)(?:ublished|osted|ast\ updated|pdated|iled|irst\ published|eprinted)
        \ (?:in|on|by|under|at|from|:).{0,80}(?<![.])
      | (?:(?-i:O)riginally|(?-i:F)irst)\ (?:published|posted|printed)\b.*
      | (?-i:M)ore\ (?:from|on|in|articles|stories|news)\b.{0,60}(?<![.])
      | (?-i:C)omments?\ (?:are|is)\ (?:now\ )?(?:closed|off|disabled).*
      | (?:\d+|(?-i:N)o|(?-i:A)dd|(?-i:L)eave|(?-i:P)ost)\ (?:a\ |your\ )?(?:comments?|replies|reply)\b.{0,40}
      | (?:©|\(c\)\ |(?-i:C)opyright\b).*
      | (?-i:A)ll\ rights\ reserved.*
      | (?:(?-i:B)ack\ to\ (?:the\ )?(?:top|list|results|contents)|(?-i:S)kip\ to|(?-i:C)lick\ here
        |(?-i:R)ead\ more\b).{0,80}
      | (?-i:A)bstracts?\ (?:are\ )?(?:supplied|provided|compiled|courtesy)\b.*
      | (?:page\s+)?\d+\s*(?:of|/)\s*\d+ | page\s+\d+ | -\s*\d+\s*-
      | (?:https?://|www\.)\S+
      | (?:e-?mail|tel|telephone|phone|fax|twitter|facebook)\s*:.*
      | (?-i:E)nd\ of\ (?:list|document|file|results|records?|search).*
    )\s*\Z""",
    re.VERBOSE | re.IGNORECASE,
)
# Headings, links and buttons: only where they stand alone and are no sentence.
_ALONE = re.compile(
    _BULLET
    + r"""(?:
        (?:more|related|further|other|recent|latest|popular|most\ (?:read|popular|viewed)|similar)\s.*
      | (?:share|print|e-?mail|tweet|save|bookmark|like|follow|download|subscribe|sign\ (?:up|in)
        |log\ (?:in|out)|register|donate|find\ out|see|view|show|load|learn|visit|to\ order|to\ subscribe)\b.*
      | (?:tags?|tagged|categories|category|filed\ under|topics?)\s*:.*
      | (?:terms|privacy|cookies?|accessibility|contact|about|home|help|sitemap|advertis|menu|search
        |navigation|back|next|previous|top|end)\b.*
      | (?:for\ (?:more|further)\ (?:information|details)|abstracts?\ (?:from|by)).*
    )\Z""",
    re.VERBOSE | re.IGNORECASE,
)
_ENDED = re.compile(r"[.!?…:;,][\"”’')\]]*\s*\Z")
_SECTION = re.compile(
    r"\s*(?:background|introduction|context|aims?|objectives?|purpose|design|methods?|methodology|sample|setting"
    r"|participants|data|results?|findings?|main\ findings|discussion|conclusions?|implications|limitations"
    r"|originality|research\b|practice\b|policy\b|value|key\b|keywords?)[\w /,&-]{0,50}\s*:?\s*\Z",
    re.IGNORECASE,
)
_LONG_LINE = 120


def is_furniture(line: str) -> bool:
    """Whether a line is what pages print around texts: "Comments are closed.", "Page 2 of 3"."""
    return bool(line.strip()) and len(line) < 400 and (bool(_SURE.match(line)) or is_rule(line))


def trim_abstract(printed: list[str], *, last: bool, single: bool) -> list[str]:
    """The lines of an abstract without the page behind it.

    ``last`` says that no record follows, ``single`` that the other abstracts have one paragraph each:
    then a short one behind the first is the page's.
    """
    kept = len(printed)
    for place, (start, end) in enumerate(_paragraphs(printed)):
        lines = [line.strip() for line in printed[start:end]]
        ends = all(map(_is_links, lines)) or _ends_abstract(
            " ".join(lines), printed[end:], last=last, single=single
        )
        if place and ends:
            kept = start
            break
    while kept and not printed[kept - 1].strip():
        kept -= 1
    return printed[:kept]


def _is_links(line: str) -> bool:
    """Whether a line alone is furniture: "Page 4" above "© Network", "Home | Contact" above "Help"."""
    alone = _ALONE.match(line) and len(line.split()) <= 15 and not _ENDED.search(line.rstrip(":"))
    return is_furniture(line) or is_head(line) or bool(alone)


def _ends_abstract(text: str, rest: list[str], *, last: bool, single: bool) -> bool:
    if is_rule(text) or _is_links(text):
        return True
    words = len(text.split())
    heading = words <= 12 and not _ENDED.search(text)
    if heading and not _SECTION.match(text):
        return last or not any(len(line.split()) > 12 or _ENDED.search(line) for line in rest if line.strip())
    return last and single and words < 40


def _paragraphs(printed: list[str]) -> list[tuple[int, int]]:
    """(start, end) of the paragraphs; where lines are long, every line is one."""
    unwrapped = any(len(line) > _LONG_LINE for line in printed)
    found: list[tuple[int, int]] = []
    start = -1
    for place, line in enumerate([*printed, ""]):
        # The line before it ends a sentence: no wrapped line that happens to begin like furniture.
        apart = place > 0 and bool(_ENDED.search(printed[place - 1])) and is_furniture(line)
        if start >= 0 and (not line.strip() or unwrapped or apart or is_rule(line)):
            found.append((start, place))
            start = -1
        if line.strip() and start < 0:
            start = place
    return found
