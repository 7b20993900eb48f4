"""A seeded corpus as large as asked for, with duplicates as databases describe them, to measure growth on.

Words, family names and journals follow Zipf's law, so that a larger corpus is also a denser one. What
makes works hard to tell apart is in it: generic titles, parts, errata, preprints, second papers of one
team. A record's id is ``work.description``: records of one work share what stands before the dot.
"""

from __future__ import annotations

import random
from bisect import bisect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import accumulate, product

from corpus.record import Author, Record

_STEMS = (
    "acti adap admi adol aeti agen algo anal anti arte asso asth atri auto bact beha bene bila biom bloo"
    " bone brai brea canc card care case cell cere chil chol chro clim clin clus cogn coho coll comm comp"
    " cond cons cont coro cort cost crit cult cyto deci deli deme dent depr derm deve diab diag diet digi"
    " dise dist dive domi drug dyna ecol econ educ effi elec embr emer empi endo ener envi enzy epid epil"
    " equi esti ethn eval evid evol expe expo expr faci fact fami fatt feas fert fibr fina flow fluo foll"
    " food form frac func gast gend gene geri gluc gove grap grow heal heme hepa hist home horm hosp huma"
    " hype iden imag immu impl inci indi indu infa infe infl info inhi inju inno insu inte inva isch isol"
    " juve kine know labo late lear legi leuk life line lipi live loca long lung lymp macr mana mark mate"
    " mech medi memb memo meta micr migr mili mode mole mono mort mult musc muta nano nega neon netw neur"
    " nitr nurs nutr obes occu onco oper opti oral orga orth osmo oste outc oxid paed pain panc para part"
    " path pati peri pers phar phen phys plac plan plas poli poly popu port post pote pred preg prev prim"
    " proc prof prog pros prot psyc publ pulm qual quan radi rand reac rece reco refe regi rehab rela reli"
    " renal repr resi resp reti rheu risk rura safe sani scho scre sele sens sequ seru seve sexu simu skil"
    " slee smok soci soft spat spec spin stan stat stem ster stra stre stro stru subs suic surg surv symp"
    " synd syst targ team tech temp ther thro thyr tiss tole toxi trac trad tran trau trea tria tube tumo"
    " ultr urba uter util vacc vali vari vasc vent viol viro visi visu vita volu"
)
_ENDINGS = "tion ty ment ing ics ism al ive ous ation ence ance ity ly er ology ed gram sis able"
_SMALL = "of in the and for with on to among from after by between"
_SUBTITLES = (
    "a systematic review",
    "a randomised controlled trial",
    "a qualitative study",
    "a cohort study",
    "results of a national survey",
    "an update",
    "a case report",
    "evidence from {0}",
)
_COMMON = (
    "Wang Li Zhang Liu Chen Smith Kim Yang Lee Johnson Kumar Huang Zhao Wu Brown Singh Jones Zhou Xu"
    " Müller Sun Williams García Nguyen Park Ma Zhu Hu Guo He Lin Miller Davis Tanaka Silva Wilson Martin"
    " Anderson Suzuki"
)
_STARTS = (
    "An Bar Ber Bo Cas Cor Dal De Fer Gar Ham Hol Iv Jan Kal Kow Lar Lind Mor Nov Ol Pet Ros Sch Tan Val Wes"
)
_MIDDLES = "a e i o u an er in ol ar en it os"
_ENDS = "son sen man berg ski ini ez ov er ton ley mann dal ard eira sson wick ez-Ruiz"
_GENERIC = (
    "Editorial",
    "Introduction",
    "Letter to the editor",
    "Book reviews",
    "Reply",
    "In this issue",
    "News",
    "Annual report {1}",
    "Correspondence",
    "Obituary",
)
_PLACES = "Norway Brazil Kenya Japan Canada Iran Spain Chile Ghana India"


class _Zipf:
    """Draws from a list so that the n-th is drawn 1/n**power as often as the first."""

    def __init__(self, values: Sequence[str], power: float) -> None:
        self._values = values
        self._weights = list(accumulate(1 / place**power for place in range(1, len(values) + 1)))

    def draw(self, random_: random.Random) -> str:
        """One of the values."""
        return self._values[bisect(self._weights, random_.random() * self._weights[-1])]


class Corpus:
    """Works and their descriptions; the same seed gives the same ones."""

    def __init__(self, seed: int = 1) -> None:
        self._random = random.Random(seed)
        shuffled = ["".join(each) for each in product(_STEMS.split(), _ENDINGS.split())]
        self._random.shuffle(shuffled)
        self._words = _Zipf(shuffled, 0.9)
        rare = [
            "".join(each)
            for each in product(_STARTS.split(), _MIDDLES.split(), _MIDDLES.split(), _ENDS.split())
        ]
        self._random.shuffle(rare)
        self._names = _Zipf([*_COMMON.split(), *rare], 0.75)
        journals = [
            f"{head} {first.capitalize()} and {second.capitalize()}"
            for head, first, second in zip(
                ("Journal of", "International Journal of", "Archives of", "Advances in", "Annals of") * 800,
                shuffled[:4000],
                shuffled[5000:],
                strict=False,
            )
        ]
        self._journals = _Zipf(journals, 0.8)

    def records(self, size: int, doubles: float = 0.3) -> Iterator[Record]:
        """So many descriptions, of which ``doubles`` are of a work that another one describes too."""
        made = 0
        work = 0
        while made < size:
            for described in self._family():
                copies = 1
                while self._random.random() < doubles:
                    copies += 1
                for copy in range(copies):
                    if made == size:
                        return
                    record = self._as_another_prints(described) if copy else described
                    yield replace(record, id=f"{work}.{copy}")
                    made += 1
                work += 1

    def abstract(self, record: Record) -> str:
        """Some 1,000 letters in sentences, the same for all descriptions of a work."""
        words = random.Random(record.id.partition(".")[0])
        sentences = (
            " ".join(self._words.draw(words) for _ in range(words.randint(12, 22))) for _ in range(8)
        )
        return " ".join(f"{sentence.capitalize()}." for sentence in sentences)

    def _family(self) -> Iterator[Record]:
        """A work, and at times one that is easily taken for it."""
        work = self._work()
        yield work
        chance = self._random.random()
        if len(work.title) < 25 or chance > 0.08:
            return
        stem = work.title.split(":")[0]
        other = self._placed(replace(work, doi=self._doi(), pmid=""), work.container_title)
        if chance < 0.02:
            yield replace(other, title=f"{stem}: part 2", issued=work.issued)
        elif chance < 0.03:
            yield replace(other, title=f"Erratum: {work.title}", issued=work.issued, page="77")
        elif chance < 0.05:
            year = str(int(work.issued) - self._random.randint(0, 2))
            yield replace(other, container_title="bioRxiv", volume="", issue="", page="", issued=year, doi="")
        else:
            words = work.title.split()
            words[-1] = self._words.draw(self._random)
            yield replace(other, title=" ".join(words))

    def _work(self) -> Record:
        authors = tuple(self._name() for _ in range(1 + min(11, int(self._random.expovariate(0.3)))))
        year = self._random.randint(1980, 2025)
        generic = self._random.random() < 0.03
        title = (
            self._random.choice(_GENERIC).format("", year) if generic else self._title(str(year), _SUBTITLES)
        )
        if generic and self._random.random() < 0.4:
            authors = ()
        work = Record(type="article-journal", title=title, authors=authors, issued=str(year))
        return self._placed(work, self._journals.draw(self._random), same_year=True)

    def _placed(self, work: Record, journal: str, same_year: bool = False) -> Record:
        """The work at a place of its own in a journal, in its year or another."""
        pick = self._random
        year = int(work.issued) if same_year else min(2025, int(work.issued) + pick.randint(0, 3))
        first = pick.randint(1, 1600)
        return replace(
            work,
            issued=str(year),
            container_title=journal,
            volume=str(max(1, year - 1900 - len(journal) * 7 % 79)),
            issue=str(pick.randint(1, 12)),
            page=f"{first}-{first + pick.randint(1, 14)}",
            doi=self._doi() if year > 1995 or pick.random() < 0.5 else "",
            pmid=str(pick.randint(1_000_000, 39_999_999)) if pick.random() < 0.5 else "",
        )

    def _doi(self) -> str:
        return f"10.{self._random.randint(1000, 1400)}/j.{self._random.getrandbits(40):x}"

    def _name(self) -> Author:
        initials = "".join(self._random.choice("ABCDEFGHJKLMNPRSTVWY") for _ in range(2))
        return Author(self._names.draw(self._random), f"{initials[0]}. {initials[1]}.")

    def _title(self, year: str, subtitles: Sequence[str]) -> str:
        words: list[str] = []
        for place in range(self._random.randint(4, 11)):
            if place and self._random.random() < 0.4:
                words.append(self._random.choice(_SMALL.split()))
            words.append(self._words.draw(self._random))
        title = " ".join(words).capitalize()
        if self._random.random() < 0.3:
            title += f": {self._random.choice(subtitles).format(self._random.choice(_PLACES.split()), year)}"
        return title

    def _as_another_prints(self, record: Record) -> Record:
        """The same work as another database would describe it."""
        habits: tuple[tuple[float, Callable[[Record], Record]], ...] = (
            (0.55, lambda each: replace(each, doi="")),
            (0.7, lambda each: replace(each, pmid="")),
            (0.2, lambda each: replace(each, title=each.title.upper())),
            (0.3, lambda each: replace(each, title=f"{each.title}.")),
            (0.04, lambda each: replace(each, title=each.title.split(":")[0])),
            (0.03, self._misprinted),
            (0.4, lambda each: replace(each, container_title=_abbreviated(each.container_title))),
            (0.3, lambda each: replace(each, page=_shortened(each.page))),
            (0.1, lambda each: replace(each, page="")),
            (0.2, lambda each: replace(each, issue="")),
            (0.04, lambda each: replace(each, issued=str(int(each.issued) - 1))),
            (0.2, lambda each: replace(each, authors=each.authors[:3], et_al=len(each.authors) > 3)),
            (0.4, lambda each: replace(each, authors=tuple(map(_initial, each.authors)))),
            (0.03, lambda each: replace(each, authors=())),
        )
        for chance, habit in habits:
            if self._random.random() < chance:
                record = habit(record)
        return record

    def _misprinted(self, record: Record) -> Record:
        at = self._random.randrange(len(record.title))
        return replace(record, title=record.title[:at] + record.title[at + 1 :])


def _abbreviated(journal: str) -> str:
    if " " not in journal:
        return journal
    return " ".join(word[:4].rstrip("aeiou") for word in journal.split() if word not in ("of", "and", "in"))


def _shortened(page: str) -> str:
    first, dash, last = page.partition("-")
    same = next((at for at, pair in enumerate(zip(first, last, strict=False)) if len(set(pair)) > 1), 0)
    return first + dash + (last[same:] if len(first) == len(last) else last)


def _initial(author: Author) -> Author:
    return replace(author, given=author.given[:1])
