"""Encoding queries with an exported model: onnxruntime and tokenizers, neither torch nor transformers."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

from corpus.errors import EvidenceError, IndexProblem

if TYPE_CHECKING:
    from index.embedder import Embedder, Vectors

GRAPH, WEIGHTS, TOKENIZER, SETTINGS = "model.onnx", "model.data", "tokenizer.json", "model.json"
FILES = (GRAPH, WEIGHTS, TOKENIZER)
#: What belongs to the vectors, of all that is written about a model.
_KEPT = ("dim", "pooling", "normalise", "max_tokens", "document_prefix", "query_prefix")
_BATCH = 32
_lock = threading.RLock()
_open: WeakValueDictionary[tuple[Path, str], OnnxEmbedder] = WeakValueDictionary()
#: So many texts are encoded with the weights as they lie.
_FEW = 4


def query_embedder(folder: Path) -> Embedder:
    """What encodes queries for an index whose model is in ``folder``; raises ``IndexProblem`` if nothing can.

    That is onnxruntime, or else sentence-transformers, slower, where the model could not be exported.
    """
    try:
        settings = _settings(folder)
    except (OSError, ValueError, LookupError, TypeError):
        settings = {}
    if not settings.get("unexported"):
        return _shared(folder.resolve(), str(settings.get("sha256")))
    from index.embedder import embedder_for

    source = str(settings.get("source") or "")
    try:
        embedder = embedder_for(source)
        unchanged = embedder.sha256 == settings["sha256"]
    except EvidenceError as error:
        raise IndexProblem(str(error)) from error
    if not unchanged:
        raise IndexProblem(f"{source}: the model was changed since. Run `kb index`.")
    return embedder


def _shared(folder: Path, sha256: str) -> OnnxEmbedder:
    """One embedder for all readers of an index in this process: its weights are most of what they take."""
    with _lock:
        found = _open.get((folder, sha256))
        if found is None:
            found = _open[folder, sha256] = OnnxEmbedder(folder)
        return found


class OnnxEmbedder:
    """The embedder in ``folder``, loaded on first use; raises ``IndexProblem`` where there is none whole.

    For speed the weights are only measured here; ``faults`` compares their bytes.
    """

    def __init__(self, folder: Path) -> None:
        try:
            settings = _settings(folder)
            self.name: str = settings["name"]
            self.sha256: str = settings["sha256"]
            self.dim: int = settings["dim"]
            self._max_tokens: int = settings["max_tokens"]
            self._kept = {name: settings[name] for name in _KEPT}
            self._padding: dict[str, Any] = settings["padding"]
        except (OSError, ValueError, LookupError, TypeError) as error:
            raise IndexProblem(f"{folder}: the model for queries cannot be read. Run `kb index`.") from error
        for name in FILES:
            for line in _damage(folder, name, settings, quick=name == WEIGHTS):
                raise IndexProblem(line)
        self._folder = folder
        self._tokenizer: Any = None
        self._session: Any = None
        self._packed = False

    def settings(self) -> dict[str, Any]:
        """What of the model makes its vectors what they are, for the index to keep."""
        return dict(self._kept)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of documents, shape (len(texts), dim), float32; an empty text gives zeros."""
        return self._encode(texts, self._kept["document_prefix"])[0]

    def encode_tokens(self, texts: Sequence[str]) -> tuple[Vectors, list[Vectors]]:
        """What ``encode`` gives, and of each text the vectors of its tokens, shape (tokens, dim), float32."""
        return self._encode(texts, self._kept["document_prefix"], tokens=True)

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """The same of queries, for which some models have another prefix."""
        return self._encode(texts, self._kept["query_prefix"])[0]

    def encode_query(self, text: str) -> tuple[Vectors, Vectors]:
        """The vector of a query, shape (dim,), and those of its tokens, shape (tokens, dim)."""
        vectors, tokens = self._encode([text], self._kept["query_prefix"], tokens=True)
        return vectors[0], tokens[0]

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Where each of a document's tokens stands in its text, in the order of ``encode_tokens``."""
        prefix = self._kept["document_prefix"]
        found = self._read_tokenizer() if self._tokenizer is None else self._tokenizer
        spans = found.encode(prefix + text).offsets
        return [(start - len(prefix), end - len(prefix)) for start, end in spans]

    def _encode(
        self, texts: Sequence[str], prefix: str, *, tokens: bool = False
    ) -> tuple[Vectors, list[Vectors]]:
        import numpy as np

        tokenizer, session = self._load(len(texts))
        vectors = np.zeros((len(texts), self.dim), dtype=np.float32)
        of_tokens = [vectors[:0]] * len(texts)
        # By length, so that a batch is padded little; characters will do for that.
        filled = sorted(
            (place for place, text in enumerate(texts) if text.strip()), key=lambda p: len(texts[p])
        )
        for start in range(0, len(filled), _BATCH):
            places = filled[start : start + _BATCH]
            encoded = tokenizer.encode_batch([prefix + texts[place] for place in places])
            feed = {
                "input_ids": np.array([one.ids for one in encoded], dtype=np.int64),
                "attention_mask": np.array([one.attention_mask for one in encoded], dtype=np.int64),
            }
            found = session.run(["vectors", "tokens"] if tokens else ["vectors"], feed)
            vectors[places] = found[0]
            for place, one, mask in (
                zip(places, found[1], feed["attention_mask"], strict=True) if tokens else ()
            ):
                of_tokens[place] = one[mask.astype(bool)]
        return vectors, of_tokens

    def _load(self, texts: int) -> tuple[Any, Any]:
        # Several threads may ask for the first time at once.
        with _lock:
            if self._tokenizer is None:
                self._tokenizer = self._read_tokenizer()
            # To lay the weights out for speed takes as long as it saves on ten queries: not for the first, as
            # from the shell there is no other.
            packed = self._session is not None or texts > _FEW
            if self._session is None or (packed and not self._packed):
                self._session, self._packed = self._read_graph(packed), packed
            return self._tokenizer, self._session

    def _read_tokenizer(self) -> Any:
        from tokenizers import Tokenizer

        # What it raises over a file that is not whole has no type of its own, hence the sha256 before.
        try:
            text = (self._folder / TOKENIZER).read_text(encoding="utf-8")
        except OSError as error:
            raise IndexProblem(
                f"{self._folder}: the model for queries is incomplete. Run `kb index`."
            ) from error
        tokenizer = Tokenizer.from_str(text)
        if self._max_tokens:
            tokenizer.enable_truncation(self._max_tokens)
        tokenizer.enable_padding(**self._padding)
        return tokenizer

    def _read_graph(self, packed: bool) -> Any:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.log_severity_level = 4
        # A question is short: a second thread spins more than it helps, and a site has other questions.
        options.intra_op_num_threads = 1
        # It was optimised when it was written.
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
        if not packed:
            options.add_session_config_entry("session.disable_prepacking", "1")
        # By its path, as the weights are mapped from beside it.
        graph = str(self._folder / GRAPH)
        try:
            return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
        except onnx_errors() as error:
            raise IndexProblem(
                f"{self._folder}: the model for queries is damaged. Run `kb index`."
            ) from error


def seal(folder: Path, settings: Mapping[str, object], files: Sequence[str]) -> None:
    """Write the settings of the model in ``folder``, and with them what its files are known by."""
    known = {
        name: {"bytes": (folder / name).stat().st_size, "sha256": _sha256(folder / name)} for name in files
    }
    text = json.dumps({**settings, "files": known}, indent=1)
    (folder / SETTINGS).write_text(text, encoding="utf-8")


def faults(folder: Path) -> list[str]:
    """What is missing or damaged of the exported model in ``folder``, a line each."""
    try:
        settings = _settings(folder)
    except (OSError, ValueError, LookupError, TypeError):
        return [f"{folder / SETTINGS}: is missing or damaged. Run `kb index` to export the model anew."]
    return [line for name in settings["files"] for line in _damage(folder, name, settings, quick=False)]


def _settings(folder: Path) -> Mapping[str, Any]:
    settings = json.loads((folder / SETTINGS).read_text(encoding="utf-8"))
    if missing := {"name", "sha256", *_KEPT} - set(settings):
        raise LookupError(missing.pop())
    for name in () if settings.get("unexported") else FILES:
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


def onnx_errors() -> tuple[type[BaseException], ...]:
    """What onnxruntime raises: its own classes, which have no common one above them."""
    from onnxruntime.capi import onnxruntime_pybind11_state as state

    return (
        state.NoSuchFile,
        state.InvalidProtobuf,
        state.Fail,
        state.InvalidArgument,
        state.InvalidGraph,
        state.RuntimeException,
    )
