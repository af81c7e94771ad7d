"""The trained networks as int8 ONNX, run by onnxruntime, and the reader that they make together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from app.reader.context import Context, Encoded, Encoder
from app.sequences import Inputs, SequenceModel

FOLDER = Path(__file__).parent / "model"
MOST = 5  # sentences in a sequence: the longest windows of the training


@dataclass(frozen=True)
class Stage:
    """A network that reads again what might be the best by those before it, and how much of it."""

    folder: Path
    most: int  # candidates, at most
    close: float  # how far behind the best their logits may be
    share: float  # what its own logit counts for, beside the score before it


STAGES = (Stage(Path(__file__).parent / "second", most=3, close=2.0, share=2 / 3),)


class Scorer(Protocol):
    """What scores candidate sentences against a question; higher is more likely to answer it, 0 is even odds."""

    def score(self, question: str, contexts: Sequence[Context]) -> NDArray[np.float32]:
        """One logit for each candidate, in the order given."""
        ...


class Network:
    """One network. Safe to share between threads."""

    def __init__(self, folder: Path = FOLDER, encoder: Encoder | None = None) -> None:
        """Open a folder's model.onnx; all networks have the tokenizer of the first, which is loaded if not given."""
        self._encoder = encoder or Encoder(FOLDER / "tokenizer.json")
        self._model = SequenceModel(folder / "model.onnx")

    def score(self, question: str, contexts: Sequence[Context]) -> NDArray[np.float32]:
        """One logit for each candidate, in the order given; neighbours are read together, as in training."""
        read = rows(self._encoder, question, contexts)
        encoded = [encode(self._encoder, question, [contexts[i] for i in row]) for row in read]
        scores = np.zeros(len(contexts), dtype=np.float32)
        for row, logits in zip(read, self._model.logits([arrays(one) for one in encoded]), strict=True):
            scores[row] = logits
        return scores


class Reader:
    """Reads every candidate, and those that might be the best again with ever larger networks.

    Re-ranking in stages (Nogueira et al., 2019: Multi-stage document ranking with BERT, arXiv:1910.14424), but that
    what is read again scores a mean of both logits, since the networks err on different questions. Safe to share
    between threads.
    """

    def __init__(self, stages: Sequence[Stage] = STAGES) -> None:
        encoder = Encoder(FOLDER / "tokenizer.json")
        self._first = Network(FOLDER, encoder)
        self._again = [(stage, Network(stage.folder, encoder)) for stage in stages]

    def score(self, question: str, contexts: Sequence[Context]) -> NDArray[np.float32]:
        """One logit for each candidate, in the order given."""
        scores = self._first.score(question, contexts)
        for stage, network in self._again:
            best = promising(scores, stage)
            read = network.score(question, [contexts[i] for i in best])
            scores[best] += stage.share * (read - scores[best])
        return scores


def promising(scores: NDArray[np.float32], stage: Stage) -> NDArray[np.intp]:
    """The numbers, rising, of the scores that are close enough to the highest to be read in this stage."""
    best = np.argsort(-scores, kind="stable")[: stage.most]
    return np.sort(best[scores[best] >= scores.max(initial=-np.inf) - stage.close])


def encode(encoder: Encoder, question: str, row: Sequence[Context]) -> Encoded:
    """One sequence that scores each candidate of a row of neighbours."""
    return encoder.encode(question, *_parts(row))


def _parts(row: Sequence[Context]) -> tuple[str, str, list[str], str]:
    return row[0].title, row[0].section, [context.sentence for context in row], row[0].before


def arrays(encoded: Encoded) -> Inputs:
    """The inputs of the graph for one sequence, each (1, ...)."""
    ids = np.array([encoded.ids], dtype=np.int64)
    types = np.zeros_like(ids)
    types[0, encoded.second :] = 1
    spans = np.zeros((1, len(encoded.spans), ids.size), dtype=np.float32)
    for number, (start, end) in enumerate(encoded.spans):
        spans[0, number, start:end] = 1.0
    return {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": types, "sentence_mask": spans}


def rows(encoder: Encoder, question: str, contexts: Sequence[Context]) -> list[list[int]]:
    """The numbers of the candidates in rows of neighbours, each of which fits into one sequence."""
    at = {(c.title, c.section, c.before, c.sentence): number for number, c in enumerate(contexts)}
    follows = [at.get((c.title, c.section, c.sentence, c.after)) for c in contexts]
    made: list[list[int]] = []
    inside = set(follows)
    placed: set[int] = set()
    for start in sorted(range(len(contexts)), key=lambda number: number in inside):
        row: list[int] = []
        following: int | None = start
        while following is not None and following not in placed:
            longer = [*row, following]
            if len(longer) > MOST or (row and not encoder.fits(question, *_parts([contexts[i] for i in longer]))):
                made.append(row)
                longer = [following]
            row = longer
            placed.add(following)
            following = follows[following]
        if row:
            made.append(row)
    return made
