"""The trained network as ONNX, smoothed and quantised to int8, with its tokenizer."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
from sentence_transformers.cross_encoder import CrossEncoder

from app.entailment.network import Scorer
from app.reader.export import write
from app.reader.smoothing import smooth

INPUTS = ("input_ids", "attention_mask", "token_type_ids")


def export(model: CrossEncoder, sample: Sequence[tuple[str, str]], folder: Path, scratch: Path) -> Path:
    """Writes model.onnx, int8 into `folder` and fp32 into `scratch`.

    Over `sample`, pairs of hypothesis and premise, the outliers that int8 suffers from are smoothed.
    """
    model.eval().float()
    smooth(model, lambda: model.predict(list(sample), batch_size=20))
    for one in (folder, scratch):
        one.mkdir(parents=True, exist_ok=True)
    ids = torch.randint(1000, 2000, (2, 12))
    types = torch.tensor([[0] * 5 + [1] * 7] * 2)
    axes: dict[str, dict[int, str]] = {name: {0: "batch", 1: "length"} for name in INPUTS}
    axes["logits"] = {0: "batch"}
    return write(Scorer(model), (ids, torch.ones_like(ids), types), axes, folder, scratch)
