"""The embedding model as it is trained."""

from __future__ import annotations

from typing import Any

import torch
from sentence_transformers import SentenceTransformer
from torch import Tensor

ROWS = 32  # that the model sees at once


class ByLength(SentenceTransformer):
    """A model that sees a batch in parts of rows of like length, so that few tokens are padding."""

    def forward(self, input: dict[str, Tensor], **kwargs: Any) -> dict[str, Tensor]:  # noqa: A002 - the library's name
        """Called by the loss; the outcome holds the embeddings in the batch's order."""
        lengths = input["attention_mask"].sum(dim=1)
        order = lengths.argsort(descending=True)
        parts = []
        for rows in torch.split(order, ROWS):
            longest = int(lengths[rows[0]])
            part = {
                name: values[rows][:, :longest]
                for name, values in input.items()
                if isinstance(values, Tensor) and values.ndim == 2
            }
            parts.append(super().forward(part, **kwargs)["sentence_embedding"])
        return {**input, "sentence_embedding": torch.cat(parts)[order.argsort()]}
