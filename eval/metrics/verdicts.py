"""Verdicts on yes/no questions that have one: accuracy, coverage, and accuracy where one was given.

accuracy: right / asked (giving none is wrong). coverage: given / asked. accuracy_given: right / given.
Source: accuracy at coverage as in El-Yaniv and Wiener, "On the Foundations of Noise-free Selective
Classification" (JMLR 2010).
"""

from collections.abc import Sequence

from eval.metrics import ratio

Pair = tuple[str | None, str | None]  # (expected, given)


def _asked(pairs: Sequence[Pair]) -> list[Pair]:
    return [pair for pair in pairs if pair[0] is not None]


def verdict_accuracy(pairs: Sequence[Pair]) -> float | None:
    """The share of expected verdicts that were given."""
    asked = _asked(pairs)
    return ratio(sum(expected == given for expected, given in asked), len(asked))


def verdict_coverage(pairs: Sequence[Pair]) -> float | None:
    """The share of questions with an expected verdict where any was given."""
    asked = _asked(pairs)
    return ratio(sum(given is not None for _, given in asked), len(asked))


def verdict_accuracy_given(pairs: Sequence[Pair]) -> float | None:
    """The share of right ones among the verdicts given where one was expected."""
    return verdict_accuracy([pair for pair in pairs if pair[1] is not None])
