"""A first look at the documents of a build: how many, which, and what of them is to be embedded."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from index.engine import Document
from index.ids import IdsWriter


@dataclass(frozen=True, slots=True)
class Survey:
    """``count`` documents, the ``digest`` of all, the ``hashes`` of their texts, 16 bytes each, by number."""

    count: int
    digest: str
    hashes: bytes


def survey(documents: Iterable[Document], folder: Path) -> Survey:
    """Read the documents once and write their ids into the empty ``folder``."""
    digest, hashes = hashlib.sha256(), bytearray()
    ids = IdsWriter(folder)
    for document in documents:
        ids.add(document.id)
        digest.update(_content(document).encode("utf-8", "surrogatepass"))
        hashes += hash_of(text_of(document))
    ids.close()
    return Survey(len(hashes) // 16, digest.hexdigest(), bytes(hashes))


def text_of(document: Document) -> str:
    """What of a document is embedded."""
    return f"{document.title}\n{document.abstract}".strip()


def hash_of(text: str) -> bytes:
    """What tells a text from every other: 16 bytes."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:16]


def _content(document: Document) -> str:
    return json.dumps(
        [
            document.id,
            document.title,
            document.abstract,
            document.keywords,
            document.authors,
            document.container_title,
            document.doi,
            document.year,
            {name: list(values) for name, values in sorted(document.facets.items())},
        ],
        ensure_ascii=False,
    )
