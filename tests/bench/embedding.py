"""How fast records are embedded, and how near to float32, beside plain sentence-transformers and onnxruntime.

Usage: python -m tests.bench.embedding CORPUS [--texts N] [--close N] [--repeats N]
CORPUS is a corpus.jsonl in BEIR's layout. All ways take turns over the same texts in one process,
as the speed of a machine changes from minute to minute: compare the lines of one run, not two runs.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch

from index.embedder import packaged_embedder
from index.onnx_model import OnnxEmbedder

Way = Callable[[list[str]], Any]
PLAIN, OURS = "sentence-transformers, float32", "**kb**"
_FLAGS = ("avx2", "avx512f", "avx512_bf16", "avx512_vnni", "amx_bf16", "amx_int8", "asimd", "bf16")


def ways(folder: Path) -> Mapping[str, Way]:
    """The ways to embed, by name, the plainest first. ``folder`` takes the exported model."""
    ours = packaged_embedder()
    ours.export(folder)
    plain, exported = ours.load(), OnnxEmbedder(folder)

    def autocast(texts: list[str]) -> Any:
        with torch.autocast("cpu", dtype=torch.bfloat16):
            return plain.encode(texts, normalize_embeddings=True)

    smaller = ours.load().bfloat16()
    return {
        PLAIN: lambda texts: plain.encode(texts, normalize_embeddings=True),
        "sentence-transformers, bfloat16 autocast": autocast,
        "sentence-transformers, bfloat16 weights": lambda texts: (
            smaller.encode(texts, batch_size=16, convert_to_tensor=True, normalize_embeddings=True)
            .float()
            .numpy()
        ),
        "onnxruntime, float32": exported.encode,
        OURS: ours.encode,
    }


def rates(table: Mapping[str, Way], texts: list[str], repeats: int) -> dict[str, tuple[float, float]]:
    """Texts a CPU second and a second on the clock, by name: medians of ``repeats`` turns."""
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in table}
    for way in table.values():
        way(texts[:4])
    for _ in range(repeats):
        for name, way in table.items():
            cpu, clock = time.process_time(), time.perf_counter()
            way(texts)
            taken[name].append((time.process_time() - cpu, time.perf_counter() - clock))
    return {
        name: (
            len(texts) / statistics.median(cpu for cpu, _ in turns),
            len(texts) / statistics.median(clock for _, clock in turns),
        )
        for name, turns in taken.items()
    }


def closeness(table: Mapping[str, Way], texts: list[str]) -> dict[str, tuple[float, float]]:
    """The least and the mean cosine to plain float32, by name."""
    wanted = np.asarray(table[PLAIN](texts))
    found = {}
    for name, way in table.items():
        vectors = np.asarray(way(texts), dtype=np.float32)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        cosines = (vectors * wanted).sum(axis=1)
        found[name] = float(cosines.min()), float(cosines.mean())
    return found


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--texts", type=int, default=64, help="so many are timed")
    parser.add_argument("--close", type=int, default=1000, help="of so many the vectors are compared")
    parser.add_argument("--repeats", type=int, default=3)
    wanted = parser.parse_args()
    texts = _texts(wanted.corpus)
    with tempfile.TemporaryDirectory() as folder:
        table = ways(Path(folder))
        tokens = packaged_embedder().load().tokenizer(texts[: wanted.texts], truncation=True, max_length=256)
        mean = statistics.fmean(len(one) for one in tokens["input_ids"])
        print(
            f"Processor: {_processor()}. {wanted.texts} texts of {mean:.0f} tokens, {wanted.repeats} turns.\n"
        )
        near = closeness(table, texts[: wanted.close])
        taken = {}
        for threads in (1, 2):
            torch.set_num_threads(threads)
            taken[threads] = rates(table, texts[: wanted.texts], wanted.repeats)
    print("| embedding | a CPU second, 1 thread | a second, 2 threads | cosine to float32, least | mean |")
    print("|---|---|---|---|---|")
    for name, (least, among) in near.items():
        # onnxruntime has its own threads, as many as there are processors.
        alone = "" if name.startswith("onnx") else f"{taken[1][name][0]:.1f}"
        print(f"| {name} | {alone} | {taken[2][name][1]:.1f} | {least:.5f} | {among:.5f} |")


def _texts(path: Path) -> list[str]:
    with path.open(encoding="utf-8") as lines:
        found = [json.loads(line) for line in lines]
    texts = [f"{one.get('title') or ''}\n{one.get('text') or ''}".strip() for one in found]
    random.Random(0).shuffle(texts)
    return [text for text in texts if text]


def _processor() -> str:
    path = Path("/proc/cpuinfo")
    lines = path.read_text().splitlines() if path.is_file() else []
    found = dict(line.partition(":")[::2] for line in reversed(lines))
    fields = {name.strip(): value.strip() for name, value in found.items()}
    flags = set((fields.get("flags") or fields.get("Features") or "").split())
    return ", ".join([fields.get("model name", "unknown"), *(flag for flag in _FLAGS if flag in flags)])


if __name__ == "__main__":
    main()
