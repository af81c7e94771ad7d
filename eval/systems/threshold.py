"""Abstention for systems that have none: a threshold on their confidence, fitted on the dev split.

Tutorials leave it out; the systems beside askpost get it here to be fair. It is the threshold with most
right answers on dev, a hit of the best quote or a due abstention; without dev questions they never abstain.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from eval.metrics.quotes import hit_at
from eval.questions import Question
from eval.spans import Span
from eval.systems.base import Response, System

NEVER = float("-inf")  # a threshold that no confidence is below

Pair = tuple[Question, Response]


class Thresholded:
    """A system that always answers, made to abstain below a threshold; fitted on ``dev``."""

    def __init__(self, system: System, dev: Sequence[Question] = ()) -> None:
        self._system = system
        self.threshold = best_threshold([(question, system.respond(question)) for question in dev])

    @property
    def name(self) -> str:
        """The system's, and that it never abstains where no threshold helps."""
        return self._system.name if self.threshold > NEVER else f"{self._system.name} (never abstains)"

    @property
    def probabilistic(self) -> bool:
        """As the system's."""
        return self._system.probabilistic

    def units(self) -> Sequence[Span]:
        """As the system's."""
        return self._system.units()

    def respond(self, question: Question) -> Response:
        """What the system says, or nothing below the threshold."""
        response = self._system.respond(question)
        if response.confidence >= self.threshold:
            return response
        return replace(response, citations=(), verdict=None, abstained=True)

    def close(self) -> None:
        """As the system's."""
        self._system.close()


def best_threshold(pairs: Sequence[Pair]) -> float:
    """The threshold with most right answers; the lowest of equals."""
    if not pairs:
        return NEVER
    tops = sorted({response.confidence for _, response in pairs})
    between = [(low + high) / 2 for low, high in pairwise(tops)]
    return max([NEVER, *between, tops[-1] + 1.0], key=lambda threshold: _right(pairs, threshold))


def _right(pairs: Sequence[Pair], threshold: float) -> int:
    return sum(
        response.confidence >= threshold and response.best is not None and hit_at(1, [response.best], question.gold)
        if question.answerable
        else response.confidence < threshold or response.abstained
        for question, response in pairs
    )
