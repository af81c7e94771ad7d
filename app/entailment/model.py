"""The trained entailment model as int8 ONNX, run by onnxruntime: what a quote says to a question or a claim."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime as ort
from tokenizers import Tokenizer

from app.reader.model import FOLDER as READER

FOLDER = Path(__file__).parent / "model"
MOST_TOKENS = 160
BATCH = 16


@dataclass(frozen=True)
class Reading:
    """How likely a quote says yes to a question (or bears out a claim), says no to it, or leaves it open; sums to 1."""

    yes: float
    no: float
    open: float


class Entailment:
    """Reads pairs of a question or claim and a premise. Safe to share between threads."""

    def __init__(self, folder: Path = FOLDER, threads: int = 2) -> None:
        """Open the model of a folder. Its words are the reader's, since both start from the same MiniLM."""
        self._tokenizer = Tokenizer.from_file(str(READER / "tokenizer.json"))
        self._tokenizer.enable_truncation(MOST_TOKENS)
        self._tokenizer.enable_padding()
        # Special tokens written out in a document ("[SEP]") are text, not structure.
        self._tokenizer.encode_special_tokens = True
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session = ort.InferenceSession(str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"])

    def read(self, pairs: Sequence[tuple[str, str]]) -> list[Reading]:
        """A reading of each pair of hypothesis and premise (`app.entailment.premise`), in order."""
        found: list[Reading] = []
        for start in range(0, len(pairs), BATCH):
            encoded = self._tokenizer.encode_batch(list(pairs[start : start + BATCH]))
            inputs = {
                "input_ids": np.array([one.ids for one in encoded], dtype=np.int64),
                "attention_mask": np.array([one.attention_mask for one in encoded], dtype=np.int64),
                "token_type_ids": np.array([one.type_ids for one in encoded], dtype=np.int64),
            }
            logits = self._session.run(["logits"], inputs)[0]
            odds = np.exp(logits - logits.max(axis=1, keepdims=True))
            found += [Reading(*map(float, row)) for row in odds / odds.sum(axis=1, keepdims=True)]
        return found
