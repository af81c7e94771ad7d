"""What changed between two runs on the same questions, and whether it is more than noise.

Both runs asked the same questions, so every test is paired. A measure that is right or wrong for a question
(hit@1) is tested by McNemar's exact test: of the questions that changed, as many should have got better as worse.
Any other by a randomisation test: swapping the two runs' values of a question, at random, changes nothing if they
are alike. Since several measures are tested at once, the p-values are raised by Holm's method. Sources: McNemar,
"Note on the Sampling Error of the Difference Between Correlated Proportions or Percentages" (Psychometrika 1947);
Smucker, Allan and Carterette, "A Comparison of Statistical Significance Tests for Information Retrieval Evaluation"
(CIKM 2007); Holm, "A Simple Sequentially Rejective Multiple Test Procedure" (Scand. J. Statist. 1979).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from corpus.errors import AskpostError
from eval.kept import KeptAnswer, KeptRun
from eval.metrics.bootstrap import SEED, interval
from eval.scoring import MEANS, question_values

LEVEL = 0.05
RESAMPLES = 9_999

Direction = Literal["better", "worse", "other"]


class NotComparableError(AskpostError):
    """Two runs whose figures say nothing of each other."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class MeasureChange:
    """A measure over the questions that both runs have a value of: means, difference, 95 % interval, p."""

    measure: str
    count: int
    before: float
    after: float
    low: float
    high: float
    p: float

    @property
    def difference(self) -> float:
        """How much higher the mean is than before."""
        return self.after - self.before

    @property
    def real(self) -> bool:
        """Whether it is more than noise, all measures considered."""
        return self.p < LEVEL

    @property
    def words(self) -> str:
        """What that means."""
        if self.low == self.high == 0.0:
            return "no question changed"
        if not self.real:
            return "within noise"
        return "better, more than noise" if self.difference > 0 else "worse, more than noise"


@dataclass(frozen=True, slots=True)
class QuestionChange:
    """A question that the runs answered differently."""

    before: KeptAnswer
    after: KeptAnswer

    @property
    def direction(self) -> Direction:
        """Whether that made it right or wrong."""
        if self.before.right == self.after.right:
            return "other"
        return "better" if self.after.right else "worse"


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changed from one run to the other, ``count`` questions considered."""

    before: KeptRun
    after: KeptRun
    count: int
    measures: tuple[MeasureChange, ...]
    questions: tuple[QuestionChange, ...]

    def of(self, direction: Direction) -> list[QuestionChange]:
        """The questions that changed in a direction."""
        return [change for change in self.questions if change.direction == direction]


def compare_runs(before: KeptRun, after: KeptRun) -> Comparison:
    """Compare two runs question by question.

    Raises:
        NotComparableError: they are of different sets or splits.
    """
    for what, one, other in (("set", before.sha256, after.sha256), ("split", before.split, after.split)):
        if one != other:
            raise NotComparableError(
                f"The runs are of different {what}s ({one[:12]} and {other[:12]}): their figures must not be compared. "
                "Run both on the same questions."
            )
    asked, again = before.by_id(), after.by_id()
    both = [id_ for id_ in asked if id_ in again]
    return Comparison(
        before,
        after,
        len(both),
        tuple(_holm(list(_measures([asked[i] for i in both], [again[i] for i in both])))),
        tuple(QuestionChange(asked[i], again[i]) for i in both if _said(asked[i]) != _said(again[i])),
    )


def _said(answer: KeptAnswer) -> tuple[object, ...]:
    """What a person sees of an answer."""
    response = answer.outcome.response
    return response.abstained, response.verdict, tuple((span.source, span.quote) for span in response.citations)


def _measures(before: Sequence[KeptAnswer], after: Sequence[KeptAnswer]) -> Iterator[MeasureChange]:
    for name in MEANS:
        one = question_values([answer.outcome for answer in before], name)
        other = question_values([answer.outcome for answer in after], name)
        if change := _change(name, one, other):
            yield change


def _change(name: str, one: Mapping[str, float], other: Mapping[str, float]) -> MeasureChange | None:
    pairs = np.array([(one[id_], other[id_]) for id_ in one if id_ in other], dtype=float)
    if not len(pairs):
        return None
    ends = interval(list(pairs[:, 1] - pairs[:, 0]))
    assert ends is not None  # noqa: S101 - there are pairs
    means = pairs.mean(axis=0)
    return MeasureChange(name, len(pairs), float(means[0]), float(means[1]), *ends, _p_value(pairs))


def _p_value(pairs: NDArray[np.float64]) -> float:
    """How often chance alone makes so large a difference, either way."""
    from scipy import stats

    deltas = pairs[:, 1] - pairs[:, 0]
    changed = deltas[deltas != 0]  # the others are the same either way
    if len(changed) < 2:  # chance alone would do as much
        return 1.0
    if set(np.unique(pairs)) <= {0.0, 1.0}:
        return float(stats.binomtest(int((changed > 0).sum()), len(changed)).pvalue)
    found = stats.permutation_test(
        (changed,), np.mean, permutation_type="samples", vectorized=True, n_resamples=RESAMPLES, rng=SEED
    )
    return float(found.pvalue)


def _holm(changes: Sequence[MeasureChange]) -> list[MeasureChange]:
    """The changes with their p-values raised, so that a difference by chance in any of them is as rare as in one."""
    raised: dict[str, float] = {}
    highest = 0.0
    for place, change in enumerate(sorted(changes, key=lambda change: change.p)):
        highest = max(highest, min(1.0, change.p * (len(changes) - place)))
        raised[change.measure] = highest
    return [replace(change, p=raised[change.measure]) for change in changes]
