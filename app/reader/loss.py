"""The loss that the reader is trained by, over all the sentences of a question's windows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import torch
from sentence_transformers.cross_encoder import CrossEncoder
from torch import Tensor, nn

from app.reader.context import Encoded, Encoder
from app.reader.examples import Example
from app.reader.model import arrays
from app.reader.network import agrees, collate, distilled, forward, listwise, pointwise
from app.sequences import SequenceModel

CHUNK = 12


class ReaderLoss(nn.Module):
    """A weighted sum of the listwise and the pointwise loss over each question's sentences.

    The dataset holds numbers of `examples`; their texts are tokenised here, since windows of several sentences are
    no pairs of texts.
    """

    def __init__(
        self, model: CrossEncoder, made: list[Example], encoder: Encoder, pointwise_weight: float,
        teachers: Sequence[SequenceModel] = (),
    ) -> None:  # fmt: skip
        super().__init__()
        self.model = model
        self.examples = made
        self.encoder = encoder
        self.pointwise_weight = pointwise_weight
        self.teachers = teachers

    def forward(self, inputs: list[list[int]], labels: Tensor, prompt: None = None, task: None = None) -> Tensor:
        """Mean loss of the examples numbered in `inputs[0]`."""
        batch = [self.examples[number] for number in inputs[0]]
        encoded = self.encoded(batch)
        taught = self.taught(batch, encoded)
        total = torch.zeros(())
        for example, predicted, told in zip(batch, self.read(batch, encoded), taught, strict=True):
            truth = torch.tensor([float(label) for window in example.windows for label in window.labels])
            known = (truth >= 0) & predicted.isfinite()
            if not bool(known.any()):
                continue
            predicted, truth = predicted[known], truth[known]
            weight = self.pointwise_weight
            loss = (1 - weight) * listwise(predicted, truth, example.bag)
            if weight:
                loss = loss + weight * pointwise(predicted, truth, example.bag)
            if told is not None and agrees(told[known], truth):
                loss = (loss + distilled(predicted, told[known], weight)) / 2
            total = total + loss
        return total / len(batch)

    def encoded(self, batch: list[Example]) -> list[Encoded]:
        """The windows of a batch, one after another."""
        return [
            self.encoder.encode(example.question, window.title, window.section, window.sentences, window.before)
            for example in batch
            for window in example.windows
        ]

    def taught(self, batch: list[Example], encoded: list[Encoded]) -> list[Tensor | None]:
        """What the teachers make of each example's sentences, in the mean, if there are any."""
        if not self.teachers:
            return [None] * len(batch)
        inputs = [arrays(one) for one in encoded]
        told = zip(*(teacher.logits(inputs) for teacher in self.teachers), strict=True)
        return list(grouped(batch, [torch.from_numpy(np.mean(of_window, axis=0)) for of_window in told]))

    def scores(self, batch: list[Example]) -> list[Tensor]:
        """The scores of each example's sentences, in order; nan where a sentence did not fit into its window."""
        return self.read(batch, self.encoded(batch))

    def read(self, batch: list[Example], encoded: list[Encoded]) -> list[Tensor]:
        """`scores` of windows that are encoded already."""
        order = sorted(range(len(encoded)), key=lambda i: len(encoded[i].ids))
        found: dict[int, Tensor] = {}
        for start in range(0, len(order), CHUNK):
            chunk = order[start : start + CHUNK]
            # The trainer's own autocast covers calls of the whole model only, not of its parts.
            with torch.autocast("cpu", torch.bfloat16):
                logits = forward(self.model, collate([encoded[i] for i in chunk], self.encoder.pad))
            for row, i in enumerate(chunk):
                empty = torch.tensor([end <= begin for begin, end in encoded[i].spans])
                found[i] = logits[row, : len(encoded[i].spans)].masked_fill(empty, float("nan"))
        return list(grouped(batch, [found[i] for i in range(len(encoded))]))


def grouped(batch: Sequence[Example], of_windows: Sequence[Tensor]) -> Iterator[Tensor]:
    """The values of each example's sentences, out of those of all windows."""
    place = 0
    for example in batch:
        yield torch.cat(list(of_windows[place : place + len(example.windows)]))
        place += len(example.windows)
