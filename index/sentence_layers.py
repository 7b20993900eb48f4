"""Quicker layers for the BERT models of sentence-transformers.

The products of matrices take nearly all the time, so they are in bfloat16, over weights that are laid out
once as the processor wants them; what is added up from layer to layer stays in float32.
"""

from __future__ import annotations

import copy
from typing import Any

#: Classes of transformers whose layers are those of BERT, whatever comes before or after.
_LIKE_BERT = frozenset({"BertLayer", "CamembertLayer", "ElectraLayer", "RobertaLayer", "XLMRobertaLayer"})
#: For how many rows of input the weights are laid out; others are as right, and as quick here.
_ROWS = 2048


def has_bfloat16() -> bool:
    """Whether the processor multiplies matrices in bfloat16 itself; to imitate it is slower than float32."""
    import torch

    found: dict[str, Any] = torch.cpu.get_capabilities() if hasattr(torch.cpu, "get_capabilities") else {}
    return any(found.get(name) for name in ("avx512_bf16", "amx_bf16", "bf16"))


def quickened(model: Any) -> Any | None:
    """A copy of a ``SentenceTransformer`` with quick layers, or ``None`` if its own are not those of BERT."""
    import torch

    # What does not change is shared with the original: it is most of the memory.
    shared: dict[int, Any] = {id(parameter): parameter for parameter in model.parameters()}
    shared[id(model.tokenizer)] = model.tokenizer
    stacks = [module for module in model.modules() if _is_stack(module)]
    if not stacks:
        return None
    for stack in stacks:
        quick = torch.nn.ModuleList(_as_module(_Layer(layer)) for layer in stack)
        shared[id(stack)] = quick
    return copy.deepcopy(model, shared).eval()


def _is_stack(module: Any) -> bool:
    import torch

    return (
        isinstance(module, torch.nn.ModuleList)
        and len(module) > 0
        and all(type(layer).__name__ in _LIKE_BERT and _is_plain(layer) for layer in module)
    )


def _is_plain(layer: Any) -> bool:
    config = layer.attention.self.config
    return (
        config.hidden_act == "gelu"
        and not config.is_decoder
        and not config.add_cross_attention
        and getattr(config, "position_embedding_type", "absolute") == "absolute"
    )


def _as_module(layer: _Layer) -> Any:
    import torch

    class QuickLayer(torch.nn.Module):  # type: ignore[misc]  # torch is not there for the type checker
        def forward(self, hidden_states: Any, attention_mask: Any = None, *_: Any, **__: Any) -> Any:
            return layer(hidden_states, attention_mask)

    return QuickLayer()


class _Layer:
    """What a layer of BERT gives, from its weights in bfloat16."""

    def __init__(self, layer: Any) -> None:
        import torch

        attention, mixed = layer.attention.self, layer.attention.output
        self._heads = int(attention.num_attention_heads)
        asked = (attention.query, attention.key, attention.value)
        # One product instead of three.
        self._asked = _Product(
            torch.cat([linear.weight for linear in asked]), torch.cat([linear.bias for linear in asked])
        )
        self._mixed = _Product(mixed.dense.weight, mixed.dense.bias)
        self._widened = _Product(layer.intermediate.dense.weight, layer.intermediate.dense.bias)
        self._narrowed = _Product(layer.output.dense.weight, layer.output.dense.bias)
        self._first, self._second = mixed.LayerNorm, layer.output.LayerNorm

    def __call__(self, hidden_states: Any, attention_mask: Any) -> Any:
        """The next hidden states, shape (texts, tokens, dim), float32."""
        import torch
        from torch.nn import functional

        texts, tokens, dim = hidden_states.shape
        heads = self._asked(hidden_states.to(torch.bfloat16))
        query, key, value = heads.view(texts, tokens, 3, self._heads, -1).permute(2, 0, 3, 1, 4).unbind(0)
        if attention_mask is not None and attention_mask.dtype is not torch.bool:
            attention_mask = attention_mask.to(torch.bfloat16)
        seen = functional.scaled_dot_product_attention(query, key, value, attn_mask=attention_mask)
        seen = seen.transpose(1, 2).reshape(texts, tokens, dim)
        hidden_states = self._first(hidden_states + self._mixed(seen))
        wide = self._widened(hidden_states.to(torch.bfloat16), gelu=True)
        return self._second(hidden_states + self._narrowed(wide))


class _Product:
    """A linear layer in bfloat16, its weights laid out for oneDNN where torch was built with that."""

    def __init__(self, weight: Any, bias: Any) -> None:
        import torch

        self._weight = weight.detach().to(torch.bfloat16).contiguous()
        self._bias = bias.detach().to(torch.bfloat16)
        self._packed: Any = None
        if torch.backends.mkldnn.is_available() and hasattr(torch.ops.mkldnn, "_linear_pointwise"):
            self._packed = torch.ops.mkldnn._reorder_linear_weight(self._weight, _ROWS)
            self._weight = None

    def __call__(self, rows: Any, *, gelu: bool = False) -> Any:
        import torch
        from torch.nn import functional

        if self._packed is None:
            product = functional.linear(rows, self._weight, self._bias)
            return functional.gelu(product) if gelu else product
        kind, algorithm = ("gelu", "none") if gelu else ("none", "")
        return torch.ops.mkldnn._linear_pointwise(rows, self._packed, self._bias, kind, [], algorithm)
