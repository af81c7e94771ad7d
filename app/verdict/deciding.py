"""The verdict on a question: what the rules and the entailment model make of the quotes, weighed together.

For each side, yes and no, a logistic regression gives the probability that it is the right one; its weights
(`data/weights.json`) are fitted by `app.verdict.fit` on held-out posts. The likelier side is given where that is likely
enough, else none: a wrong verdict is worse than none.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.entailment import Entailment, Reading, premise
from app.evidence.scoring import Logistic, logit
from app.reader.context import asked
from app.verdict.judging import judge
from app.verdict.types import Evidence, Value, Verdict

WEIGHTS = Path(__file__).parent / "data" / "weights.json"
SIDES: tuple[Value, Value] = ("yes", "no")
SIGNALS = ("rules", "first", "first_other", "best", "best_other", "probability")
MOST = 3  # quotes that are read


@dataclass(frozen=True, slots=True)
class Piece:
    """A quote with the probability that it answers."""

    evidence: Evidence
    probability: float


@dataclass(frozen=True, slots=True)
class Decider:
    """Weighs what is read; a side is given from the threshold on."""

    entailment: Entailment
    side: Logistic
    threshold: float

    @classmethod
    def load(cls, entailment: Entailment, path: Path = WEIGHTS) -> "Decider":
        """Read the weights."""
        data = json.loads(path.read_text(encoding="utf-8"))
        return cls(entailment, Logistic(data["weights"], data["intercept"]), float(data["threshold"]))

    def decide(self, question: str, pieces: Sequence[Piece]) -> Verdict:
        """Yes or no where the pieces, best first, settle the question; else None."""
        if not pieces:
            return Verdict(None, "there is no evidence", 0.0)
        rows = signals(question, pieces, self.entailment)
        probabilities = self.side(rows, SIGNALS)
        best = int(probabilities.argmax())
        confidence = round(float(probabilities[best]), 3)
        if confidence < self.threshold:
            return Verdict(None, "the evidence does not settle it", confidence)
        return Verdict(SIDES[best], "rules and entailment, weighed", confidence)


def signals(question: str, pieces: Sequence[Piece], entailment: Entailment) -> NDArray[np.float64]:
    """One row of `SIGNALS` for each of `SIDES`.

    `rules` is the weight of the piece of which the rules give this side, less that of the piece of which they give
    the other: a piece weighs what the model makes of the same side there, at least a third, times how likely it answers
    beside the first one. `first` is the log-odds by the model that the first piece says this side; `best` the highest
    probability over all pieces, each weighed by how likely it answers. The others are the same of the other side, and
    how likely the first piece answers.
    """
    pieces = pieces[:MOST]
    read = entailment.read([(asked(question), premise_of(piece.evidence)) for piece in pieces])
    ruled = {"yes": 0.0, "no": 0.0}
    for piece, reading in zip(pieces, read, strict=True):
        value = judge(question, [piece.evidence]).value
        if value:
            weight = (1 + 2 * _says(reading, value)) / 3 * piece.probability / pieces[0].probability
            ruled[value] = max(ruled[value], weight)
    rows = []
    for side, other in (SIDES, SIDES[::-1]):
        sign = ruled[side] - ruled[other]
        first = [logit(_says(read[0], value)) for value in (side, other)]
        best = [
            max(_says(reading, value) * piece.probability for reading, piece in zip(read, pieces, strict=True))
            for value in (side, other)
        ]
        rows.append([sign, *first, *best, pieces[0].probability])
    return np.array(rows)


def _says(reading: Reading, value: Value) -> float:
    return reading.yes if value == "yes" else reading.no


def premise_of(evidence: Evidence) -> str:
    """What the entailment model reads of a piece of evidence."""
    return premise(evidence.subject, evidence.text, evidence.before)
