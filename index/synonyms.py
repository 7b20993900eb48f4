"""Synonyms: which words and phrases say one thing, so that a search for one of them finds the others.

A way to say something that is written in capitals is an abbreviation. It is found however it is typed, unless
it is an ordinary word too: then in capitals only, and no text is searched for it, since an index holds words
without their case. So ``MASH`` finds "multi-agency safeguarding hub", while ``mash`` finds mashed potatoes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from index.tree import Phrase, Term
from index.words import STOP_WORDS, fold, forms, stem

#: What a synonym counts for, against the word that was typed.
WEIGHT = 0.7

_ORDINARY = """
    able ace ache act actor aged aid aide aids aim aims air all alert angel ant apt arc arch area arm arms
    art ask asset atlas atom band bank bar bare base bat beam bed bee best bit board body bow box brain
    bridge bus cage cam camp can cap car card care case cast cat cave chain champ chap charm chart chat
    check chest child chip city clasp class clear clip clock cog coma combat come compass con cop cope core
    cost crew crop cross cue cup cure dads dame dare dart dash data date day den dip dish dot draw dream
    drew drum due duet ear earth ease east echo edge eel elan elf end engage era evolve exact eye face fact
    fad fair faith fame fan far farm fast fat fed fee feel fig fin fine fire first fish fist fit flag fly
    focus foot form frame free fuse gain gap gas gate gave gem get gift give glad global go goal gold good
    grace grade grip gum guide gun hall ham hand hap hard hat hats head heal hear heart help her hero him
    hint hip hips hit hits home hop hope host hug hum ice icon idea ideal iris jam jet job join just keen
    keep key kin kit lab lace lad lady lamp lance lap lard laser last law lead lean leap leg lend less let
    life light lime link lion lip list live log lot love low mad magic man map maps march mark mars mash
    mask mast mat match mate maze me men mend mesh met mid mild mile mind miss moat mob model mole moms moon
    moral more move mum net nets nice nod noise none norm nose note nurse nut oak oar oath one open opt oral
    orbit ore our out pace pact pad page pain pair pal pals pan panic past pat path paths pause paw pay
    peace peach pear peer pen pep per pest pet pie pill pin pip pit place plan play plot pool port pose post
    pot power press pride prime prism probe pro proud pulse pump pure quest quick race radar rag rain raise
    ramp ran rap rapid rat reach reap red reform relay rent rest rich ride ring rise risk road rob rod role
    rope rose row rum run sac sad safe safer sage sail saint salt same sand sap sat save scan scar scope
    scout sea seal search seat see seed seem sell send sense sent serve set shape share she shed shine ship
    shop show side sign sip sit skip slap slim slip smart smile snap so soar soil sole solo son sos sound
    space span spark spin spine spirit spot stable staff stage stand star start state stay step steps stop
    storm strive strong sub sum sun sure swan swap swell swift tab tag tan tank tap tape tar task tea teach
    team tech tempo ten test the tide ties tilt time tip toll tom ton tool top torch toy track tract trap
    tray trend tri trio trip true trust try tub turn union unit unite up us use value van vat vet via vision
    vital vow wait walk war warm was wave way we web wet who win wind wings wise wish with worth you young
    youth zip zone
"""
#: Words of every day that are written in capitals for something else.
_WORDS = frozenset(_ORDINARY.split()) | STOP_WORDS
_CAPITALS = re.compile(r"(?<![^\W_])[A-Z][A-Z0-9]+(?![^\W_])")
_OPERATORS = {"AND", "OR", "NOT"}


@dataclass(frozen=True, slots=True)
class Way:
    """One way to say something: its text as people wrote it, and the words that it is searched by.

    ``only_so`` is whether it counts in these very letters only: an abbreviation that is an ordinary word too,
    or has signs in it.
    """

    text: str
    forms: tuple[str, ...]
    only_so: bool

    @classmethod
    def of(cls, text: str) -> Way:
        """The way that a text is."""
        named = tuple(forms(text))
        short = text == text.upper() and any(map(str.isalpha, text))
        signs = len(named) > 1 and " " not in text.strip()
        return cls(text, named, short and (signs or fold(text) in _WORDS))

    @property
    def plural(self) -> str:
        """The plural of an abbreviation, of which no stemmer knows that it is one ("GPs"), else ``""``."""
        plain = self.text.isalpha() and self.text.isupper() and not self.only_so
        return f"{self.forms[0]}s" if plain and not self.text.endswith("S") else ""

    def typed_in(self, text: str) -> bool:
        """Whether these very letters stand in a text."""
        if not self.text.isalnum():
            return self.text in text
        found = _CAPITALS.findall(text)
        # Where all is in capitals, capitals say nothing.
        loud = text == text.upper() and len({*found} - _OPERATORS) > 2
        return self.text in found and not loud

    def searched(self) -> bool:
        """Whether a text with these words probably means this."""
        return not self.only_so or len(self.forms) > 1

    def leaf(self, field: str, boost: float) -> Term | Phrase:
        """What it is searched by, in a field."""
        boost = round(boost, 2)
        if len(self.forms) == 1:
            return Term(self.forms[0], field, boost)
        return Phrase(self.forms, field, boost=boost)


class Synonyms:
    """Groups of ways to say one thing. Equal only to itself."""

    def __init__(self, groups: Iterable[Sequence[Way]] = ()) -> None:
        self._groups: dict[tuple[str, ...], tuple[Way, Sequence[Way]]] = {}
        for group in groups:
            for way in group:
                self._groups.setdefault(_key(way.forms), (way, group))
                if way.plural:
                    self._groups.setdefault(_key((way.plural,)), (way, group))
        #: The most words that a way has.
        self.longest = max(map(len, self._groups), default=0)

    @classmethod
    def of(cls, groups: Iterable[Iterable[str]]) -> Synonyms:
        """The synonyms of groups of texts; ways without a word, and groups of one, say nothing."""
        ways = (
            list({way.forms: way for way in map(Way.of, group) if way.forms}.values()) for group in groups
        )
        return cls(group for group in ways if len(group) > 1)

    def __bool__(self) -> bool:
        """Whether there are any."""
        return bool(self._groups)

    def way(self, named: Sequence[str], typed: str) -> tuple[Way, Sequence[Way]] | None:
        """The way that words of a query ``typed`` so are, and its whole group."""
        found = self._groups.get(_key(named))
        return found if found and (not found[0].only_so or found[0].typed_in(typed)) else None

    def others(self, typed: Term | Phrase, way: Way, group: Sequence[Way]) -> Mapping[Term | Phrase, str]:
        """What else is searched for a way of a group that was ``typed``, and how people write it.

        A plural is called ``""``, since it says nothing new.
        """
        found: dict[Term | Phrase, str] = {}
        for other in (way, *(each for each in group if each is not way)):
            weight = round(typed.boost * (1 if other is way else WEIGHT), 2)
            if other.searched() and (other is not way or way.plural):
                found[other.leaf(typed.field, weight)] = "" if other is way else other.text
            if other.plural:
                found[Term(other.plural, typed.field, weight)] = ""
        return {leaf: text for leaf, text in found.items() if _key(_forms(leaf)) != _key(_forms(typed))}


NONE = Synonyms()


def _key(named: Sequence[str]) -> tuple[str, ...]:
    return tuple(map(stem, named))


def _forms(leaf: Term | Phrase) -> tuple[str, ...]:
    return (leaf.form,) if isinstance(leaf, Term) else leaf.forms
