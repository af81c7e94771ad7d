"""A tiny embedding model: bags of bytes in 16 dimensions, with an ONNX encoder, so that a build needs no torch.

All parts of a build are real but the weights: the cache, the encoder's export and copy, Chroma, SQLite.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
from numpy.typing import NDArray

import index.embedding
from corpus import Document, Source, load_corpus, read_document
from index.building import BuildReport, build_index
from index.embedding import CachedEmbeddings
from index.encoder import CONFIG_FILE, ONNX_FILE, TOKENIZER_FILE, QueryEncoder
from index.settings import IndexSettings

DIMENSIONS = 16


class TinyTransformer:
    """What `CachedEmbeddings` needs of a sentence-transformers model."""

    def __init__(self, folder: Path) -> None:
        self.exported = folder / "exported"
        self._encoder = QueryEncoder(self.exported)

    def encode_document(self, texts: Sequence[str], **_options: Any) -> NDArray[np.float32]:
        return np.stack([self._encoder.encode(text) for text in texts])


@contextmanager
def tiny_models() -> Iterator[None]:
    """Use tiny models wherever a sentence-transformers model would be loaded."""

    def transformer(self: CachedEmbeddings) -> TinyTransformer:
        return TinyTransformer(self._model.folder)

    def export(transformer: TinyTransformer, folder: Path) -> None:
        shutil.copytree(transformer.exported, folder)

    with (
        mock.patch.object(CachedEmbeddings, "_transformer", property(transformer)),
        mock.patch.object(index.embedding, "export_encoder", export),
    ):
        yield


@contextmanager
def deltas(least: int = 1, most: float = 10.0) -> Iterator[None]:
    """Have builds of so few passages be bases, and of so much that is new be deltas."""
    with mock.patch("index.deltas.LEAST_PASSAGES", least), mock.patch("index.deltas.MOST_NEW", most):
        yield


def write_encoder(folder: Path, seed: int, dimensions: int = DIMENSIONS) -> None:
    """Export a tiny encoder: a byte-level tokenizer, and ONNX that averages a random vector a byte."""
    import onnx
    from onnx import TensorProto, helper, numpy_helper
    from tokenizers import Tokenizer, models, pre_tokenizers

    folder.mkdir(parents=True, exist_ok=True)
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokenizer = Tokenizer(models.BPE(vocab={letter: n for n, letter in enumerate(letters)}, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.save(str(folder / TOKENIZER_FILE))
    table = np.random.default_rng(seed).normal(size=(len(letters), dimensions)).astype(np.float32)
    graph = helper.make_graph(
        [
            helper.make_node("Gather", ["table", "input_ids"], ["bytes"]),
            helper.make_node("ReduceMean", ["bytes"], ["embedding"], axes=[1], keepdims=0),
        ],
        "bytes",
        [helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["batch", "tokens"])],
        [helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["batch", dimensions])],
        [numpy_helper.from_array(table, "table")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(model, str(folder / ONNX_FILE))
    (folder / CONFIG_FILE).write_text(json.dumps({"max_length": 512, "query_prompt": ""}))


def tiny_model(folder: Path, seed: int = 0, dimensions: int = DIMENSIONS) -> IndexSettings:
    """Write a tiny model into a folder, and give the settings that name it."""
    write_encoder(folder / "exported", seed, dimensions)
    (folder / "model.safetensors").write_bytes(f"tiny {seed} {dimensions}".encode())
    return IndexSettings(model=str(folder), passage_chars=300)


def build(home: Path, documents: Sequence[Document] | Path, settings: IndexSettings, **options: Any) -> BuildReport:
    """Build with tiny models; may be the target of a process of its own."""
    loaded = load_corpus(documents) if isinstance(documents, Path) else documents
    with tiny_models():
        return build_index(loaded, home, settings, **options)


def build_beside(
    home: Path, documents: Sequence[Document] | Path, settings: IndexSettings, **options: Any
) -> BuildReport:
    """Build like `build`, as a delta wherever there is a base."""
    with deltas():
        return build(home, documents, settings, **options)


def corpus_of(texts: Mapping[str, str]) -> list[Document]:
    """Documents from ids and markdown texts."""
    return [read_document(Source(id=id_, title=id_), text) for id_, text in texts.items()]
