"""What all systems have in common that quote the units they rank first: no reader, no history, no verdict."""

import time
from abc import ABC, abstractmethod
from collections.abc import Sequence

from eval.questions import Question
from eval.spans import Span
from eval.systems.base import RANKED, Response, ranked

__all__ = ["CITED", "NOTHING_FOUND", "RANKED", "RankingSystem"]

CITED = 3
NOTHING_FOUND = -1.0  # a confidence below every score


class RankingSystem(ABC):
    """Quotes the first units of its ranking, as sure as the first one's score says."""

    name: str
    probabilistic = False

    def __init__(self, units: Sequence[Span]) -> None:
        self._units = tuple(units)

    @abstractmethod
    def search(self, question: str, limit: int) -> list[tuple[Span, float]]:
        """The best units with their scores."""

    def units(self) -> Sequence[Span]:
        """All that it ranks."""
        return self._units

    def respond(self, question: Question) -> Response:
        """The first units as quotes."""
        started = time.perf_counter()
        found = self.search(question.question, ranked(question))
        elapsed = (time.perf_counter() - started) * 1000
        ranking = tuple(unit for unit, _ in found)
        return Response(
            citations=ranking[:CITED],
            verdict=None,
            abstained=not found,
            confidence=found[0][1] if found else NOTHING_FOUND,
            best=next(iter(ranking), None),
            ranking=ranking,
            elapsed_ms=elapsed,
        )

    def close(self) -> None:  # noqa: B027 - most hold nothing
        """Release what it holds."""
