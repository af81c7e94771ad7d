"""Verbatim rate: the share of quotes that are exactly the characters they claim to be.

A quote is verbatim when it equals [start:end] of its source's text, and is not empty. The texts are
read from the corpus, not from the system under test. Source: the answer contract's own invariant; the
idea of checkable quotes is that of Menick et al., "Teaching language models to support answers
with verified quotes" (2022).
"""

from collections.abc import Mapping, Sequence

from eval.metrics import ratio
from eval.spans import Span


def is_verbatim(span: Span, texts: Mapping[str, str]) -> bool:
    """Whether the quote stands where it claims to."""
    in_range = 0 <= span.start < span.end
    return in_range and texts.get(span.source, "")[span.start : span.end] == span.quote


def verbatim_rate(spans: Sequence[Span], texts: Mapping[str, str]) -> float | None:
    """The share of verbatim quotes."""
    return ratio(sum(is_verbatim(span, texts) for span in spans), len(spans))
