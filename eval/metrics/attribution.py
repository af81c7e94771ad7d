"""Citation precision and recall after ALCE, with quotes in place of an entailment model.

ALCE asks of each statement whether the passages it cites, taken together, entail it (recall), and of
each citation whether the statement needs it: it entails alone, or the others do not without it
(precision). Here the statement is the expected answer, whose evidence the set knows as gold quotes,
any one of which is enough; and "entails" is the hit rule of `eval/spans.py`, so no model judges:

- recall of an answer: 1 if one citation hits a gold quote, or all of one source's citations together
  hold at least half of a gold quote's characters; else 0.
- precision of an answer: the share of its citations that hit by themselves, or without which the
  rest would no longer hold the quote; 0 where recall is 0.

Both are means over the questions answered: an abstention cites nothing and has no value (abstaining has measures
of its own), and an answer to a question that no source answers has 0. Unlike hit@1, each further quote that supports
nothing lowers precision. Source: Gao, Yen, Yu and Chen, "Enabling Large Language Models to Generate Text
with Citations" (EMNLP 2023), section 3.3.
"""

from collections.abc import Sequence

from eval.metrics.quotes import hit_at
from eval.spans import Span, squash


def citation_recall(citations: Sequence[Span], gold: Sequence[Span]) -> float:
    """Whether the citations support an expected answer, 0 or 1."""
    return float(hit_at(len(citations), citations, gold) or any(_jointly(citations, quote) for quote in gold))


def citation_precision(citations: Sequence[Span], gold: Sequence[Span]) -> float:
    """The share of the citations that the support needs."""
    if not citations or not citation_recall(citations, gold):
        return 0.0
    needed = (
        hit_at(1, [citation], gold) or not citation_recall([*citations[:i], *citations[i + 1 :]], gold)
        for i, citation in enumerate(citations)
    )
    return sum(needed) / len(citations)


def _jointly(citations: Sequence[Span], gold: Span) -> bool:
    """Whether the citations of the gold quote's source hold at least half of its characters between them."""
    whole = squash(gold.quote)
    held = [False] * len(whole)
    for citation in citations:
        part = squash(citation.quote)
        if citation.source == gold.source and part and (start := whole.find(part)) >= 0:
            held[start : start + len(part)] = [True] * len(part)
    return bool(whole) and sum(held) / len(whole) >= 0.5
