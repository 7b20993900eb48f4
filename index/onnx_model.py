"""Encoding queries with an exported model: onnxruntime and tokenizers, neither torch nor transformers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus.errors import IndexProblem

if TYPE_CHECKING:
    from index.embedder import Vectors

GRAPH, TOKENIZER, SETTINGS = "model.onnx", "tokenizer.json", "model.json"
_BATCH = 32


class OnnxEmbedder:
    """The embedder in ``folder``, loaded on first use; raises ``IndexProblem`` where there is none whole.

    For speed the graph is only measured here; ``faults`` compares its bytes.
    """

    def __init__(self, folder: Path) -> None:
        try:
            settings = _settings(folder)
            self.name: str = settings["name"]
            self.sha256: str = settings["sha256"]
            self.dim: int = settings["dim"]
            self._max_tokens: int = settings["max_tokens"]
        except (OSError, ValueError, LookupError, TypeError) as error:
            raise IndexProblem(f"{folder}: the model for queries cannot be read. Run `kb index`.") from error
        if damage := [
            *_damage(folder, GRAPH, settings, quick=True),
            *_damage(folder, TOKENIZER, settings, quick=False),
        ]:
            raise IndexProblem(damage[0])
        self._folder = folder
        self._loaded: tuple[Any, Any] | None = None

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, shape (len(texts), dim), float32; an empty text gives zeros."""
        import numpy as np

        tokenizer, session = self._load()
        vectors = np.zeros((len(texts), self.dim), dtype=np.float32)
        # By length, so that a batch is padded little; characters will do for that.
        filled = sorted(
            (place for place, text in enumerate(texts) if text.strip()), key=lambda p: len(texts[p])
        )
        for start in range(0, len(filled), _BATCH):
            places = filled[start : start + _BATCH]
            encoded = tokenizer.encode_batch([texts[place] for place in places])
            feed = {
                "input_ids": np.array([one.ids for one in encoded], dtype=np.int64),
                "attention_mask": np.array([one.attention_mask for one in encoded], dtype=np.int64),
            }
            vectors[places] = session.run(["vectors"], feed)[0]
        return vectors

    def _load(self) -> tuple[Any, Any]:
        if self._loaded is None:
            import onnxruntime
            from tokenizers import Tokenizer

            # What it raises over a file that is not whole has no type of its own, hence the sha256 before.
            try:
                text = (self._folder / TOKENIZER).read_text(encoding="utf-8")
            except OSError as error:
                raise IndexProblem(
                    f"{self._folder}: the model for queries is incomplete. Run `kb index`."
                ) from error
            tokenizer = Tokenizer.from_str(text)
            tokenizer.enable_truncation(self._max_tokens)
            tokenizer.enable_padding()
            options = onnxruntime.SessionOptions()
            options.log_severity_level = 4
            # By its path, from which it loads in half the time that its bytes take.
            graph = str(self._folder / GRAPH)
            try:
                session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
            except _onnx_errors() as error:
                raise IndexProblem(
                    f"{self._folder}: the model for queries is damaged. Run `kb index`."
                ) from error
            self._loaded = tokenizer, session
        return self._loaded


def seal(folder: Path, settings: Mapping[str, object]) -> None:
    """Write the settings of the model in ``folder``, and with them what its files are known by."""
    files = {
        name: {"bytes": (folder / name).stat().st_size, "sha256": _sha256(folder / name)}
        for name in (GRAPH, TOKENIZER)
    }
    text = json.dumps({**settings, "files": files}, indent=1)
    (folder / SETTINGS).write_text(text, encoding="utf-8")


def faults(folder: Path) -> list[str]:
    """What is missing or damaged of the exported model in ``folder``, a line each."""
    try:
        settings = _settings(folder)
    except (OSError, ValueError, LookupError, TypeError):
        return [f"{folder / SETTINGS}: is missing or damaged. Run `kb index` to export the model anew."]
    return [line for name in (GRAPH, TOKENIZER) for line in _damage(folder, name, settings, quick=False)]


def _settings(folder: Path) -> Mapping[str, Any]:
    settings = json.loads((folder / SETTINGS).read_text(encoding="utf-8"))
    for name in (GRAPH, TOKENIZER):
        int(settings["files"][name]["bytes"]), str(settings["files"][name]["sha256"])
    return dict(settings)


def _damage(folder: Path, name: str, settings: Mapping[str, Any], *, quick: bool) -> list[str]:
    known = settings["files"][name]
    try:
        if (folder / name).stat().st_size != known["bytes"]:
            return [f"{folder / name}: is not whole. Run `kb index` to export the model anew."]
        if not quick and _sha256(folder / name) != known["sha256"]:
            return [f"{folder / name}: was changed. Run `kb index` to export the model anew."]
    except OSError as error:
        return [f"{folder / name}: {error.strerror}. Run `kb index` to export the model anew."]
    return []


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _onnx_errors() -> tuple[type[BaseException], ...]:
    from onnxruntime.capi import onnxruntime_pybind11_state as state

    return (
        state.NoSuchFile,
        state.InvalidProtobuf,
        state.Fail,
        state.InvalidArgument,
        state.InvalidGraph,
        state.RuntimeException,
    )
