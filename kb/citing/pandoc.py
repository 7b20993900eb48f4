"""References set by pandoc's citeproc, a program of its own: it takes CSL-JSON and gives a tree of text."""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache, lru_cache
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import register_namespace, tostring

from corpus.errors import EvidenceError, MissingExtra
from corpus.record import Record
from kb.citing import mending, styles
from kb.citing.reference import Bibliography, Reference, Run, joined

# A reference takes 0.1 s, a thousand 1 to 6 s by style; what takes ten times as long will not end well.
_SECONDS, _SECONDS_EACH = 20.0, 0.06
# A thousand references take 200 MB. More than this and one record was made to be a burden.
_MEMORY, _MEMORY_EACH = 512, 0.2
_SET: dict[str, dict[str, Any]] = {
    "Emph": {"italic": True},
    "Strong": {"bold": True},
    "SmallCaps": {"small_caps": True},
    "Superscript": {"raised": True},
    "Subscript": {"lowered": True},
}
# Spans that a style sets on a line of their own; a reference of ours is one line.
_APART = {"csl-block", "csl-indent"}
_SPACES = frozenset({"Space", "SoftBreak", "LineBreak"})


class Pandoc:
    """Pandoc as a ``Processor``: one run of the program for each bibliography."""

    def bibliography(self, records: Sequence[Record], style: styles.Style) -> Bibliography:
        """One reference a record, in the order of the style."""
        if not records:
            return Bibliography(())
        # Ids of our own: what a record is called never reaches the program.
        ids = {f"r{place}": record.id for place, record in enumerate(records)}
        works = [mending.work(record, id_) for id_, record in zip(ids, records, strict=True)]
        tree = _run(works, style)
        body = _body(tree["blocks"])
        if body is None:
            raise EvidenceError(f"The citation style “{style.id}” sets notes only, no bibliography.")
        attributes, entries = body
        found = {id_: _reference(ids[id_], blocks) for id_, blocks in _entries(entries)}
        # A style may leave works out; they are told, not dropped.
        left = [Reference(record, ()) for id_, record in ids.items() if id_ not in found]
        return Bibliography((*found.values(), *left), hanging="hanging-indent" in attributes[1])


def _run(works: Sequence[Any], style: styles.Style) -> Any:
    content = _mended(style.path)
    count = len(works)
    memory = int(_MEMORY + _MEMORY_EACH * count)
    with tempfile.TemporaryDirectory(prefix="kb-citing-") as folder:
        path = Path(folder) / "style.csl"
        path.write_bytes(content)
        command = [program(), "+RTS", f"-M{memory}M", "-RTS", "--sandbox", "--citeproc"]
        command += ["--from=csljson", "--to=json", f"--metadata=lang:{style.language}", f"--csl={path}"]
        try:
            done = subprocess.run(
                command,
                input=json.dumps(works).encode(),
                capture_output=True,
                timeout=_SECONDS + _SECONDS_EACH * count,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise EvidenceError(f"The style “{style.id}” took too long over {count} works.") from error
        except OSError as error:
            raise EvidenceError(f"pandoc could not be started: {error.strerror}.") from error
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines() or ["no reason given"]
        raise EvidenceError(f"The style “{style.id}” could not be used: {said[0][:200]}")
    return json.loads(done.stdout)


@cache
def program() -> str:
    """The path of pandoc; raises ``MissingExtra`` if it is not installed."""
    try:
        from pypandoc import get_pandoc_path

        return str(get_pandoc_path())
    except (ImportError, OSError) as error:
        raise MissingExtra("Citation styles need pandoc: install `evidence-kb[word]`.") from error


@lru_cache(maxsize=64)
def _mended(path: Path) -> bytes:
    register_namespace("", "http://purl.org/net/xbiblio/csl")
    content: bytes = tostring(mending.style(styles.root(path)), encoding="utf-8")
    return content


def _body(blocks: list[Any]) -> tuple[Any, list[Any]] | None:
    for block in blocks:
        if block["t"] == "Div" and block["c"][0][0] == "refs":
            return block["c"][0], block["c"][1]
    return None


def _entries(blocks: list[Any]) -> Iterator[tuple[str, list[Any]]]:
    for block in blocks:
        if block["t"] == "Div":
            (name, _, _), inner = block["c"]
            yield name.removeprefix("ref-"), inner


def _reference(record: str, blocks: list[Any]) -> Reference:
    runs: list[Run] = []
    label: list[Run] = []
    for block in blocks:
        if runs:
            runs.append(Run(" "))
        for piece in block["c"]:
            margin = piece["t"] == "Span" and "csl-left-margin" in piece["c"][0][1]
            (label if margin else runs).extend(_runs([piece], Run("")))
    return Reference(record, joined(runs), "".join(run.text for run in label).strip())


def _runs(pieces: list[Any], around: Run) -> Iterator[Run]:
    """The runs of a piece of pandoc's tree; ``around`` is how the text about it is set."""
    for piece in pieces:
        kind, content = piece["t"], piece.get("c")
        if kind in _SPACES:
            yield replace(around, text=" ")
        elif kind == "Str":
            yield replace(around, text=mending.back(content))
        elif kind in _SET:
            yield from _runs(content, replace(around, **_SET[kind]))
        elif kind == "Span":
            attributes, inner = content
            if _APART & set(attributes[1]):
                yield replace(around, text=" ")
            italic = around.italic and "csl-no-emph" not in attributes[1]
            yield from _runs(inner, replace(around, italic=italic))
        elif kind == "Link":
            yield from _runs(content[1], replace(around, link=_web(mending.back(content[2][0]))))
        elif isinstance(content, list):
            yield from _runs([each for each in content if isinstance(each, dict) and "t" in each], around)


def _web(address: str) -> str:
    return address if address.startswith(("http://", "https://")) else ""
