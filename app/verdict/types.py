"""What the judge is given and what it returns."""

from dataclasses import dataclass
from typing import Literal

Value = Literal["yes", "no"]


@dataclass(frozen=True)
class Evidence:
    """One sentence of a source, with what is needed to read it on its own.

    `subject` is the heading or title that a leading "it", "this" or "they" points to;
    `before` is the sentence just before, which may be the question that `text` answers.
    """

    text: str
    subject: str = ""
    before: str = ""


@dataclass(frozen=True)
class Verdict:
    """Yes, no, or None where the evidence does not settle the question."""

    value: Value | None
    reason: str
    confidence: float
