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
        """One logit for each candidate, in the order given."""
        encoded = [self._encoder.encode(question, context) for context in contexts]
        # Neighbours in length share a batch, so that little is computed on padding.
        order = sorted(range(len(encoded)), key=lambda i: len(encoded[i].ids))
        scores = np.zeros(len(encoded), dtype=np.float32)
        for start in range(0, len(order), BATCH):
            batch = order[start : start + BATCH]
            scores[batch] = self._session.run(["logits"], self._inputs([encoded[i] for i in batch]))[0]
        return scores

    def _inputs(self, batch: Sequence[Encoded]) -> dict[str, NDArray[np.int64] | NDArray[np.float32]]:
        shape = (len(batch), max(len(one.ids) for one in batch))
        ids = np.full(shape, self._encoder.pad, dtype=np.int64)
        attention = np.zeros(shape, dtype=np.int64)
        types = np.zeros(shape, dtype=np.int64)
        spans = np.zeros(shape, dtype=np.float32)
        for row, one in enumerate(batch):
            ids[row, : len(one.ids)] = one.ids
            attention[row, : len(one.ids)] = 1
            types[row, one.second : len(one.ids)] = 1
            for start, end in one.spans:
                spans[row, start:end] = 1.0
        return {"input_ids": ids, "attention_mask": attention, "token_type_ids": types, "sentence_mask": spans}
