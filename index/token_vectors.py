"""The vectors of single tokens, by which the best hits are ordered anew.

A token's vector is the sum of two of its hidden states, each at length 1: the last, and the one two thirds
of the way, which knows more of the word itself and less of the text around it. Measured with
all-MiniLM-L6-v2, one bit a place, nDCG@10 of the hybrid on SciFact / review seeds / review titles: neither
.736 / .308 / .249; the last alone .738 / .315 / .268; both .740 / .320 / .282, as much as in full precision
(.739 / .317 / .290).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any


@contextmanager
def watched(model: Any) -> Iterator[list[Any]]:
    """Keeps what the layer two thirds of the way gives, while the model runs; nothing without layers."""
    import torch

    stacks = [module for module in model.modules() if isinstance(module, torch.nn.ModuleList)]
    layers = max(stacks, key=len, default=())
    seen: list[Any] = []
    if not layers:
        yield seen
        return

    def keep(_: Any, __: Any, given: Any) -> None:
        seen[:] = [given[0] if isinstance(given, tuple) else given]

    hook = layers[max(0, round(len(layers) * 2 / 3) - 1)].register_forward_hook(keep)
    try:
        yield seen
    finally:
        hook.remove()


def combined(seen: Sequence[Any], last: Any) -> Any:
    """The vectors of tokens from what was ``watched`` and their last hidden states, at length 1."""
    import torch
    from torch.nn.functional import normalize

    states = [normalize(state.float(), dim=-1) for state in (*seen, last)]
    return normalize(torch.stack(states).sum(dim=0), dim=-1)


def encoded(model: Any, texts: Sequence[str], prompt: str) -> tuple[Any, list[Any]]:
    """The vectors of those texts, one batch, and of each the vectors of its tokens, shape (tokens, dim)."""
    import torch

    features = model.preprocess(list(texts), prompt=prompt or None)
    with torch.inference_mode(), watched(model) as seen:
        given = model(features)
        vectors = given["sentence_embedding"].float()
        if "token_embeddings" not in given:
            # A model that looks its words up has none to speak of.
            return vectors, [vectors[:0].numpy()] * len(texts)
        tokens = combined(seen, given["token_embeddings"]).numpy()
    kept = given["attention_mask"].bool().numpy()
    return vectors, [one[mask] for one, mask in zip(tokens, kept, strict=True)]
