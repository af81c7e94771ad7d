"""Question sets: JSON lines, one question a line, checked as they are read.

    {"id", "question", "gold": [{"source", "quote"}], "split"?, "type"?, "history"?: [{"question", "answer"}],
     "verdict"?: "yes"|"no"|null, "exact"?}

Any one of the gold quotes answers; none means that no source does. Other keys are passed over.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from app.contract import Turn, VerdictValue
from corpus.errors import AskpostError
from eval.spans import Span, squash

FIXED_SET = Path(__file__).parent / "sets" / "post" / "questions.jsonl"

SplitChoice = Literal["dev", "test", "all"]


class QuestionSetError(AskpostError):
    """The question set cannot be read, or is not what it should be."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Question:
    """A question with what answers it; without gold it should be abstained from."""

    id: str
    question: str
    gold: tuple[Span, ...]
    split: str = "test"
    type: str = "span"
    history: tuple[Turn, ...] = ()
    verdict: VerdictValue | None = None
    exact: str | None = None

    @property
    def answerable(self) -> bool:
        """Whether any source answers it."""
        return bool(self.gold)


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """The questions of a file, and the sha256 of its bytes."""

    path: Path
    sha256: str
    questions: tuple[Question, ...]

    def of(self, split: SplitChoice) -> tuple[Question, ...]:
        """The questions of a split, in the file's order.

        Raises:
            QuestionSetError: there are none.
        """
        chosen = tuple(q for q in self.questions if split in ("all", q.split))
        if not chosen:
            has = ", ".join(sorted({q.split for q in self.questions}))
            raise QuestionSetError(
                f"{self.path} has no question in the split {split!r}; it has: {has}. Use --split all."
            )
        return chosen


def load_questions(path: Path = FIXED_SET) -> QuestionSet:
    """Read a question set.

    Raises:
        QuestionSetError: the file cannot be read, a line is malformed, or an id occurs twice.
    """
    try:
        data = path.read_bytes()
        lines = data.decode("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise QuestionSetError(f"{path} cannot be read ({error}); give --set a file of JSON lines.") from error
    questions: dict[str, Question] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            question = _question(json.loads(line))
            if question.id in questions:
                raise ValueError(f"the id {question.id!r} occurs a second time")
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            reason = f"{error} is missing" if isinstance(error, KeyError) else str(error)
            raise QuestionSetError(f"{path}, line {number}: {reason}.") from error
        questions[question.id] = question
    if not questions:
        raise QuestionSetError(f"{path} holds no question.")
    return QuestionSet(path, hashlib.sha256(data).hexdigest(), tuple(questions.values()))


def missing_gold(questions: Sequence[Question], texts: Mapping[str, str]) -> list[tuple[str, Span]]:
    """Gold quotes that their source's text does not hold, with the question's id."""
    plain = {source: squash(text) for source, text in texts.items()}
    return [(q.id, gold) for q in questions for gold in q.gold if squash(gold.quote) not in plain.get(gold.source, "")]


def _question(row: dict[str, Any]) -> Question:
    if not isinstance(row, dict):
        raise TypeError("not a JSON object")
    question = Question(
        id=_text(row["id"], "id"),
        question=_text(row["question"], "question"),
        gold=tuple(Span(_text(g["source"], "source"), _text(g["quote"], "quote")) for g in row["gold"]),
        split=_text(row.get("split", "test"), "split"),
        type=_text(row.get("type", "span"), "type"),
        history=tuple(
            Turn(_text(turn["question"], "question"), _text(turn["answer"], "answer"))
            for turn in row.get("history") or ()
        ),
        verdict=row.get("verdict"),
        exact=row.get("exact"),
    )
    if question.verdict not in ("yes", "no", None):
        raise ValueError(f"the verdict is {question.verdict!r}; use yes, no or null")
    if question.verdict and not question.gold:
        raise ValueError("it has a verdict but no gold quote")
    if question.exact is not None and (not question.gold or question.exact not in question.gold[0].quote):
        raise ValueError("the exact words are not in the first gold quote")
    return question


def _text(value: object, name: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{name} is {value!r}; use a text that is not empty")
    return value
