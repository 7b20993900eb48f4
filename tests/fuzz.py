"""Types changed and cut search strategies into a search, as fast as it answers, and tells which broke it.

Usage: python -m tests.fuzz SECONDS [SEED]
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from corpus.query import MODES, Query
from index.engine import Document
from index.generations import build
from index.language import parse
from index.searcher import Index
from index.synonyms import Synonyms
from tests.test_semantic import WordEmbedder

#: What people paste: questions, titles, and strategies of the systems that they come from.
TYPED = """
why do agencies not trust each other?
Working together: the story of a multi-agency team (2nd ed.)
(interprofession* OR inter-agency) AND "information sharing"~5 NOT school
title:trust author:"van der Berg" year:[2000 TO 2009] theme:trust-relationships
exact:organisation^2 fuzzi~2 wom?n -c++ [sic] {2000 to} year:>1999 nurse|carer|"family doctor"
("Interprofessional Relations"[Mesh] OR collaborat*[tiab]) AND ("2000/01/01"[dp] : "3000"[dp]) AND english[la]
1. exp Child Abuse/ or (child$ adj3 (abuse or neglect)).ti,ab,kw.
TITLE-ABS-KEY(trust W/3 agencies) AND PUBYEAR > 1999 AND (LIMIT-TO(LANGUAGE, "English"))
TS=(partner* NEAR/5 working) AND PY=(2000-2010) NOT #3
https://doi.org/10.1016/S0145-2134(04)00123-4 10.1002/x<1::aid>3.0.co;2-b
ØDEGÅRD naïve co-operation ﬁnd Straße 信息共享 مشاركة 🙂 e\u0301
""".strip().splitlines()
_SIGNS = [*"\"()[]{}|^~*?:-–/\\'#$&+=<>.,;!\x00\u200b\u00ad\u202e ", "AND", "OR", "NOT", "title:", "~3", "^2"]
SYNONYMS = Synonyms.of([["GP", "general practitioner"], ["A&E", "emergency department"], ["trust", "faith"]])
DOCUMENTS = [
    Document("a", "Trust between agencies", "Inter-agency working and information sharing.", year=2004),
    Document("b", "The GP and the family doctor", "Women trust organisations.", authors="Ødegård, Atle"),
    Document("c", "Child abuse and neglect", "", doi="10.1016/S0145-2134(04)00123-4"),
]


def changed(chance: random.Random) -> str:
    """A text like one that is pasted, in a piece, and with signs where nobody puts them."""
    text = chance.choice(TYPED)
    for _ in range(chance.randint(1, 6)):
        start, end = sorted(chance.choices(range(len(text) + 1), k=2))
        piece = text[start:end]
        match chance.randrange(5):
            case 0:
                text = text[:start] + text[end:]
            case 1:
                text = text[:start] + piece * chance.choice((2, 2, 3, 40)) + text[end:]
            case 2:
                text = text[:start] + chance.choice(_SIGNS) * chance.choice((1, 1, 2, 30)) + text[start:]
            case 3:
                text = (
                    f"{text[:start]}{chance.choice((piece.upper(), piece.lower(), piece[::-1]))}{text[end:]}"
                )
            case _:
                text = f"{text[:start]} {chance.choice(TYPED)[start:end]} {text[end:]}"
    return text[:3000]


def tried(folder: Path, chance: random.Random, engine: str) -> Iterator[str]:
    """Texts that were searched for, in every mode; raises what a search raised."""
    build(folder, DOCUMENTS, corpus_hash="1", embedder=WordEmbedder(), engine=engine)
    index = Index.open(folder, WordEmbedder(), SYNONYMS)
    while True:
        text = changed(chance)
        for mode in MODES:
            query = Query(text, mode, limit=3, expand=chance.random() < 0.8)
            ranking = index.search(query)
            assert len(ranking.hits) == min(3, ranking.total)
            # What is said to be searched means the same when it is typed.
            again = parse(ranking.as_run).tree
            assert str(again) == ranking.as_run or not ranking.as_run, (ranking.as_run, str(again))
            for document in DOCUMENTS:
                index.passage(query, document.id, document.title, document.abstract)
        index.suggest(text)
        yield text


def main(seconds: float, seed: int = 0) -> None:
    """Search until the time is over; a text that breaks a search is printed before the error."""
    chance, ends, count = random.Random(seed), time.monotonic() + seconds, 0
    with tempfile.TemporaryDirectory() as folder:
        for engine in ("whoosh", "tantivy"):
            state = chance.getstate()
            try:
                for _ in tried(Path(folder) / engine, chance, engine):
                    count += 1
                    state = chance.getstate()
                    if time.monotonic() > (ends if engine == "tantivy" else ends - seconds / 2):
                        break
            except BaseException:
                chance.setstate(state)
                print(f"{engine}: {changed(chance)!r}")
                raise
    print(f"{count:,} texts searched in {', '.join(MODES)}: every one was answered")


if __name__ == "__main__":
    main(float(sys.argv[1]), *map(int, sys.argv[2:]))
