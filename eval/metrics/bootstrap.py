"""Bootstrap confidence interval of a mean, by the percentile method.

Resample the values with replacement, take the mean of each resample, and read off the percentiles.
On the differences of two systems question by question it is a paired test: they differ where the
interval excludes 0. Source: Efron and Tibshirani, "An Introduction to the Bootstrap" (1993),
chapters 13 and 16. The seed is fixed: the same values give the same interval.
"""

from collections.abc import Sequence

import numpy as np

RESAMPLES = 2_000
SEED = 20140213


def interval(values: Sequence[float], level: float = 0.95) -> tuple[float, float] | None:
    """The lower and upper end of the interval, or None of nothing."""
    if not values:
        return None
    sample = np.asarray(values, dtype=float)
    picks = np.random.default_rng(SEED).integers(len(sample), size=(RESAMPLES, len(sample)))
    means = sample[picks].mean(axis=1)
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
