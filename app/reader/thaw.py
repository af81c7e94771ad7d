"""Weights to train on from, out of an exported graph: smoothing and quantising undone, but for the rounding to int8."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import numpy_helper
from torch import Tensor

INVERSE = ".inverse"
ENCODER = "model.0.model."
SCORE = "model.1.score.weight"


def thaw(file: Path) -> dict[str, Tensor]:
    """The state of the network of an exported model.onnx.

    A linear layer's weights are (output, input); the rounding to int8 stays in them.
    """
    graph = onnx.load(file).graph
    stored = {one.name: numpy_helper.to_array(one) for one in graph.initializer}
    readers = {name: node for node in graph.node for name in node.input}
    state = {}
    for name, values in stored.items():  # a smoothed layer's parts, and what stands in the graph as it is
        if name.endswith(INVERSE):
            product = _product(readers, readers[name].output[0])
            layer = name.removesuffix(INVERSE)
            state[f"{layer}.weight"] = dequantised(stored, product).T * values
            state[f"{layer}.bias"] = stored[f"{layer}.linear.bias"]
        elif "LayerNorm" in name or name == SCORE.replace("weight", "bias"):
            state[name] = values
    if SCORE not in state:  # a layer with one output is not smoothed
        state[SCORE] = dequantised(stored, unquantised(graph.node[_last(graph)])).T
    for quantised in stored:  # tables: of words, of positions, of what else the encoder has
        if quantised.startswith(ENCODER) and quantised.endswith(".weight_quantized"):
            name = quantised.removesuffix("_quantized")
            state[name] = dequantised(stored, name)
    return {name.removeprefix("model."): torch.tensor(np.array(values)) for name, values in state.items()}


def _product(readers: dict[str, onnx.NodeProto], name: str) -> str:
    """The name of the weights that the value `name` is multiplied by, once it is quantised."""
    return unquantised(readers[readers[name].output[0]])


def _last(graph: onnx.GraphProto) -> int:
    return max(place for place, node in enumerate(graph.node) if node.op_type == "MatMulInteger")


def unquantised(product: onnx.NodeProto) -> str:
    """The name that the weights of a quantised product had before."""
    name: str = product.input[1]
    return name.removesuffix("_quantized")


def dequantised(stored: Mapping[str, NDArray[np.float32]], name: str) -> NDArray[np.float32]:
    """The weights that onnxruntime quantised, by their name before; what it stores is in `stored`."""
    whole: NDArray[np.float32] = stored[f"{name}_quantized"].astype(np.float32)
    return (whole - stored[f"{name}_zero_point"]) * stored[f"{name}_scale"]
