"""Encoding queries with an exported model: onnxruntime and tokenizers, neither torch nor transformers."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus.errors import IndexProblem

if TYPE_CHECKING:
    from index.embedder import Vectors

GRAPH, TOKENIZER, SETTINGS = "model.onnx", "tokenizer.json", "model.json"
_BATCH = 32


class OnnxEmbedder:
    """The embedder in ``folder``, loaded on first use; raises ``IndexProblem`` where there is none."""

    def __init__(self, folder: Path) -> None:
        try:
            settings = json.loads((folder / SETTINGS).read_text(encoding="utf-8"))
            self.name: str = settings["name"]
            self.sha256: str = settings["sha256"]
            self.dim: int = settings["dim"]
            self._max_tokens: int = settings["max_tokens"]
        except (OSError, ValueError, LookupError, TypeError) as error:
            raise IndexProblem(f"{folder}: the model for queries cannot be read. Run `kb index`.") from error
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

            try:
                text = (self._folder / TOKENIZER).read_text(encoding="utf-8")
            except (OSError, ValueError) as error:
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
