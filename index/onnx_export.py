"""Writing a sentence-transformers model out as ONNX. Imports torch; runs once for each model."""

from __future__ import annotations

import shutil
import warnings
from pathlib import Path
from typing import Any

from corpus.errors import EvidenceError
from index.onnx_model import GRAPH, TOKENIZER, OnnxEmbedder, seal

#: Texts by which the written model is compared with its original: short, long, not only English.
_TRIAL = (
    "trust",
    "Why do agencies not trust each other?",
    "Ødegård, A. (2006) Exploring perceptions of interprofessional collaboration; 1, 2, 3 – “quoted”",
    "information sharing between health and social care " * 60,
)
_TOLERANCE = 1e-4


def export(model: Any, folder: Path, *, name: str, sha256: str, dim: int, tokenizer: Path) -> None:
    """Write ``model`` into ``folder`` and check that it gives the same vectors."""
    import torch

    ids = torch.ones((2, 7), dtype=torch.int64)
    axes = {name: {0: "texts", 1: "tokens"} for name in ("input_ids", "attention_mask")}
    with warnings.catch_warnings(), torch.no_grad():
        # It warns that it is the older exporter; the newer gives the same in ten seconds instead of one
        # and a half (torch 2.13), and needs another package. What it gave is checked below.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            _sentence(model[0].auto_model).eval(),
            (ids, torch.ones_like(ids)),
            str(folder / GRAPH),
            dynamo=False,
            dynamic_axes={**axes, "vectors": {0: "texts"}},
            input_names=["input_ids", "attention_mask"],
            output_names=["vectors"],
            opset_version=18,
        )
    shutil.copyfile(tokenizer, folder / TOKENIZER)
    settings = {"name": name, "sha256": sha256, "dim": dim, "max_tokens": int(model.max_seq_length)}
    seal(folder, settings)
    _compare(model, OnnxEmbedder(folder))


def _sentence(transformer: Any) -> Any:
    """A module from token ids to unit vectors: the transformer, and the mean over its tokens at length 1."""
    import torch

    class Sentence(torch.nn.Module):  # type: ignore[misc]  # torch is not there for the type checker
        def __init__(self) -> None:
            super().__init__()
            self.transformer = transformer

        def forward(self, input_ids: Any, attention_mask: Any) -> Any:
            token_types = torch.zeros_like(input_ids)
            tokens = self.transformer(
                input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_types
            )[0]
            mask = attention_mask.unsqueeze(-1).to(tokens.dtype)
            mean = (tokens * mask).sum(1) / mask.sum(1).clamp(min=1e-9)
            return torch.nn.functional.normalize(mean, dim=1)

    return Sentence()


def _compare(model: Any, exported: OnnxEmbedder) -> None:
    import numpy as np

    wanted = np.asarray(model.encode(list(_TRIAL), normalize_embeddings=True), dtype=np.float32)
    nearest = float((wanted * exported.encode(_TRIAL)).sum(axis=1).min())
    if nearest < 1 - _TOLERANCE:
        raise EvidenceError(
            f"{exported.name}: as ONNX it gives other vectors (cosine {nearest:.5f}), so it is not used."
        )
