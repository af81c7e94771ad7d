"""The loss that the entailment model is trained by."""

from __future__ import annotations

import torch
from sentence_transformers.cross_encoder.losses import CrossEntropyLoss
from torch import Tensor

CHUNK = 8


class PairLoss(CrossEntropyLoss):
    """Cross-entropy of a batch that is read in chunks of pairs of like length, so that little is spent on padding."""

    def forward(
        self, inputs: list[list[str]], labels: Tensor, prompt: str | None = None, task: str | None = None
    ) -> Tensor:
        """Mean loss of hypotheses `inputs[0]` against premises `inputs[1]`, each (batch,)."""
        order = sorted(range(len(labels)), key=lambda i: len(inputs[0][i]) + len(inputs[1][i]))
        total = torch.zeros(())
        for start in range(0, len(order), CHUNK):
            chunk = order[start : start + CHUNK]
            texts = [[column[i] for i in chunk] for column in inputs]
            total = total + len(chunk) * super().forward(texts, labels[chunk], prompt, task)
        return total / len(order)
