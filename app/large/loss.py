"""The entailment model's loss over rows of pairs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from sentence_transformers.cross_encoder import CrossEncoder
from torch import Tensor, nn

from app.entailment.data import LABELS, Pair
from app.entailment.loss import PairLoss

PAIRS = 4  # in a row: about as many as take the time of a question's windows


class RowsLoss(nn.Module):
    """`PairLoss` of rows of pairs."""

    def __init__(self, model: CrossEncoder) -> None:
        super().__init__()
        self.loss = PairLoss(model)

    def forward(
        self, inputs: list[list[list[str]]], labels: list[Tensor], prompt: str | None = None, task: str | None = None
    ) -> Tensor:
        """Mean loss of hypotheses `inputs[0]` against premises `inputs[1]`, each (batch, pairs in a row).

        The labels come as sentence-transformers' collator puts lists together: one tensor a row.
        """
        flat = [[text for row in column for text in row] for column in inputs]
        mean: Tensor = self.loss(flat, torch.cat(labels), prompt, task)
        return mean


def rows(pairs: Sequence[Pair]) -> dict[str, list[Any]]:
    """The columns of a dataset of the pairs in rows of `PAIRS`; what does not fill one is left out."""
    cut = [pairs[start : start + PAIRS] for start in range(0, len(pairs) - PAIRS + 1, PAIRS)]
    return {
        "hypothesis": [[pair.hypothesis for pair in row] for row in cut],
        "premise": [[pair.premise for pair in row] for row in cut],
        "label": [[LABELS.index(pair.label) for pair in row] for row in cut],
    }
