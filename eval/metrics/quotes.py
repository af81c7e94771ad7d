"""Citations against gold quotes: hit@k and MRR.

hit@k: whether any of the first k citations hits any gold quote (success at k; the hit rule is in
`eval/spans.py`). Reciprocal rank: 1 / rank of the first citation that hits, 0 if none does; its mean
is MRR. Source: Voorhees, "The TREC-8 Question Answering Track Report" (1999).
"""

from collections.abc import Sequence

from eval.spans import Span, hits


def hit_at(k: int, citations: Sequence[Span], gold: Sequence[Span]) -> bool:
    """Whether one of the first ``k`` citations hits a gold quote."""
    return any(hits(citation, quote) for citation in citations[:k] for quote in gold)


def reciprocal_rank(citations: Sequence[Span], gold: Sequence[Span]) -> float:
    """1 / rank of the first citation that hits a gold quote, or 0."""
    ranks = (rank for rank, citation in enumerate(citations, 1) if hit_at(1, [citation], gold))
    return 1.0 / next(ranks, float("inf"))
