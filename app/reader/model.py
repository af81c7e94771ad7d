"""The trained reader as int8 ONNX, run by onnxruntime."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from app.reader.context import Context, Encoded, Encoder

FOLDER = Path(__file__).parent / "model"
BATCH = 8
MOST = 5  # sentences in a sequence: the longest windows of the training


class Reader:
    """Scores candidate sentences against a question; higher is more likely to answer it, 0 is even odds.

    Safe to share between threads: an onnxruntime session may run concurrently, and nothing else is changed.
    """

    def __init__(self, folder: Path | None = None, threads: int = 2) -> None:
        folder = folder or FOLDER
        self._encoder = Encoder(folder / "tokenizer.json")
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        # Threads that spin while they wait starve each other when several questions are asked at once.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session = ort.InferenceSession(str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"])

    def score(self, question: str, contexts: Sequence[Context]) -> NDArray[np.float32]:
        """One logit for each candidate, in the order given; neighbours are read together, as in training."""
        read = rows(self._encoder, question, contexts)
        encoded = [self._encoder.encode(question, [contexts[i] for i in row]) for row in read]
        # Neighbours in length share a batch, so that little is computed on padding.
        order = sorted(range(len(encoded)), key=lambda i: len(encoded[i].ids))
        scores = np.zeros(len(contexts), dtype=np.float32)
        for start in range(0, len(order), BATCH):
            batch = order[start : start + BATCH]
            logits = self._session.run(["logits"], self._inputs([encoded[i] for i in batch]))[0]
            for i, found in zip(batch, logits, strict=True):
                scores[read[i]] = found[: len(read[i])]
        return scores

    def _inputs(self, batch: Sequence[Encoded]) -> dict[str, NDArray[np.int64] | NDArray[np.float32]]:
        shape = (len(batch), max(len(one.ids) for one in batch))
        ids = np.full(shape, self._encoder.pad, dtype=np.int64)
        attention = np.zeros(shape, dtype=np.int64)
        types = np.zeros(shape, dtype=np.int64)
        most = max(len(one.spans) for one in batch)
        spans = np.zeros((len(batch), most, shape[1]), dtype=np.float32)
        for row, one in enumerate(batch):
            ids[row, : len(one.ids)] = one.ids
            attention[row, : len(one.ids)] = 1
            types[row, one.second : len(one.ids)] = 1
            for number, (start, end) in enumerate(one.spans):
                spans[row, number, start:end] = 1.0
        return {"input_ids": ids, "attention_mask": attention, "token_type_ids": types, "sentence_mask": spans}


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
            if len(longer) > MOST or (row and not encoder.fit(question, [contexts[i] for i in longer])):
                made.append(row)
                longer = [following]
            row = longer
            placed.add(following)
            following = follows[following]
        if row:
            made.append(row)
    return made
