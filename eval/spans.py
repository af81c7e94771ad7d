"""Stretches of a source's text, and when one of them counts as another: the hit rule of the fixed set.

Gold quotes come without offsets, so overlap is judged by the words: two verbatim stretches of one
text that share a long run of characters are, but for repetition in the text, the same place.
"""

from dataclasses import dataclass
from difflib import SequenceMatcher

NOWHERE = -1


@dataclass(frozen=True, slots=True)
class Span:
    """The characters [start:end] of a source's text; both are `NOWHERE` for a gold quote."""

    source: str
    quote: str
    start: int = NOWHERE
    end: int = NOWHERE


def squash(text: str) -> str:
    """The text with runs of white space as one space."""
    return " ".join(text.split())


def shared(span: Span, gold: Span) -> float:
    """The share of the gold quote's characters in its longest run that the span repeats, 0..1."""
    if span.source != gold.source:
        return 0.0
    a, b = squash(span.quote), squash(gold.quote)
    if not a or not b:
        return 0.0
    if b in a:
        return 1.0
    return SequenceMatcher(None, b, a, autojunk=False).find_longest_match().size / len(b)


def covers(span: Span, gold: Span) -> bool:
    """Whether the span holds at least half of the gold quote."""
    return shared(span, gold) >= 0.5


def hits(span: Span, gold: Span) -> bool:
    """Whether a citation hits a gold quote of the same source: either contains the other, or they
    share at least half of the gold quote's characters (`sets/post/README.md`).
    """
    inside = span.source == gold.source and bool(squash(span.quote)) and squash(span.quote) in squash(gold.quote)
    return inside or covers(span, gold)
