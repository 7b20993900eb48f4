"""Writing a sentence-transformers model out as ONNX. Imports torch; runs once for each model."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus.errors import EvidenceError, IndexProblem
from index.onnx_model import FILES, GRAPH, TOKENIZER, WEIGHTS, OnnxEmbedder, onnx_errors, seal

if TYPE_CHECKING:
    from index.sentence_model import SentenceModel

#: Texts by which the written model is compared with its original: short, long, capitals, not only English.
_TRIAL = (
    "trust",
    "Why do agencies not trust each other?",
    "Ødegård, A. (2006) Exploring perceptions of interprofessional collaboration; 1, 2, 3 – “quoted”",
    "information sharing between health and social care " * 60,
)
_TOLERANCE = 1e-4


def export(embedder: SentenceModel, model: Any, folder: Path) -> None:
    """Write ``model`` into ``folder``, and check that it gives the same vectors.

    Where it does not, or cannot be written so, only its settings are, with the reason: its queries are then
    encoded by sentence-transformers.
    """
    settings = {
        "name": embedder.name,
        "sha256": embedder.sha256,
        "source": embedder.source,
        **embedder.settings(),
        **_padding(model),
    }
    try:
        _write(model, folder)
        seal(folder, settings, FILES)
        _compare(embedder, OnnxEmbedder(folder))
    except _failures() as error:
        if not embedder.source:
            raise EvidenceError(f"{embedder.name}: cannot be written as ONNX ({_line(error)}).") from error
        for path in folder.iterdir():
            path.unlink()
        seal(folder, {**settings, "unexported": _line(error)}, files=())


def _write(model: Any, folder: Path) -> None:
    import torch

    raw = folder / "raw.onnx"
    ids = torch.ones((2, 7), dtype=torch.int64)
    axes = {name: {0: "texts", 1: "tokens"} for name in ("input_ids", "attention_mask")}
    with warnings.catch_warnings(), torch.no_grad():
        # It warns that it is the older exporter; the newer gives the same in ten seconds instead of one
        # and a half (torch 2.13), and needs another package. What it gave is checked afterwards.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            _sentence(model).eval(),
            (ids, torch.ones_like(ids)),
            str(raw),
            dynamo=False,
            dynamic_axes={**axes, "vectors": {0: "texts"}, "tokens": {0: "texts", 1: "tokens"}},
            input_names=["input_ids", "attention_mask"],
            output_names=["vectors", "tokens"],
            opset_version=18,
        )
    _optimise(raw, folder)
    raw.unlink()
    model.tokenizer.backend_tokenizer.save(str(folder / TOKENIZER))


def _optimise(raw: Path, folder: Path) -> None:
    """Write the graph as onnxruntime would make it of ``raw`` at each start, and the weights to be mapped.

    Loading took 219 ms before and 87 ms so, or 22 ms where the weights are used as they lie.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    # No further: what the last level does depends on the processor.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    options.optimized_model_filepath = str(folder / GRAPH)
    for key, value in (("file_name", WEIGHTS), ("min_size_in_bytes", "1024")):
        options.add_session_config_entry(f"session.optimized_model_external_initializers_{key}", value)
    onnxruntime.InferenceSession(str(raw), options, providers=["CPUExecutionProvider"])


def _sentence(model: Any) -> Any:
    """A module from token ids to unit vectors of texts and of tokens: all parts of the model."""
    import torch

    from index.token_vectors import combined, watched

    class Sentence(torch.nn.Module):  # type: ignore[misc]  # torch is not there for the type checker
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, input_ids: Any, attention_mask: Any) -> Any:
            features = {"input_ids": input_ids, "attention_mask": attention_mask}
            if "token_type_ids" in model.tokenizer.model_input_names:
                features["token_type_ids"] = torch.zeros_like(input_ids)
            with watched(self.model) as seen:
                given = self.model(features)
                tokens = combined(seen, given["token_embeddings"])
            return torch.nn.functional.normalize(given["sentence_embedding"], dim=1), tokens

    return Sentence()


def _padding(model: Any) -> dict[str, Any]:
    """How the model wants short texts filled up; empty where it has no tokenizer of that kind."""
    tokenizer = model.tokenizer
    if getattr(tokenizer, "pad_token_id", None) is None:
        return {}
    return {
        "padding": {
            "pad_id": int(tokenizer.pad_token_id),
            "pad_token": str(tokenizer.pad_token),
            "direction": str(tokenizer.padding_side),
        }
    }


def _compare(embedder: SentenceModel, exported: OnnxEmbedder) -> None:
    pairs = (
        (embedder.encode_queries(_TRIAL), exported.encode_queries(_TRIAL)),
        (embedder.encode(_TRIAL), exported.encode(_TRIAL)),
    )
    nearest = min(float((wanted * found).sum(axis=1).min()) for wanted, found in pairs)
    # Not `<`: what is no number is no likeness either.
    if not nearest >= 1 - _TOLERANCE:
        raise EvidenceError(f"it gives other vectors, cosine {nearest:.5f}")


def _failures() -> tuple[type[BaseException], ...]:
    from torch.onnx.errors import OnnxExporterError

    # What the exporter raises over a model that it does not know has no common type.
    known = (RuntimeError, TypeError, ValueError, LookupError, AttributeError, NotImplementedError)
    return (EvidenceError, IndexProblem, OnnxExporterError, *known, *onnx_errors())


def _line(error: BaseException) -> str:
    return " ".join(str(error).split())[:200]
