"""The trained network as ONNX, quantised to int8, with its tokenizer."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import onnx
import torch
from onnx.external_data_helper import set_external_data
from onnxruntime.quantization import QuantType, quantize_dynamic
from sentence_transformers.cross_encoder import CrossEncoder
from torch import Tensor, nn

from app.reader.network import forward
from app.reader.smoothing import smooth

LARGEST = 100_000_000  # bytes: what a GitHub repository takes as one file
WORDS = "words.bin"
INPUTS = ("input_ids", "attention_mask", "token_type_ids", "sentence_mask")


class _Scorer(nn.Module):
    """The network with its inputs in the order of `INPUTS`; logits are (batch, sentences)."""

    def __init__(self, model: CrossEncoder) -> None:
        super().__init__()
        self.model = model

    def forward(self, ids: Tensor, attention: Tensor, types: Tensor, sentences: Tensor) -> Tensor:
        batch = dict(zip(INPUTS, (ids, attention, types, sentences), strict=True))
        return forward(self.model, batch)


def export(
    model: CrossEncoder, tokenizer_file: Path, folder: Path, full_folder: Path, sample: Callable[[], object]
) -> Path:
    """Writes model.onnx and tokenizer.json, int8 into `folder` and fp32 into `full_folder`, for comparison.

    `sample` runs the model over a few texts, from which the outliers that int8 suffers from are smoothed.
    """
    model.eval().float()
    smooth(model, sample)
    for one in (folder, full_folder):
        one.mkdir(parents=True, exist_ok=True)
        shutil.copy(tokenizer_file, one / "tokenizer.json")
    ids = torch.randint(1000, 2000, (2, 12))
    types = torch.tensor([[0] * 5 + [1] * 7] * 2)
    mask = torch.stack([(torch.arange(12) > 6).float(), (torch.arange(12) > 9).float()]).repeat(2, 1, 1)
    axes: dict[str, dict[int, str]] = {name: {0: "batch", 1: "length"} for name in INPUTS}
    axes |= {"sentence_mask": {0: "batch", 1: "sentences", 2: "length"}, "logits": {0: "batch", 1: "sentences"}}
    return write(_Scorer(model), (ids, torch.ones_like(ids), types, mask), axes, folder, full_folder)


def write(
    scorer: nn.Module, inputs: tuple[Tensor, ...], axes: dict[str, dict[int, str]], folder: Path, full_folder: Path
) -> Path:
    """Writes model.onnx, fp32 into `full_folder` and quantised to int8 into `folder`.

    `axes` names the inputs in their order, then "logits", and of each the axes that may have any length.
    """
    full = full_folder / "model.onnx"
    with torch.inference_mode():
        torch.onnx.export(
            scorer.eval().float(), inputs, str(full), dynamo=False,
            input_names=[name for name in axes if name != "logits"], output_names=["logits"],
            dynamic_axes=axes, opset_version=17,
        )  # fmt: skip
    with tempfile.TemporaryDirectory() as scratch:
        small = Path(scratch) / "model.onnx"
        quantize_dynamic(full, small, weight_type=QuantType.QInt8, per_channel=True)
        if small.stat().st_size > LARGEST:
            apart(small)
        for file in Path(scratch).iterdir():
            shutil.move(file, folder / file.name)
    return folder / "model.onnx"


def apart(file: Path) -> None:
    """Moves a graph's largest table, that of the words, into the file `WORDS` beside it, where onnxruntime finds it."""
    graph = onnx.load(file)
    table = max(graph.graph.initializer, key=lambda one: len(one.raw_data))
    set_external_data(table, WORDS)
    onnx.save(graph, file)


def sha256(file: Path) -> str:
    """The digest that the model card states."""
    return hashlib.sha256(file.read_bytes()).hexdigest()
