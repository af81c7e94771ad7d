"""Calibration: expected calibration error (ECE) and the bins of a reliability diagram.

Confidences fall into equal bins of [0, 1]; ECE is the mean over questions of the gap between a
bin's mean confidence and its share of right answers. Sources: Naeini, Cooper and Hauskrecht,
"Obtaining Well Calibrated Probabilities Using Bayesian Binning" (AAAI 2015); Guo et al., "On
Calibration of Modern Neural Networks" (ICML 2017).
"""

from collections.abc import Sequence
from dataclasses import dataclass

BINS = 10


@dataclass(frozen=True, slots=True)
class Bin:
    """A bin of a reliability diagram: how many fell in it, how sure they were, how often right."""

    count: int
    confidence: float
    accuracy: float


def reliability(confidence: Sequence[float], right: Sequence[bool], bins: int = BINS) -> list[Bin]:
    """The bins that are not empty, confidence rising."""
    filled: dict[int, list[tuple[float, bool]]] = {}
    for value, ok in zip(confidence, right, strict=True):
        filled.setdefault(min(int(value * bins), bins - 1), []).append((value, ok))
    return [
        Bin(len(pairs), sum(value for value, _ in pairs) / len(pairs), sum(ok for _, ok in pairs) / len(pairs))
        for _, pairs in sorted(filled.items())
    ]


def ece(confidence: Sequence[float], right: Sequence[bool], bins: int = BINS) -> float | None:
    """Expected calibration error."""
    if not confidence:
        return None
    gaps = (b.count * abs(b.confidence - b.accuracy) for b in reliability(confidence, right, bins))
    return sum(gaps) / len(confidence)
