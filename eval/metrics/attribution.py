"""Citation precision and recall after ALCE, with quotes in place of an entailment model.

ALCE asks of each statement whether the passages that it cites, taken together, entail it (recall), and of
each citation whether the statement needs it: it entails alone, or the others do not without it (precision).
Here the statement is the expected answer, whose evidence the set knows as gold quotes, any one of which is
enough; and "entails" is the hit rule of `eval/spans.py`, so no model judges. By that rule a part of a gold quote
supports alone, so citations never support only together, and what is left of the definitions is:

- recall of an answer: 1 if one of its citations hits a gold quote, else 0;
- precision of an answer: the share of its citations that hit one.

Both are means over the questions answered: an abstention cites nothing and has no value (abstaining has measures
of its own), and an answer to a question that no source answers has 0. Unlike hit@1, each further quote that supports
nothing lowers precision. Source: Gao, Yen, Yu and Chen, "Enabling Large Language Models to Generate Text
with Citations" (EMNLP 2023), section 3.3.
"""

from collections.abc import Sequence

from eval.metrics.quotes import hit_at
from eval.spans import Span


def citation_recall(citations: Sequence[Span], gold: Sequence[Span]) -> float:
    """Whether the citations support an expected answer, 0 or 1."""
    return float(hit_at(len(citations), citations, gold))


def citation_precision(citations: Sequence[Span], gold: Sequence[Span]) -> float:
    """The share of the citations that support one; 0 without citations."""
    return sum(hit_at(1, [citation], gold) for citation in citations) / len(citations) if citations else 0.0
