"""Measures: one small module each, with definition and source. All take plain values, none a model.

A measure over nothing (no yes/no question, say) is None, never NaN.
"""

from collections.abc import Sequence


def mean(values: Sequence[float]) -> float | None:
    """The mean, or None of nothing."""
    return sum(values) / len(values) if values else None


def ratio(part: float, whole: float) -> float | None:
    """A share, or None of nothing."""
    return part / whole if whole else None
