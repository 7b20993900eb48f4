"""The pointer file of an index folder: which generation is current, and what it was made of."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from corpus.errors import IndexProblem

MANIFEST = "manifest.json"
#: Number of the folder's layout and of how texts are read into words; raised when either changes.
SCHEMA = 2

NO_VECTORS = (
    "This index has no vectors: install `evidence-kb[semantic]` and run `kb index` to search by meaning."
)


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an index folder holds. Folders are relative to it; an empty ``vectors`` means none.

    ``corpus_hash`` is what the caller gave for the state of the store; ``documents`` is the hash of the
    documents themselves. ``built`` is a time in UTC, ISO 8601. ``versions`` is by library. ``ids``,
    ``keyword`` and ``vectors`` are of this build; ``pool`` holds the vectors of all texts by this model, of
    which ``vectors`` names those in use. ``model_source`` is the model as it was asked for, "" for the
    packaged one. ``repaired`` says what of a build that was broken off was put right.
    """

    schema: int
    corpus_hash: str
    built: str
    records: int
    documents: str
    engine: str
    ids: str
    keyword: str
    vectors: str
    pool: str
    pool_rows: int
    pool_digest: str
    embedded: int
    model: str
    model_sha256: str
    model_source: str
    dim: int
    settings: dict[str, Any]
    query_model: str
    versions: dict[str, str]
    notes: tuple[str, ...] = ()
    repaired: tuple[str, ...] = ()


def read_manifest(folder: Path) -> Manifest:
    """The manifest of an index folder; raises ``IndexProblem`` where there is none that is of use."""
    path = folder / MANIFEST
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise IndexProblem(f"{folder}: there is no index yet. Run `kb index` to make one.") from error
    except (OSError, ValueError, RecursionError) as error:
        raise IndexProblem(f"{path}: cannot be read. Run `kb index` to make the index anew.") from error
    if not isinstance(content, dict) or content.get("schema") != SCHEMA:
        raise IndexProblem(
            f"{path}: is of another version of this program. Run `kb index` to make the index anew."
        )
    if set(content) != {field.name for field in fields(Manifest)} or not all(
        isinstance(content[name], list) for name in ("notes", "repaired")
    ):
        raise IndexProblem(f"{path}: is incomplete. Run `kb index` to make the index anew.")
    for name in ("ids", "keyword", "vectors", "pool", "query_model", "engine", "documents"):
        # A pointer out of the folder would let the next build remove what is not its own.
        if (
            not isinstance(content[name], str)
            or ".." in content[name]
            or content[name].startswith(("/", "\\"))
        ):
            raise IndexProblem(
                f"{path}: `{name}` is no name of a folder. Run `kb index` to make the index anew."
            )
    return Manifest(**{**content, "notes": tuple(content["notes"]), "repaired": tuple(content["repaired"])})


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Make ``manifest`` the current one, in one step that no reader sees the middle of."""
    beside = folder / f"{MANIFEST}.{os.getpid()}.new"
    with beside.open("w", encoding="utf-8") as file:
        json.dump(asdict(manifest), file, indent=1, ensure_ascii=False)
        file.flush()
        os.fsync(file.fileno())
    os.replace(beside, folder / MANIFEST)
