"""Question sets: JSON lines, one question a line, checked as they are read.

    {"id", "question", "gold": [{"source", "quote"}], "split"?, "type"?, "history"?: [{"question", "answer"}],
     "verdict"?: "yes"|"no"|null, "exact"?, "relevant"?: [{"source", "grade"}]}

Any one of the gold quotes answers; none means that no source does, unless whole sources were judged
``relevant`` instead: then retrieval alone is scored. Other keys are passed over.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from app.contract import Turn, VerdictValue
from corpus.errors import AskpostError
from eval.spans import Span, squash
from index.files import write_atomically

FIXED_SET = Path(__file__).parent / "sets" / "post" / "questions.jsonl"

SplitChoice = Literal["dev", "test", "all"]


class QuestionSetError(AskpostError):
    """The question set cannot be read, or is not what it should be."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Judgement:
    """How relevant a whole source was judged to be; 0 is not at all."""

    source: str
    grade: int


@dataclass(frozen=True, slots=True)
class Question:
    """A question with what answers it; without gold or a relevant source it should be abstained from."""

    id: str
    question: str
    gold: tuple[Span, ...]
    split: str = "test"
    type: str = "span"
    history: tuple[Turn, ...] = ()
    verdict: VerdictValue | None = None
    exact: str | None = None
    relevant: tuple[Judgement, ...] = ()

    @property
    def answerable(self) -> bool:
        """Whether any source answers it."""
        return bool(self.gold or self.relevant)

    @property
    def has_quotes(self) -> bool:
        """Whether quotes can be judged: not where only whole sources were."""
        return bool(self.gold) or not self.relevant

    def to_json(self) -> dict[str, Any]:
        """Its row in a set, without what is as it would be anyway."""
        row: dict[str, Any] = {"id": self.id, "split": self.split, "type": self.type, "question": self.question}
        if self.history:
            row["history"] = [{"question": turn.question, "answer": turn.answer} for turn in self.history]
        row["gold"] = [{"source": gold.source, "quote": gold.quote} for gold in self.gold]
        if self.relevant:
            row["relevant"] = [{"source": each.source, "grade": each.grade} for each in self.relevant]
        if self.verdict:
            row["verdict"] = self.verdict
        if self.exact:
            row["exact"] = self.exact
        return row


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


def write_questions(path: Path, questions: Iterable[Question]) -> None:
    """Write a question set, whole or not at all."""
    write_rows(path, (question.to_json() for question in questions))


def write_rows(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    """Write the rows of a question set, whole or not at all."""
    write_atomically(path, "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))


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
            question = read_question(json.loads(line))
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
    """Gold quotes that their source's text does not hold, and relevant sources (with no quote) that are
    not there, with the question's id.
    """
    plain = {source: squash(text) for source, text in texts.items()}
    wanted = [(q.id, gold) for q in questions for gold in q.gold]
    wanted += [(q.id, Span(each.source, "")) for q in questions for each in q.relevant]
    return [(id_, g) for id_, g in wanted if g.source not in plain or squash(g.quote) not in plain[g.source]]


def read_question(row: dict[str, Any]) -> Question:
    """The question of a row.

    Raises:
        ValueError, KeyError, TypeError, AttributeError: the row is not what it should be.
    """
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
        relevant=tuple(Judgement(_text(r["source"], "source"), int(r["grade"])) for r in row.get("relevant") or ()),
    )
    if question.verdict not in ("yes", "no", None):
        raise ValueError(f"the verdict is {question.verdict!r}; use yes, no or null")
    if question.verdict and not question.gold:
        raise ValueError("it has a verdict but no gold quote")
    if question.relevant and (question.gold or not any(each.grade > 0 for each in question.relevant)):
        raise ValueError("it has relevant sources beside gold quotes, or none with a grade above 0")
    if question.exact is not None and (not question.gold or question.exact not in question.gold[0].quote):
        raise ValueError("the exact words are not in the first gold quote")
    return question


def _text(value: object, name: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{name} is {value!r}; use a text that is not empty")
    return value
