"""What a printed reference says: "Child Abuse and Neglect, 28(10), October 2005, pp1085-1098".

Also a publisher's line: "London: TSO, 2003, xii, 220p.". What is understood is cut out piece by piece;
the words before the first number are the name of the journal or of the publisher.
"""

from __future__ import annotations

import re

from ingest.fields.reference_parts import CUT, URL, Reference, cut_parts

_LEADING_IN = re.compile(r"\A(?:in\s*:|in\b)\s*(?=[A-Z\"“'‘])", re.IGNORECASE)
_LEFT = re.compile(r"[^\W\d_]{2,}|\d+")
# What catalogues say of a book's or a journal's form.
_FORM_TEXT = (
    "table tables diagr diagrs diagrams illus illustrations fig figs map maps chart charts bibliog bibl refs "
    "references index indexes photos plates tabs unpaginated unpaged paperback hardback pbk hbk e-journal "
    "ejournal online electronic internet web pdf cd-rom video loose-leaf looseleaf various pagings"
)
_FORM = frozenset(_FORM_TEXT.split())
_PLACES_TEXT = (
    "london oxford cambridge bristol edinburgh glasgow cardiff belfast dublin manchester birmingham "
    "leeds sheffield liverpool york brighton basingstoke aldershot abingdon buckingham maidenhead "
    "milton_keynes harmondsworth chichester lewes exeter southampton nottingham leicester "
    "norwich durham lancaster coventry dartington totnes aberdeen dundee stirling swansea "
    "new_york chicago boston washington washington_dc philadelphia baltimore "
    "thousand_oaks san_francisco los_angeles toronto montreal vancouver ottawa sydney "
    "melbourne canberra brisbane auckland wellington paris geneva brussels amsterdam rotterdam "
    "utrecht copenhagen stockholm oslo helsinki berlin hamburg munich vienna zurich rome madrid "
    "barcelona lisbon tokyo singapore hong_kong new_delhi delhi mumbai dordrecht hoboken "
    "malden princeton new_haven hove farnham bingley houndmills swindon cheltenham guildford"
)
_PLACES = frozenset(_PLACES_TEXT.split())


def parse_reference(text: str) -> Reference:
    """What a printed reference to a journal, a book or a publisher says."""
    found = Reference()
    text = " ".join(text.split())
    text, prices = cut_parts(found, _LEADING_IN.sub("", text))
    head, _, tail = text.partition(CUT)
    found.name = _bare(head)
    rest = _bare(tail.replace(CUT, " "))
    found.left = " ".join([rest, *prices]).strip() if _LEFT.search(rest) or prices else ""
    return found


def parse_publisher(text: str) -> Reference:
    """What a publisher's line says: its place is split from its name."""
    found = parse_reference(text)
    if not found.name and found.left:
        # "2003, Department of Health": the name stands behind the year.
        found.name, found.left = found.left, ""
    parts = [part.strip() for part in re.split(r"\s*[,;]\s*", found.name) if part.strip()]
    place, colon, name = found.name.partition(":")
    if colon and name.strip() and len(place.split()) <= 5:
        found.place, found.name = place.strip(), name.strip()
    elif len(parts) > 1 and is_place(parts[0]):
        found.place, found.name = parts[0], ", ".join(parts[1:])
    elif len(parts) > 1 and is_place(parts[-1]):
        found.place, found.name = parts[-1], ", ".join(parts[:-1])
    elif not colon and is_place(found.name) and len(parts) == 1:
        found.place, found.name = found.name, ""
    elif found.left and is_place(found.left):
        found.place, found.left = found.left, ""
    return found


def looks_like_reference(text: str) -> bool:
    """Whether a printed value can be a reference and not a sentence."""
    if len(text) > 400 or (not text[:1].isalnum() and text[:1] not in "\"“'‘[("):
        return False
    if URL.fullmatch(text):
        return True
    found = parse_reference(text)
    if not (found.issued or found.is_serial or found.number_of_pages or found.undated):
        return False
    if (
        not found.name
        or not (found.name[0].isupper() or found.name[0].isdigit())
        or len(found.name.split()) > 16
    ):
        return False
    left = found.left.split()
    return len(left) <= 8 and not any(
        word.islower() and word not in _SMALL and word.strip(".,;") not in _FORM for word in left
    )


_SMALL = frozenset({"and", "of", "for", "the", "in", "on", "by", "ed", "eds", "et", "al"})


def is_place(text: str) -> bool:
    """Whether a text begins with a town where publishers are."""
    first = re.split(r"[,/&(]", text)[0].strip().lower()
    return first.replace(" ", "_") in _PLACES


def _bare(text: str) -> str:
    text = re.sub(r"\(\s*\)|\[\s*\]", " ", text)
    text = re.sub(r"\s+([,.;:])", r"\1", " ".join(text.split()))
    text = re.sub(r"([,.;:])(?:\s*[,.;:])+", r"\1", text)
    text = text.strip(" ,;:.([")
    return (
        text.rstrip(")]") if text.count("(") < text.count(")") or text.count("[") < text.count("]") else text
    )
