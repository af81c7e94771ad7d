"""Abstention as a classification: the positive class is "no source answers this".

precision: unanswerable / abstained. recall: abstained / unanswerable. Balanced accuracy: the mean
of the recalls of both classes, so that abstaining always or never scores 0.5 (Brodersen et al.,
"The Balanced Accuracy and Its Posterior Distribution", ICPR 2010). AUC: the chance that an
answerable question gets more confidence than an unanswerable one, ties half (Hanley and McNeil,
"The Meaning and Use of the Area under a ROC Curve", Radiology 1982).
"""

from collections.abc import Sequence

from eval.metrics import ratio

Case = tuple[bool, bool]  # (unanswerable, abstained)


def abstention_precision(cases: Sequence[Case]) -> float | None:
    """The share of unanswerable questions among those abstained from."""
    return ratio(sum(u and a for u, a in cases), sum(a for _, a in cases))


def abstention_recall(cases: Sequence[Case]) -> float | None:
    """The share of unanswerable questions that were abstained from."""
    return ratio(sum(u and a for u, a in cases), sum(u for u, _ in cases))


def balanced_accuracy(cases: Sequence[Case]) -> float | None:
    """The mean of the shares of unanswerable ones abstained from and of answerable ones answered."""
    unanswerable = abstention_recall(cases)
    answerable = abstention_recall([(not u, not a) for u, a in cases])
    return None if unanswerable is None or answerable is None else (unanswerable + answerable) / 2


def auc(answerable: Sequence[float], unanswerable: Sequence[float]) -> float | None:
    """The chance that the first kind has the higher confidence."""
    wins = sum((a > b) + 0.5 * (a == b) for a in answerable for b in unanswerable)
    return ratio(wins, len(answerable) * len(unanswerable))
