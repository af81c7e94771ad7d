"""What an adapter offers, so that every system is asked and scored in the same way."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from app.contract import VerdictValue
from eval.questions import Question
from eval.spans import Span

RANKED = 10
DOCUMENTS_FROM = 100  # units, so that they are of some ten documents


def ranked(question: Question) -> int:
    """How many units a system ranks for a question: more where documents were judged, each of many units."""
    return DOCUMENTS_FROM if question.relevant else RANKED


@dataclass(frozen=True, slots=True)
class Response:
    """What a system says to a question.

    ``best`` is what it would quote first if it had to answer, also where it abstains. ``ranking``
    are the units it retrieved, best first, before any reading. ``confidence`` orders its answers.
    """

    citations: tuple[Span, ...]
    verdict: VerdictValue | None
    abstained: bool
    confidence: float
    best: Span | None
    ranking: tuple[Span, ...]
    elapsed_ms: float


class System(Protocol):
    """A system under test."""

    @property
    def name(self) -> str:
        """The name in reports."""

    @property
    def probabilistic(self) -> bool:
        """Whether its confidence is meant as a probability, so that calibration can be asked of it."""

    def units(self) -> Sequence[Span]:
        """All that it can retrieve."""

    def respond(self, question: Question) -> Response:
        """Answer a question, with its history if it has one."""

    def close(self) -> None:
        """Release what it holds."""
