"""Documents as files: Word, HTML and Markdown, written by pandoc from one tree."""

from __future__ import annotations

import io
import json
import subprocess
import tempfile
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any, Protocol

from corpus.errors import EvidenceError
from kb.citing.pandoc import program
from kb.documents.blocks import Document
from kb.documents.template import template
from kb.documents.tree import Target, tree

#: Name of a format -> (ending, media type).
DOCUMENTS: dict[str, tuple[str, str]] = {
    "docx": (".docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "html": (".html", "text/html; charset=utf-8"),
    "markdown": (".md", "text/markdown; charset=utf-8"),
}

_SECONDS = 300
_STYLE = Path(__file__).with_name("document.css")


class BinarySink(Protocol):
    """Where bytes go: a file, standard output, or a response."""

    def write(self, content: bytes, /) -> object:
        """Take the next piece."""


def write(document: Document, to: Target, stream: BinarySink, *, reference: Path | None = None) -> None:
    """Write the document as "docx", "html" or "markdown" to ``stream``.

    ``reference`` is a Word file whose styles, header and footer are taken instead of ours. Raises
    ``MissingExtra`` where pandoc is not installed, ``EvidenceError`` for a ``reference`` that is of no use.
    """
    if to == "docx":
        stream.write(_word(document, reference))
    elif to == "html":
        stream.write(
            _page(document, _run(document, to, ["--to=html5", "--wrap=none"]).decode()).encode(
                "utf-8", "replace"
            )
        )
    else:
        stream.write(_run(document, to, ["--to=gfm", "--wrap=none"]))


def put(document: Document, to: Target, stream: Any, *, reference: Path | None = None) -> None:
    """The same to a ``stream`` that takes bytes for "docx", else text."""
    if to == "docx":
        write(document, to, stream, reference=reference)
        return
    made = io.BytesIO()
    write(document, to, made)
    stream.write(made.getvalue().decode())


def _word(document: Document, reference: Path | None) -> bytes:
    with tempfile.TemporaryDirectory(prefix="kb-document-") as folder:
        made, styles = Path(folder) / "made.docx", Path(folder) / "styles.docx"
        try:
            styles.write_bytes(reference.read_bytes() if reference else template(_run_bare))
        except OSError as error:
            raise EvidenceError(f"{reference}: the template cannot be read: {error.strerror}.") from error
        _run(document, "docx", ["--to=docx", f"--reference-doc={styles}", f"--output={made}"], reference)
        return made.read_bytes()


def _run(document: Document, to: Target, options: Sequence[str], reference: Path | None = None) -> bytes:
    content = json.dumps(tree(document, to), ensure_ascii=False).encode("utf-8", "replace")
    return _run_bare(["--from=json", *options], content, reference)


def _run_bare(options: Sequence[str], content: bytes = b"", reference: Path | None = None) -> bytes:
    try:
        done = subprocess.run(
            [program(), *options], input=content, capture_output=True, timeout=_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise EvidenceError(
            "The document took pandoc longer than five minutes; take fewer records."
        ) from error
    except OSError as error:
        raise EvidenceError(f"pandoc could not be started: {error.strerror}.") from error
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines() or ["no reason given"]
        if reference:
            raise EvidenceError(f"{reference}: is no Word template ({said[0][:200]}).")
        raise EvidenceError(f"pandoc could not write the document: {said[0][:200]}")
    return done.stdout


def _page(document: Document, body: str) -> str:
    return (
        f'<!DOCTYPE html>\n<html lang="{escape(document.language)}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(document.title)}</title>\n"
        f"<style>\n{_STYLE.read_text(encoding='utf-8')}</style>\n</head>\n"
        f"<body>\n<main>\n{body}</main>\n</body>\n</html>\n"
    )
