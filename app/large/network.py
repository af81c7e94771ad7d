"""The network in torch: one encoder with the reader's head and the entailment model's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sentence_transformers.cross_encoder import CrossEncoder
from torch import Tensor

from app.entailment.data import LABELS
from app.entailment.network import PairHead
from app.reader.network import Head, SentenceHead, encoder, mean

ENCODER = "0."
HEAD = "1."
HEADS = {"reader": "1.sentence.", "entailment": "1.pair."}


class TwoHeads(Head):
    """Scores the sentences where they are marked, and else hypothesis and premise."""

    def __init__(self, width: int = 384) -> None:
        super().__init__(width)
        self.sentence = SentenceHead(width)
        self.pair = PairHead(width)

    def forward(self, features: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
        """With a `sentence_mask`, `scores` are (batch, sentences), without it (batch, labels)."""
        head = self.sentence if "sentence_mask" in features else self.pair
        scored: dict[str, Any] = head(features)
        return scored


def build(folder: str, most_tokens: int) -> CrossEncoder:
    """The encoder of a folder with two fresh heads; pairs are cut off after `most_tokens`."""
    transformer = encoder(folder, max_seq_length=most_tokens)
    modules = [transformer, TwoHeads(transformer.model.config.hidden_size)]
    model: CrossEncoder = CrossEncoder(modules=modules, num_labels=len(LABELS))
    return model


def joined(reader: Mapping[str, Tensor], entailment: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The weights of a reader and of an entailment model of its shape as one: the mean of the encoders, both heads."""
    state = mean([_of(ENCODER, reader), _of(ENCODER, entailment)])
    for task, weights in (("reader", reader), ("entailment", entailment)):
        state |= {name.replace(HEAD, HEADS[task], 1): values for name, values in _of(HEAD, weights).items()}
    return state


def parted(state: Mapping[str, Tensor], task: str) -> dict[str, Tensor]:
    """Of the network's weights those of one task, named as the reader or the entailment model names its own."""
    own = {name.replace(HEADS[task], HEAD, 1): values for name, values in _of(HEADS[task], state).items()}
    return _of(ENCODER, state) | own


def _of(part: str, state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {name: values for name, values in state.items() if name.startswith(part)}
