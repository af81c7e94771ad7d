"""Exact words, where the set names the shortest ones that answer: whether the first quote holds them, and F1.

F1 is SQuAD's, of the quote's words with the exact ones (`eval/metrics/words.py`). A system that quotes
whole sentences cannot reach 1 by it: with 3 of 20 words exact it gets 0.26. It is here to be compared
with systems that extract spans, and ``holds_exact`` says whether the words are there at all.
Source: Rajpurkar et al., "SQuAD: 100,000+ Questions for Machine Comprehension of Text" (2016).
"""

from collections.abc import Sequence

from eval.metrics.words import f1, words


def exact_f1(quote: str, exact: str) -> float:
    """F1 of the quote's words with the exact words."""
    return f1(quote, exact)


def holds_exact(quote: str, exact: str) -> bool:
    """Whether the exact words occur in the quote, one after the other."""
    return _contains(words(quote), words(exact))


def _contains(text: Sequence[str], part: Sequence[str]) -> bool:
    return any(text[start : start + len(part)] == part for start in range(len(text) - len(part) + 1))
