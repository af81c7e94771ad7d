"""Verdicts: whether a question asks for yes or no, and which of them the evidence gives."""

from app.verdict.judging import judge
from app.verdict.questions import is_yes_no
from app.verdict.types import Evidence, Verdict

__all__ = ["Evidence", "Verdict", "is_yes_no", "judge"]
