"""Test collections in BEIR's layout: documents, questions, and which document is relevant to which."""

from __future__ import annotations

import gzip
import io
import json
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from corpus.errors import EvidenceError
from index.engine import Document

_GZIP = b"\x1f\x8b"
_LAYOUT = "a collection has corpus.jsonl, queries.jsonl and qrels.tsv or qrels/test.tsv"
#: What the columns of judgements are called, in a first line that holds no judgement.
_HEADINGS = {"score", "relevance", "rel", "grade", "label", "judgement", "judgment", "qrel"}
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Question:
    """A query of a collection. ``seed`` is the document it was made from, which never counts as found."""

    id: str
    text: str
    seed: str = ""


_Keyed = TypeVar("_Keyed", Document, Question)


@dataclass(frozen=True, slots=True)
class Collection:
    """Documents by id, the judged questions, and how relevant (above 0) which document is to which question.

    Every question has its judgements in ``relevant``, be they empty. ``notes`` are sentences for the user on
    what of the files does not count.
    """

    documents: tuple[Document, ...]
    questions: tuple[Question, ...]
    relevant: Mapping[str, Mapping[str, int]]
    notes: tuple[str, ...] = ()


def read_collection(folder: Path, part: str = "") -> Collection:
    """The collection in ``folder``, each file plain or gzipped.

    Judgements are read from qrels.tsv, else qrels/test.tsv; those of a ``part`` from PART.qrels.tsv, else
    qrels/PART.tsv; questions from PART.queries.jsonl, else queries.jsonl. Raises ``EvidenceError`` that names
    the file and the line that cannot be read.
    """
    # The small files first: what is wrong with them is said before a large corpus is read.
    qrels = _qrels(folder, part)
    notes: list[str] = []
    judgements = _judgements(qrels, notes)
    asked = (_there(folder, [f"{part}.queries.jsonl"]) if part else None) or _needed(folder, "queries.jsonl")
    questions = _once(
        (Question(key, text, _text(entry.get("seed"))) for key, text, entry in _questions(asked)),
        "question",
        notes,
    )
    documents = _once(_documents(folder), "document", notes)
    judged = [
        _with_seed(question, documents.get(key), judgements[key])
        for key, question in questions.items()
        if key in judgements
    ]
    if not judged:
        raise EvidenceError(
            f"{qrels}: judges none of the {_count(len(questions), 'question')} of {asked};"
            " their ids must be the same."
        )
    relevant = {question.id: _relevant(judgements[question.id], question) for question in judged}
    notes += _left_out(questions, judgements, documents, judged, relevant)
    return Collection(
        tuple(documents[key] for key in sorted(documents)), tuple(judged), relevant, tuple(notes)
    )


def lines_of(path: Path) -> Iterator[tuple[int, str]]:
    """The lines that are not blank, without their ends, from 1; unzipped where need be, without a BOM.

    Raises ``EvidenceError`` that names the file if it cannot be read.
    """
    try:
        with path.open("rb") as raw:
            stream = gzip.GzipFile(fileobj=raw) if raw.peek(2)[:2] == _GZIP else raw
            for number, line in enumerate(io.TextIOWrapper(stream, encoding="utf-8-sig"), start=1):
                if line.strip():
                    yield number, line.rstrip("\n")
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise EvidenceError(f"{path}: cannot be unzipped ({error}); is the file whole?") from error
    except OSError as error:
        raise EvidenceError(f"{path}: cannot be read ({error.strerror}).") from error
    except UnicodeDecodeError as error:
        raise EvidenceError(f"{path}: is not UTF-8 (at byte {error.start}); convert it.") from error


def _there(folder: Path, names: Iterable[str]) -> Path | None:
    paths = (folder / f"{name}{ending}" for name in names for ending in ("", ".gz"))
    return next((path for path in paths if path.is_file()), None)


def _needed(folder: Path, name: str) -> Path:
    found = _there(folder, [name])
    if found is None:
        raise EvidenceError(f"{folder}: has no {name}; {_LAYOUT}.")
    return found


def _qrels(folder: Path, part: str) -> Path:
    if not folder.is_dir():
        raise EvidenceError(f"{folder}: there is no such folder.")
    stems = (f"{part}.qrels", f"qrels/{part}") if part else ("qrels", "qrels/test")
    found = _there(folder, (f"{stem}.{ending}" for stem in stems for ending in ("tsv", "txt")))
    if found is not None:
        return found
    names = {path.name.partition(".qrels.")[0] for path in folder.glob("*.qrels.t*")}
    names |= {path.name.partition(".")[0] for path in folder.glob("qrels/*.t*")}
    wanted = f"no judgements for `{part}`" if part else "neither qrels.tsv nor qrels/test.tsv"
    if names:
        raise EvidenceError(f"{folder}: has {wanted}; choose with --part: {', '.join(sorted(names))}.")
    raise EvidenceError(f"{folder}: has {wanted}; {_LAYOUT}.")


def _entries(path: Path) -> Iterator[tuple[int, str, dict[str, Any]]]:
    """(line, id, the object) of each line."""
    for number, line in lines_of(path):
        try:
            entry = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise EvidenceError(f"{path}:{number}: is not JSON ({error}); one object a line is.") from error
        key = entry.get("_id", entry.get("id")) if isinstance(entry, dict) else None
        if not isinstance(key, (str, int)) or isinstance(key, bool) or key == "":
            raise EvidenceError(f"{path}:{number}: is not an object with an `_id`, a text or a whole number.")
        yield number, _text(key), entry


def _questions(path: Path) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for number, key, entry in _entries(path):
        if not isinstance(entry.get("text"), str):
            raise EvidenceError(f"{path}:{number}: question {key} has no `text` to search for.")
        yield key, _text(entry["text"]), entry


def _documents(folder: Path) -> Iterator[Document]:
    path = _needed(folder, "corpus.jsonl")
    for number, key, entry in _entries(path):
        title, text = entry.get("title") or "", entry.get("text") or ""
        if not isinstance(title, str) or not isinstance(text, str):
            raise EvidenceError(f"{path}:{number}: document {key} has a title or text that is no string.")
        yield Document(id=key, title=_text(title), abstract=_text(text))


def _text(value: Any) -> str:
    # JSON can hold half a surrogate pair, which nothing that writes UTF-8 takes.
    return "" if value is None else str(value).encode("utf-8", "replace").decode("utf-8")


def _once(found: Iterable[_Keyed], kind: str, notes: list[str]) -> dict[str, _Keyed]:
    """By id; of those that share one, the first."""
    kept: dict[str, _Keyed] = {}
    repeated: Counter[str] = Counter()
    for one in found:
        if kept.setdefault(one.id, one) is not one:
            repeated[one.id] += 1
    if repeated:
        notes.append(
            f"{_count(repeated.total(), kind)} with an id given before, not counted: {_some(repeated)}."
        )
    return kept


def _judgements(path: Path, notes: list[str]) -> dict[str, dict[str, int]]:
    """Grades by question and document, as they are judged, in TREC's four columns or BEIR's three."""
    judged: dict[str, dict[str, int]] = {}
    repeated = 0
    for number, line in lines_of(path):
        cells = line.split("\t") if "\t" in line else line.split()
        if number == 1 and _is_heading(cells):
            continue
        if len(cells) not in (3, 4) or (grade := _grade(cells[-1])) is None:
            raise EvidenceError(
                f"{path}:{number}: is not question, document and a whole number for relevance, by tabs."
            )
        documents = judged.setdefault(cells[0], {})
        repeated += cells[-2] in documents
        documents[cells[-2]] = grade
    if not judged:
        raise EvidenceError(f"{path}: holds no judgement.")
    if repeated:
        notes.append(f"{_count(repeated, 'judgement')} given again; the last of each counts.")
    return judged


def _is_heading(cells: Sequence[str]) -> bool:
    return cells[-1].strip().lower() in _HEADINGS or cells[0].strip().lower() in (
        "query-id",
        "query_id",
        "qid",
    )


def _grade(text: str) -> int | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return int(value) if value.is_integer() else None


def _with_seed(question: Question, own: Document | None, judged: Mapping[str, int]) -> Question:
    """The question with its seed: ArguAna, Quora and SciDocs ask for what is like a document of theirs.

    Such a question has the id and the words of the document, which is not what it is to find.
    """
    if question.seed or own is None or judged.get(own.id, 0) > 0:
        return question
    texts = (own.title, own.abstract, f"{own.title} {own.abstract}")
    wanted = question.text.split()
    same = bool(wanted) and any(text.split() == wanted for text in texts)
    return Question(question.id, question.text, own.id) if same else question


def _relevant(judged: Mapping[str, int], question: Question) -> dict[str, int]:
    return {key: grade for key, grade in judged.items() if grade > 0 and key != question.seed}


def _left_out(
    questions: Mapping[str, Question],
    judgements: Mapping[str, Mapping[str, int]],
    documents: Mapping[str, Document],
    judged: Sequence[Question],
    relevant: Mapping[str, Mapping[str, int]],
) -> Iterator[str]:
    """What does not count of questions and judgements, a sentence each."""
    if others := len(questions) - len(judged):
        yield f"{_count(others, 'question')} without judgements left out."
    if unknown := [key for key in judgements if key not in questions]:
        yield f"{_count(len(unknown), 'question')} judged but not asked, left out: {_some(unknown)}."
    found = [key for each in relevant.values() for key in each if key not in documents]
    if found:
        yield (
            f"{_count(len(found), 'relevant document')} not in the corpus, never to be found: {_some(found)}."
        )
    if hopeless := [key for key, each in relevant.items() if not each]:
        yield (
            f"{_count(len(hopeless), 'question')} without a relevant document, counted 0 as trec_eval does:"
            f" {_some(hopeless)}."
        )
    if blank := [question.id for question in judged if not question.text.strip()]:
        yield f"{_count(len(blank), 'question')} without words, for which nothing is found: {_some(blank)}."
    own = sum(judgements[one.id].get(one.seed, 0) > 0 for one in judged if one.seed)
    if own:
        yield f"{_count(own, 'question')} judged by the document it was made from, which does not count."


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _some(keys: Iterable[str]) -> str:
    keys = list(dict.fromkeys(keys))
    return ", ".join(keys[:_SHOWN]) + (", ..." if len(keys) > _SHOWN else "")
