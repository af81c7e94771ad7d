"""The reports that `askpost eval` keeps, read back: the app knows their JSON, not the evaluation."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = "evaluations"
JOB = "evaluation"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of a report, with what was expected and what was got, in words.

    ``known`` is whether the report holds its text; without it, ``text`` is its id. ``before`` are the
    questions that a follow-up follows.
    """

    id: str
    type: str
    text: str
    known: bool
    right: bool
    expected: str
    got: str
    before: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class System:
    """A system's figures: overall and by type (a measure without a value is None), and its questions."""

    name: str
    overall: dict[str, float | None]
    by_type: dict[str, dict[str, float | None]]
    risk_coverage: list[tuple[float, float]]
    questions: list[Asked]


@dataclass(frozen=True, slots=True)
class Report:
    """A run of the evaluation; the first system is askpost."""

    set_name: str
    split: str
    created: str
    build: str
    systems: list[System]


def arguments(home: Path, corpus: Path | None) -> list[str]:
    """The arguments for Python that run the evaluation, which keeps its report in the home."""
    named = ["--corpus", str(corpus)] if corpus else []
    command = "import sys; from app.cli import main; sys.exit(main())"
    return ["-c", command, "eval", "--index", str(home), *named, "--json-progress"]


def latest_report(folder: Path) -> Report | None:
    """The newest report that can be read."""
    reports = []
    for path in folder.glob("*.json"):
        try:
            reports.append(read_report(json.loads(path.read_text(encoding="utf-8"))))
        except (OSError, ValueError, KeyError, TypeError, IndexError):
            continue  # one that is being written, or another version's
    return max(reports, key=lambda report: report.created, default=None)


def read_report(data: dict[str, Any]) -> Report:
    """A report from its JSON."""
    systems = [_system(system) for system in data["systems"]]
    if not systems:
        raise ValueError("no system")
    return Report(
        str(data["set"]["name"]), str(data["set"]["split"]), str(data["created"]), str(data["build"]), systems
    )


def _system(data: dict[str, Any]) -> System:
    return System(
        name=str(data["name"]),
        overall=data["overall"]["values"],
        by_type={type_: scores["values"] for type_, scores in data["by_type"].items()},
        risk_coverage=[(float(coverage), float(risk)) for coverage, risk in data["risk_coverage"]],
        questions=[_asked(question) for question in data["questions"]],
    )


def _asked(data: dict[str, Any]) -> Asked:
    text = data.get("question")
    return Asked(
        id=str(data["id"]),
        type=str(data["type"]),
        text=str(text or data["id"]),
        known=bool(text),
        right=bool(data["right"]),
        expected=_expected(data),
        got=_got(data),
        before=tuple(str(turn["question"]) for turn in data.get("history", ())),
    )


def _expected(data: dict[str, Any]) -> str:
    gold = data.get("gold")
    parts = [f"{data['expected_verdict']}."] if data.get("expected_verdict") else []
    if gold:
        parts.append(" or ".join(f"“{each['quote']}”" for each in gold))
    elif gold is not None:
        parts.append("no answer")
    return " ".join(parts) or "not recorded"


def _got(data: dict[str, Any]) -> str:
    if data["abstained"]:
        return "no answer"
    verdict = f"{data['verdict']}. " if data.get("verdict") else ""
    return verdict + (f"“{data['citations'][0]['quote']}”" if data.get("citations") else "nothing")
