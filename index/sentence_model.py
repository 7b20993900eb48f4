"""Any model of sentence-transformers as an embedder: from this machine only, and never running its code."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus.errors import EvidenceError

if TYPE_CHECKING:
    from index.embedder import Vectors

#: So many tokens go through the model at once: enough to fill the processor, few enough for its cache.
_TOKENS = 2048
#: The least cosine to what float32 gives, for smaller numbers to be used.
_CLOSE = 0.9999
#: What the files of a model are called on which its vectors depend.
_WEIGHED = (".safetensors", ".bin", ".json", ".txt", ".model", ".bpe")
#: What is raised over a model that is damaged, or made for other versions.
_LOADING = (OSError, ValueError, LookupError, TypeError, RuntimeError, ImportError, AttributeError, EOFError)
_TRIAL = (
    "trust",
    "Why do agencies not trust each other?",
    "Ødegård, A. (2006) Exploring perceptions of interprofessional collaboration; 1, 2, 3 – “quoted”",
    "information sharing between health and social care " * 40,
)


class SentenceModel:
    """The sentence-transformers model in ``folder``; loaded on first use.

    ``source`` is what it was asked for by. ``sha256`` is over what the files say, not over where they are.
    """

    def __init__(self, folder: Path, source: str) -> None:
        _refuse_foreign_code(folder)
        self.folder, self.source, self.name = folder, source, _name(source)

    @cached_property
    def sha256(self) -> str:
        """One digest over the weights, the tokenizer and the configuration."""
        digest = hashlib.sha256()
        for path in sorted(path for path in self.folder.rglob("*") if path.suffix in _WEIGHED):
            name = path.relative_to(self.folder)
            # A hub's bookkeeping and other forms of the same weights are not what is loaded.
            if name.parts[0].startswith(".") or name.parts[0] in ("onnx", "openvino"):
                continue
            digest.update(f"{name.as_posix()}\0{_sha256(path)}\n".encode())
        return digest.hexdigest()

    @property
    def dim(self) -> int:
        """The number of places of a vector."""
        return int(self.settings()["dim"])

    def settings(self) -> dict[str, Any]:
        """What of the model makes its vectors what they are, for the index to keep."""
        return dict(self._settings)

    @cached_property
    def _settings(self) -> dict[str, Any]:
        return settings_of(self._model)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of documents, shape (len(texts), dim), float32; an empty text gives zeros."""
        import numpy as np

        model, smaller = self._quick
        prompt = self.settings()["document_prefix"]
        vectors = np.zeros((len(texts), self.dim), dtype=np.float32)
        with _bfloat16(smaller):
            for places in _batches(model, texts):
                found = _encoded(model, [texts[place] for place in places], prompt, "document")
                vectors[places] = found
        return _of_length_one(vectors)

    def encode_tokens(self, texts: Sequence[str]) -> tuple[Vectors, list[Vectors]]:
        """What ``encode`` gives, and of each text the vectors of its tokens, shape (tokens, dim), float32."""
        import numpy as np

        from index.token_vectors import encoded

        model, smaller = self._quick
        vectors = np.zeros((len(texts), self.dim), dtype=np.float32)
        tokens = [vectors[:0]] * len(texts)
        with _bfloat16(smaller):
            for places in _batches(model, texts):
                batch = [texts[place] for place in places]
                vectors[places], found = encoded(model, batch, self.settings()["document_prefix"])
                for place, one in zip(places, found, strict=True):
                    tokens[place] = one
        return _of_length_one(vectors), tokens

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """The same of queries, for which some models have another prefix."""
        import numpy as np

        vectors = np.zeros((len(texts), self.dim), dtype=np.float32)
        for places in _batches(self._model, texts):
            batch = [texts[place] for place in places]
            vectors[places] = _encoded(self._model, batch, self.settings()["query_prefix"], "query")
        return _of_length_one(vectors)

    def export(self, folder: Path) -> None:
        """Write what ``index.onnx_model.query_embedder`` reads into the empty ``folder``."""
        from index.onnx_export import export

        # transformers fills in what the weights lack at random, and only warns.
        if self.source and not _is_close(self._model, self.load(), smaller=False):
            raise EvidenceError(f"{self.folder}: lacks some of its weights; transformers makes them up.")
        export(self, self._model, folder)

    def load(self) -> Any:
        """The ``SentenceTransformer`` itself, in float32; raises ``EvidenceError`` if it is not whole."""
        return _load(self.folder)

    @cached_property
    def _model(self) -> Any:
        return self.load()

    @cached_property
    def _quick(self) -> tuple[Any, bool]:
        """The quickest form of the model that gives the same vectors, and whether it needs autocast."""
        from index.sentence_layers import has_bfloat16, quickened

        if not has_bfloat16():
            return self._model, False
        if (quick := quickened(self._model)) is not None and _is_close(self._model, quick, smaller=False):
            return quick, False
        return self._model, _is_close(self._model, self._model, smaller=True)


def folder_of(source: str) -> Path:
    """The folder of the model that ``source`` names: a path, or a name on the hub, downloaded before."""
    folder = Path(source).expanduser()
    if not folder.is_dir():
        folder = _downloaded(source)
    if not any((folder / name).is_file() for name in ("modules.json", "config.json")):
        raise EvidenceError(
            f"{source}: holds no sentence-transformers model (neither modules.json nor config.json)."
        )
    return folder


def _load(folder: Path) -> Any:
    from safetensors import SafetensorError
    from sentence_transformers import SentenceTransformer
    from transformers.utils.logging import disable_progress_bar

    disable_progress_bar()
    try:
        return SentenceTransformer(str(folder), device="cpu", local_files_only=True).float().eval()
    except (*_LOADING, SafetensorError) as error:
        raise _unreadable(folder, error) from error


def settings_of(model: Any) -> dict[str, Any]:
    """What of a loaded model makes its vectors what they are."""
    modules = list(model)
    pooling = next((m.pooling_mode for m in modules if hasattr(m, "pooling_mode")), "")
    prompts: Mapping[str, str] = model.prompts or {}
    default = prompts.get(model.default_prompt_name or "", "")
    # sentence-transformers adds an empty "document" to what a model has, such as E5's "passage".
    of_documents = [prompts[name] for name in ("document", "passage", "corpus") if prompts.get(name)]
    return {
        "dim": int(model.get_embedding_dimension()),
        "pooling": pooling if isinstance(pooling, str) else "+".join(pooling),
        "normalise": True,
        "max_tokens": int(model.max_seq_length or 0),
        "document_prefix": of_documents[0] if of_documents else default,
        "query_prefix": prompts.get("query") or default,
    }


def _encoded(model: Any, texts: list[str], prompt: str, task: str) -> Any:
    return model.encode(
        texts,
        batch_size=len(texts),
        prompt=prompt,
        task=task,
        show_progress_bar=False,
        convert_to_tensor=True,
    ).float()


def _of_length_one(vectors: Vectors) -> Vectors:
    import numpy as np

    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.where(lengths > 0, lengths, 1), dtype=np.float32)


def _batches(model: Any, texts: Sequence[str]) -> Iterator[list[int]]:
    """Places of texts of like length, so that little is padded, and so few that they fit the budget."""
    filled = [place for place, text in enumerate(texts) if text.strip()]
    if not filled:
        return
    lengths = dict(zip(filled, _lengths(model, [texts[place] for place in filled]), strict=True))
    # Longest first: if memory is short, that shows at once.
    filled.sort(key=lambda place: -lengths[place])
    start = 0
    while start < len(filled):
        size = max(1, _TOKENS // max(1, lengths[filled[start]]))
        yield filled[start : start + size]
        start += size


def _lengths(model: Any, texts: list[str]) -> list[int]:
    """The number of tokens of each text, cut as the model cuts it."""
    if not model.max_seq_length or not callable(model.tokenizer):
        return [len(text) // 4 for text in texts]
    found = model.tokenizer(
        texts, truncation=True, max_length=int(model.max_seq_length), return_attention_mask=False
    )
    return [len(tokens) for tokens in found["input_ids"]]


@contextlib.contextmanager
def _bfloat16(smaller: bool) -> Iterator[None]:
    import torch

    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=smaller):
        yield


def _is_close(model: Any, other: Any, *, smaller: bool) -> bool:
    """Whether ``other``, under autocast if ``smaller``, gives the vectors of ``model``."""
    wanted = _of_length_one(_encoded(model, list(_TRIAL), "", "document").numpy())
    try:
        with _bfloat16(smaller):
            found = _of_length_one(_encoded(other, list(_TRIAL), "", "document").numpy())
    except (RuntimeError, TypeError, AttributeError, IndexError):
        # Another version of transformers calls its layers in another way.
        return False
    return bool((wanted * found).sum(axis=1).min() >= _CLOSE)


def _downloaded(name: str) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    # As sentence-transformers does it: its own models may be named without their organisation.
    for repository in (name, f"sentence-transformers/{name}") if "/" not in name else (name,):
        try:
            return Path(snapshot_download(repository, local_files_only=True))
        except (LocalEntryNotFoundError, HFValidationError):
            continue
    raise EvidenceError(
        f"{name}: is neither a folder nor a model downloaded before; nothing is downloaded here. Get it with"
        f" `hf download {name}`, or give the path of its folder."
    )


def _refuse_foreign_code(folder: Path) -> None:
    """Raise ``EvidenceError`` if a part of the model is code of its own: from a folder, it would be run."""
    path = folder / "modules.json"
    if not path.is_file():
        return
    try:
        types = [str(module["type"]) for module in json.loads(path.read_text(encoding="utf-8"))]
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise EvidenceError(f"{path}: cannot be read as the list of a model's parts.") from error
    for kind in types:
        if not kind.startswith("sentence_transformers."):
            raise EvidenceError(
                f"{path}: the model's part `{kind}` is code of its own, which is never run here; use a model"
                " made of sentence-transformers' own parts."
            )


def _unreadable(folder: Path, error: Exception) -> EvidenceError:
    if "trust_remote_code" in str(error):
        return EvidenceError(f"{folder}: the model needs code of its own, which is never run here.")
    said = " ".join(str(error).split())[:200]
    return EvidenceError(f"{folder}: the model cannot be loaded, so it may be incomplete ({said}).")


def _name(source: str) -> str:
    return Path(source).name if os.path.isdir(source) else source


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise EvidenceError(f"{path}: the model file cannot be read ({error.strerror}).") from error
