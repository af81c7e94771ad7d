"""The trained entailment model as int8 ONNX, run by onnxruntime: what a quote says to a question or a claim."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from app.reader.model import FOLDER as READER
from app.sequences import Inputs, SequenceModel

FOLDER = Path(__file__).parent / "model"
FOLDERS = (FOLDER, Path(__file__).parent / "second")
MOST_TOKENS = 160


@dataclass(frozen=True)
class Reading:
    """How likely a quote says yes to a question (or bears out a claim), says no to it, or leaves it open; sums to 1."""

    yes: float
    no: float
    open: float


class Entailment:
    """Reads pairs of a question or claim and a premise. Safe to share between threads."""

    def __init__(self, folders: Sequence[Path] = FOLDERS) -> None:
        """Open the networks of some folders, whose mean counts. Their words are the reader's."""
        self._tokenizer = Tokenizer.from_file(str(READER / "tokenizer.json"))
        self._tokenizer.enable_truncation(MOST_TOKENS)
        self._tokenizer.no_padding()
        # Special tokens written out in a document ("[SEP]") are text, not structure.
        self._tokenizer.encode_special_tokens = True
        self._networks = [SequenceModel(folder / "model.onnx") for folder in folders]
        self._last: dict[tuple[str, str], Reading] = {}

    def read(self, pairs: Sequence[tuple[str, str]]) -> list[Reading]:
        """A reading of each pair of hypothesis and premise (`app.entailment.premise`), in order.

        What the last call read is not computed again: a verdict asks for some of what the evidence was weighed by.
        """
        known = self._last
        fresh = [pair for pair in dict.fromkeys(pairs) if pair not in known]
        known = known | dict(zip(fresh, self._compute(fresh), strict=True))
        self._last = {pair: known[pair] for pair in pairs}
        return [known[pair] for pair in pairs]

    def _compute(self, pairs: Sequence[tuple[str, str]]) -> list[Reading]:
        inputs = self._inputs(pairs)
        logits = np.mean([network.logits(inputs) for network in self._networks], axis=0)
        return [_reading(one) for one in logits]

    def _inputs(self, pairs: Sequence[tuple[str, str]]) -> list[Inputs]:
        return [
            {
                "input_ids": np.array([one.ids], dtype=np.int64),
                "attention_mask": np.array([one.attention_mask], dtype=np.int64),
                "token_type_ids": np.array([one.type_ids], dtype=np.int64),
            }
            for one in self._tokenizer.encode_batch(list(pairs))
        ]


def _reading(logits: NDArray[np.float32]) -> Reading:
    odds = np.exp(logits - logits.max())
    return Reading(*map(float, odds / odds.sum()))
