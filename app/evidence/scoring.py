"""From signals to probabilities: four logistic models whose coefficients are data (coefficients.json).

The first says how promising a candidate is before it is read, which decides on what is read; the second gives each
that was read the probability that it answers; the third the probability that the best of them is right; the fourth
that anything answers at all, which decides on abstaining. All are fitted by `app.evidence.fit` on training data and
the dev split.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.evidence.features import FEATURES

COEFFICIENTS = Path(__file__).parent / "coefficients.json"
ANY = ("evidence", "cosine", "candidates", "overlap_in_context", "uncovered", "defines", "settles")
TOP = ("first", "second", *ANY)
MODELS = ("promising", "candidate", "best", "anything")
SURE = 0.8  # a confidence in the best candidate that is enough by itself; from 0.65 to 0.9 it makes no difference


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
class Weighed:
    """What the candidates of one question come to."""

    probabilities: NDArray[np.float64]
    confidence: float
    answered: bool


@dataclass(frozen=True, slots=True)
class EvidenceModel:
    """The four models, and the probability of an answer below which the assistant abstains."""

    promising: Logistic
    candidate: Logistic
    best: Logistic
    anything: Logistic
    threshold: float

    @classmethod
    def load(cls, path: Path = COEFFICIENTS) -> "EvidenceModel":
        """Read the coefficients."""
        data = json.loads(path.read_text(encoding="utf-8"))
        promising, candidate, best, anything = (Logistic(**data[name]) for name in MODELS)
        return cls(promising, candidate, best, anything, float(data["threshold"]))

    def promise(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """How promising each candidate is by its features, shape (candidates, `FEATURES`), before it is read."""
        return self.promising(rows, FEATURES)

    def weigh(self, rows: NDArray[np.float64]) -> Weighed:
        """Each candidate's probability, the confidence in the best, and whether to answer at all.

        ``rows`` are features, shape (candidates, `FEATURES`); without candidates nothing answers.
        """
        if not len(rows):
            return Weighed(np.empty(0), 0.0, answered=False)
        probabilities = self.candidate(rows, FEATURES)
        whole = any_features(rows)
        confidence = float(self.best(top_features(whole, probabilities)[None, :], TOP)[0])
        anything = float(self.anything(whole[None, :], ANY)[0])
        return Weighed(probabilities, confidence, anything >= self.threshold or confidence >= SURE)


def top_features(whole: NDArray[np.float64], probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
    """What the best candidates look like, in the order of `TOP`; ``whole`` is what `any_features` says of all."""
    ordered = np.sort(probabilities)[::-1]
    second = float(ordered[1]) if len(ordered) > 1 else 0.0
    return np.array([logit(float(ordered[0])), logit(second), *whole])


def any_features(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """What all candidates say together, in the order of `ANY`.

    ``evidence`` is the log of the sum of the reader's odds: the reader was trained to let the logits of a
    question's sentences compete with "no answer" at 0, so this is its own logit that one of them answers. It
    grows with the number of candidates, whose logarithm stands beside it. Of the candidate that the reader
    likes best: how much of the question it and its context hold, and the rarest word that they lack. Of all:
    whether one defines the term that is asked for, and how likely the best in this settles a yes/no question.
    """
    reader = rows[:, FEATURES.index("reader")]
    best = rows[int(reader.argmax())]
    return np.array(
        [
            float(reader.max() + np.log(np.exp(reader - reader.max()).sum())),
            rows[:, FEATURES.index("cosine")].max(),
            np.log(len(rows)),
            best[FEATURES.index("overlap_in_context")],
            best[FEATURES.index("uncovered")],
            rows[:, FEATURES.index("defines")].max(),
            rows[:, FEATURES.index("settles")].max(),
        ]
    )
