"""What comes out of `understand`."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Understood:
    """A question made ready for retrieval.

    `question` is what to retrieve with; `understood_as` repeats it when a follow-up was
    rewritten, and is None otherwise; `corrections` pairs each word as typed with what it
    was read as, in the order of the question.
    """

    question: str
    understood_as: str | None = None
    corrections: tuple[tuple[str, str], ...] = ()
