"""From responses to scores: every measure over some questions, overall or of one type."""

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from eval.metrics import mean
from eval.metrics.abstention import abstention_precision, abstention_recall, auc, balanced_accuracy
from eval.metrics.attribution import citation_precision, citation_recall
from eval.metrics.bootstrap import interval
from eval.metrics.calibration import ece
from eval.metrics.exact import exact_f1, holds_exact
from eval.metrics.quotes import hit_at, reciprocal_rank
from eval.metrics.selective import aurc
from eval.metrics.verbatim import verbatim_rate
from eval.metrics.verdicts import verdict_accuracy, verdict_accuracy_given, verdict_coverage
from eval.metrics.words import best_f1
from eval.questions import Question
from eval.systems import Response


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure as reports show it. ``better`` is which way is better, if either."""

    label: str
    meaning: str
    better: str = "higher"


MEASURES = {
    "accuracy": Measure("right", "hit@1, or abstained where no source answers"),
    "hit_1": Measure("hit@1", "answerable: the first quote hits a gold quote"),
    "hit_3": Measure("hit@3", "answerable: one of the first three does"),
    "mrr": Measure("MRR", "answerable: 1 / rank of the first hit"),
    "f1": Measure("F1", "answerable: words of the first quote against the nearest gold quote"),
    "exact_f1": Measure("exact F1", "exact words known: words of the first quote against them"),
    "holds_exact": Measure("holds exact", "exact words known: the first quote holds them"),
    "citation_precision": Measure("citation P", "answered: share of the quotes that support it (ALCE)"),
    "citation_recall": Measure("citation R", "answered: one of the quotes supports it (ALCE)"),
    "verdict_accuracy": Measure("verdict", "yes/no: the expected verdict was given"),
    "verdict_coverage": Measure("verdict given", "yes/no: any verdict was given", ""),
    "verdict_accuracy_given": Measure("verdict, if given", "yes/no: right among those given"),
    "abstention_precision": Measure("abstention P", "unanswerable among those abstained from"),
    "abstention_recall": Measure("abstention R", "abstained from among the unanswerable"),
    "balanced_accuracy": Measure("abstention bal.", "mean of the recalls of both kinds; 0.5 is chance"),
    "auc": Measure("abstention AUC", "confidence tells answerable from unanswerable; 0.5 is chance"),
    "aurc": Measure("AURC", "area under risk and coverage, all questions", "lower"),
    "ece": Measure("ECE", "gap between confidence and share right, all questions", "lower"),
    "verbatim": Measure("verbatim", "quotes that are the source's exact characters; must be 1"),
    "ndcg_10": Measure("nDCG@10", "retrieval of the units that hold a gold quote"),
    "recall_5": Measure("R@5", "retrieval"),
    "rr": Measure("RR", "retrieval"),
    "quote_chars": Measure("quote length", "median characters of the first quote", ""),
    "median_ms": Measure("median ms", "warm answer", ""),
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """A question, what a system said to it, and its values of ranked retrieval."""

    question: Question
    response: Response
    retrieval: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Scores:
    """The values of every measure over ``count`` questions (None where it has none), with 95 %
    bootstrap intervals of those that are means over questions.
    """

    count: int
    values: dict[str, float | None]
    intervals: dict[str, tuple[float, float]]


def would_be_right(outcome: Outcome) -> bool:
    """Whether its best quote hits, abstained or not."""
    best = outcome.response.best
    return best is not None and hit_at(1, [best], outcome.question.gold)


def _accuracy(outcome: Outcome) -> float | None:
    if not outcome.question.has_quotes:
        return None
    if outcome.question.answerable:
        return float(hit_at(1, outcome.response.citations, outcome.question.gold))
    return float(outcome.response.abstained)


def _f1(outcome: Outcome) -> float:
    first = outcome.response.citations[:1]
    return best_f1(first[0].quote, [gold.quote for gold in outcome.question.gold]) if first else 0.0


def _exact(value: Callable[[str, str], float]) -> Callable[[Outcome], float | None]:
    def of(outcome: Outcome) -> float | None:
        first, exact = outcome.response.citations[:1], outcome.question.exact
        return None if exact is None else (value(first[0].quote, exact) if first else 0.0)

    return of


def _answered(value: Callable[[Outcome], float]) -> Callable[[Outcome], float | None]:
    return lambda o: None if o.response.abstained or not o.question.has_quotes else value(o)


def _answerable(value: Callable[[Outcome], float]) -> Callable[[Outcome], float | None]:
    return lambda outcome: value(outcome) if outcome.question.gold else None


# Measures that are means of a value a question has, or has not (None).
MEANS: dict[str, Callable[[Outcome], float | None]] = {
    "accuracy": _accuracy,
    "hit_1": _answerable(lambda o: hit_at(1, o.response.citations, o.question.gold)),
    "hit_3": _answerable(lambda o: hit_at(3, o.response.citations, o.question.gold)),
    "mrr": _answerable(lambda o: reciprocal_rank(o.response.citations, o.question.gold)),
    "f1": _answerable(_f1),
    "exact_f1": _exact(exact_f1),
    "holds_exact": _exact(holds_exact),
    "citation_precision": _answered(lambda o: citation_precision(o.response.citations, o.question.gold)),
    "citation_recall": _answered(lambda o: citation_recall(o.response.citations, o.question.gold)),
    "verdict_accuracy": lambda o: verdict_accuracy([(o.question.verdict, o.response.verdict)]),
    "ndcg_10": lambda o: o.retrieval.get("ndcg_10"),
    "recall_5": lambda o: o.retrieval.get("recall_5"),
    "rr": lambda o: o.retrieval.get("rr"),
}


def question_values(outcomes: Sequence[Outcome], measure: str) -> dict[str, float]:
    """The values of a measure by question id, for questions that have one."""
    pairs = ((o.question.id, MEANS[measure](o)) for o in outcomes)
    return {id_: float(value) for id_, value in pairs if value is not None}


def score(outcomes: Sequence[Outcome], texts: Mapping[str, str], *, probabilistic: bool) -> Scores:
    """Every measure over the outcomes of one system. ``texts`` are the sources' as the corpus has them."""
    samples = {name: list(question_values(outcomes, name).values()) for name in MEANS}
    found = {name: interval(sample) for name, sample in samples.items()}
    return Scores(
        len(outcomes),
        {name: mean(samples[name]) for name in MEANS} | _over_all(outcomes, texts, probabilistic),
        {name: ends for name, ends in found.items() if ends},
    )


def _over_all(outcomes: Sequence[Outcome], texts: Mapping[str, str], probabilistic: bool) -> dict[str, float | None]:
    """The measures that are not means over questions."""
    lengths = [len(o.response.citations[0].quote) for o in outcomes if o.response.citations]
    times = [o.response.elapsed_ms for o in outcomes]
    spans = [span for o in outcomes for span in o.response.citations]
    outcomes = [o for o in outcomes if o.question.has_quotes]  # nothing below is known of the others
    verdicts = [(o.question.verdict, o.response.verdict) for o in outcomes]
    cases = [(not o.question.answerable, o.response.abstained) for o in outcomes]
    confidence = [o.response.confidence for o in outcomes]
    right = [would_be_right(o) for o in outcomes]
    sure = {kind: [o.response.confidence for o in outcomes if o.question.answerable is kind] for kind in (True, False)}
    return {
        "verdict_coverage": verdict_coverage(verdicts),
        "verdict_accuracy_given": verdict_accuracy_given(verdicts),
        "abstention_precision": abstention_precision(cases),
        "abstention_recall": abstention_recall(cases),
        "balanced_accuracy": balanced_accuracy(cases),
        "auc": auc(sure[True], sure[False]),
        "aurc": aurc(confidence, right),
        "ece": ece(confidence, right) if probabilistic else None,
        "verbatim": verbatim_rate(spans, texts),
        "quote_chars": statistics.median(lengths) if lengths else None,
        "median_ms": statistics.median(times) if times else None,
    }
