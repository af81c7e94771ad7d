"""Read a run that was kept: what `eval.report` wrote as JSON, as outcomes that can be scored again."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.contract import Turn
from corpus.errors import AskpostError
from eval.questions import Judgement, Question
from eval.report import SCHEMA_VERSION
from eval.scoring import Outcome
from eval.spans import Span
from eval.systems import Response


class KeptRunError(AskpostError):
    """The file is no run that was kept, or not one that this version reads."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """What a system said to a question, and whether it was judged right (None: not judged)."""

    outcome: Outcome
    right: bool | None

    @property
    def id(self) -> str:
        """The question's id."""
        return self.outcome.question.id


@dataclass(frozen=True, slots=True)
class KeptRun:
    """One system's part of a run."""

    path: Path
    set_name: str
    sha256: str
    split: str
    created: str
    build: str
    system: str
    answers: tuple[KeptAnswer, ...]

    def by_id(self) -> dict[str, KeptAnswer]:
        """The answers by the question's id."""
        return {answer.id: answer for answer in self.answers}


def read_run(path: Path, system: str | None = None) -> KeptRun:
    """A system's part of a kept run, by default the first system's.

    Raises:
        KeptRunError: the file is no such run, or has no such system.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        version = int(data.get("schema_version", 1))
        if version > SCHEMA_VERSION:
            raise ValueError(f"its schema version is {version}, this askpost knows {SCHEMA_VERSION}")
        systems = {str(each["name"]): each for each in data["systems"]}
        name = system or next(iter(systems))
        if name not in systems:
            raise ValueError(f"it has no system {name!r}, only: {', '.join(systems)}")
        return KeptRun(
            path,
            str(data["set"]["name"]),
            str(data["set"]["sha256"]),
            str(data["set"]["split"]),
            str(data["created"]),
            str(data["build"]),
            name,
            tuple(_answer(row) for row in systems[name]["questions"]),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError, StopIteration) as error:
        reason = f"{error} is missing" if isinstance(error, KeyError) else str(error)
        raise KeptRunError(
            f"{path} cannot be read as a kept run: {reason}. Write one with: askpost eval --json FILE"
        ) from error


def _answer(row: dict[str, Any]) -> KeptAnswer:
    question = Question(
        id=str(row["id"]),
        question=str(row.get("question", "")),
        gold=tuple(Span(str(gold["source"]), str(gold["quote"])) for gold in row["gold"]),
        type=str(row["type"]),
        history=tuple(Turn(str(turn["question"]), str(turn["answer"])) for turn in row.get("history", ())),
        verdict=row["expected_verdict"],
        exact=row.get("exact"),
        relevant=tuple(Judgement(str(each["source"]), int(each["grade"])) for each in row.get("relevant", ())),
    )
    citations = tuple(Span(c["source"], c["quote"], int(c["start"]), int(c["end"])) for c in row["citations"])
    response = Response(
        citations=citations,
        verdict=row["verdict"],
        abstained=bool(row["abstained"]),
        confidence=float(row["confidence"]),
        best=next(iter(citations), None),  # where it abstained, a kept run does not say
        ranking=(),
        elapsed_ms=0.0,
    )
    retrieval = {str(name): float(value) for name, value in row.get("retrieval", {}).items()}
    return KeptAnswer(Outcome(question, response, retrieval), row["right"])
