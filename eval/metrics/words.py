"""Word overlap of the first quote with the gold quote: F1.

F1 of the two bags of words after lower-casing and dropping punctuation, articles and extra white
space; the best over the gold quotes. Unlike a hit it falls when a quote is longer than what it is
cited for. Source: Rajpurkar et al., "SQuAD: 100,000+ Questions for Machine Comprehension of Text" (2016).
"""

import re
from collections import Counter
from collections.abc import Sequence

_ARTICLES = {"a", "an", "the"}


def words(text: str) -> list[str]:
    """A text's words as they are compared."""
    return [word for word in re.sub(r"[^\w\s]", "", text.lower()).split() if word not in _ARTICLES]


def f1(quote: str, gold: str) -> float:
    """F1 of the words of two texts."""
    a, b = Counter(words(quote)), Counter(words(gold))
    common = (a & b).total()
    return 2 * common / (a.total() + b.total()) if common else 0.0


def best_f1(quote: str, gold: Sequence[str]) -> float:
    """F1 with the gold text that it is nearest to."""
    return max((f1(quote, text) for text in gold), default=0.0)
