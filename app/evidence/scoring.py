"""From signals to probabilities: two logistic models whose coefficients are data (coefficients.json).

The first gives each candidate the probability that it answers; the second turns what the best
candidates look like into the probability that the answer given is right. Both are fitted by
`app.evidence.fit` on training data and the dev split.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.evidence.features import FEATURES

COEFFICIENTS = Path(__file__).parent / "coefficients.json"
TOP = ("first", "second", "reader", "cosine", "overlap_in_context", "uncovered", "unknown")


def sigmoid(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """The logistic function."""
    return 1.0 / (1.0 + np.exp(-np.clip(x, -40.0, 40.0)))


def logit(p: float) -> float:
    """The inverse of the logistic function, kept finite."""
    p = min(max(p, 1e-6), 1.0 - 1e-6)
    return float(np.log(p / (1.0 - p)))


@dataclass(frozen=True, slots=True)
class Logistic:
    """A logistic regression: weights by feature name, and an intercept."""

    weights: Mapping[str, float]
    intercept: float

    def __call__(self, rows: NDArray[np.float64], names: tuple[str, ...]) -> NDArray[np.float64]:
        """Probabilities of ``rows``, whose columns are called ``names``."""
        weights = np.array([self.weights.get(name, 0.0) for name in names])
        return sigmoid(rows @ weights + self.intercept)


@dataclass(frozen=True, slots=True)
class EvidenceModel:
    """The two models, and the confidence below which the assistant abstains."""

    candidate: Logistic
    answer: Logistic
    threshold: float

    @classmethod
    def load(cls, path: Path = COEFFICIENTS) -> "EvidenceModel":
        """Read the coefficients."""
        data = json.loads(path.read_text(encoding="utf-8"))
        return cls(Logistic(**data["candidate"]), Logistic(**data["answer"]), float(data["threshold"]))

    def probabilities(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """For each candidate's features, the probability that it answers the question."""
        return self.candidate(rows, FEATURES) if len(rows) else np.empty(0)

    def confidence(self, rows: NDArray[np.float64], probabilities: NDArray[np.float64]) -> float:
        """The probability that the best candidate is a right answer (0 without candidates)."""
        if not len(rows):
            return 0.0
        return float(self.answer(top_features(rows, probabilities)[None, :], TOP)[0])


def top_features(rows: NDArray[np.float64], probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
    """What the best candidates look like, in the order of `TOP`."""
    order = np.argsort(-probabilities, kind="stable")
    second = float(probabilities[order[1]]) if len(order) > 1 else 0.0
    best = dict(zip(FEATURES, rows[order[0]], strict=True))
    return np.array([logit(float(probabilities[order[0]])), logit(second), *(float(best[name]) for name in TOP[2:])])
