"""The network in torch: an encoder over the pair, and three logits from what it makes of question and quote."""

from __future__ import annotations

from typing import Any

import torch
from sentence_transformers.cross_encoder import CrossEncoder
from torch import Tensor, nn

from app.entailment.data import LABELS
from app.reader.network import Head, embedded, encoder, pool


class PairHead(Head):
    """Scores the labels from the means of hypothesis (h) and premise (p): [first token, h, p, |h - p|, h * p]."""

    def __init__(self, width: int = 384) -> None:
        super().__init__(width)
        self.dropout = nn.Dropout(0.1)
        self.dense = nn.Linear(5 * width, width)
        self.score = nn.Linear(width, len(LABELS))

    def forward(self, features: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
        """`scores` becomes (batch, labels)."""
        tokens, attention = features["token_embeddings"], features["attention_mask"]
        second = features["token_type_ids"] * attention
        h = pool(tokens, (attention - second).unsqueeze(1).to(tokens.dtype)).squeeze(1)
        p = pool(tokens, second.unsqueeze(1).to(tokens.dtype)).squeeze(1)
        joined = torch.cat([tokens[:, 0], h, p, (h - p).abs(), h * p], dim=-1)
        features["scores"] = self.score(self.dropout(torch.tanh(self.dense(self.dropout(joined)))))
        return features


def build(folder: str, most_tokens: int) -> CrossEncoder:
    """The encoder of a folder with a fresh head."""
    transformer = encoder(folder, max_seq_length=most_tokens)
    modules = [transformer, PairHead(transformer.model.config.hidden_size)]
    model: CrossEncoder = CrossEncoder(modules=modules, num_labels=len(LABELS))
    return model


class Scorer(nn.Module):
    """The network with its inputs in order, for export; logits are (batch, labels)."""

    def __init__(self, model: CrossEncoder) -> None:
        super().__init__()
        self.model = model

    def forward(self, ids: Tensor, attention: Tensor, types: Tensor) -> Tensor:
        """Logits of token ids, attention mask and segment ids, each (batch, length)."""
        transformer, head = self.model[0], self.model[1]
        tokens = embedded(transformer.model, ids, attention, types)  # type: ignore[arg-type]  # parts are untyped
        features = {"token_embeddings": tokens, "attention_mask": attention, "token_type_ids": types}
        scores: Tensor = head(features)["scores"]
        return scores.float()
