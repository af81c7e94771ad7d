"""The risk-coverage curve and its area (AURC).

Questions are answered in order of falling confidence, whatever the threshold in use. At coverage
i/n the risk is the share of errors among the i answered; AURC is the mean risk over all i. Lower is
better; it rewards being surer of right answers. Equal confidences count with their mean error, so
that their order does not matter. Source: Geifman, Uziel and El-Yaniv, "Bias-Reduced Uncertainty
Estimation for Deep Neural Classifiers" (ICLR 2019).
"""

from collections.abc import Sequence
from itertools import groupby

from eval.metrics import mean


def risk_coverage(confidence: Sequence[float], right: Sequence[bool]) -> list[tuple[float, float]]:
    """The points (coverage, risk), coverage rising."""
    order = sorted(zip(confidence, right, strict=True), key=lambda pair: -pair[0])
    points: list[tuple[float, float]] = []
    errors = 0.0
    for _, group in groupby(order, key=lambda pair: pair[0]):
        outcomes = [not ok for _, ok in group]
        for _ in outcomes:
            errors += sum(outcomes) / len(outcomes)
            answered = len(points) + 1
            points.append((answered / len(order), errors / answered))
    return points


def aurc(confidence: Sequence[float], right: Sequence[bool]) -> float | None:
    """The area under the risk-coverage curve."""
    return mean([risk for _, risk in risk_coverage(confidence, right)])
