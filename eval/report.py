"""Reports: what a run found, as data, as JSON, and as tables for a terminal."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from eval.metrics.calibration import reliability
from eval.metrics.selective import risk_coverage
from eval.scoring import MEASURES, Outcome, Scores, would_be_right

SCHEMA_VERSION = 1
BY_TYPE = ("accuracy", "hit_1", "hit_3", "f1", "verdict_accuracy", "abstention_recall", "ndcg_10")
_WHOLE = {"quote_chars": "{:.0f}", "median_ms": "{:.1f}"}


@dataclass(frozen=True, slots=True)
class SystemReport:
    """The scores of one system."""

    name: str
    overall: Scores
    by_type: dict[str, Scores]
    outcomes: tuple[Outcome, ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class Difference:
    """A mean difference with its paired 95 % interval; real where that excludes 0."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Report:
    """A run: the set and split, and its systems, askpost first. ``differences`` are to the second."""

    set_name: str
    sha256: str
    split: str
    created: str
    build: str
    systems: tuple[SystemReport, ...]
    differences: dict[str, Difference]

    @property
    def ours(self) -> SystemReport:
        """The first system."""
        return self.systems[0]

    def to_json(self) -> dict[str, Any]:
        """Plain data, with every question's outcome; stable within a schema version."""
        return {
            "schema": SCHEMA_VERSION,
            "set": {"name": self.set_name, "sha256": self.sha256, "split": self.split},
            "created": self.created,
            "build": self.build,
            "systems": [_system_json(system) for system in self.systems],
            "differences": {name: asdict(difference) for name, difference in self.differences.items()},
        }


def _system_json(system: SystemReport) -> dict[str, Any]:
    confidence = [o.response.confidence for o in system.outcomes]
    right = [would_be_right(o) for o in system.outcomes]
    calibrated = system.overall.values["ece"] is not None
    return {
        "name": system.name,
        "seconds": round(system.seconds, 3),
        "overall": asdict(system.overall),
        "by_type": {type_: asdict(scores) for type_, scores in system.by_type.items()},
        "risk_coverage": risk_coverage(confidence, right),
        "reliability": [asdict(each) for each in reliability(confidence, right)] if calibrated else [],
        "questions": [_outcome_json(outcome) for outcome in system.outcomes],
    }


def _outcome_json(outcome: Outcome) -> dict[str, Any]:
    question, response = outcome.question, outcome.response
    return {
        "id": question.id,
        "type": question.type,
        "question": question.question,
        "history": [asdict(turn) for turn in question.history],
        "gold": [{"source": gold.source, "quote": gold.quote} for gold in question.gold],
        "right": is_right(outcome),
        "expected_verdict": question.verdict,
        "verdict": response.verdict,
        "abstained": response.abstained,
        "confidence": response.confidence,
        "citations": [asdict(citation) for citation in response.citations],
        "retrieval": dict(outcome.retrieval),
    }


def is_right(outcome: Outcome) -> bool:
    """Whether the evidence is right, and the verdict where one is expected."""
    if not outcome.question.answerable:
        return outcome.response.abstained
    evidence = not outcome.response.abstained and would_be_right(outcome)
    return evidence and outcome.question.verdict in (None, outcome.response.verdict)


def print_report(report: Report, console: Console) -> None:
    """Two tables: by type, and every measure overall."""
    console.print(_by_type(report))
    console.print(_overall(report))
    others = ", ".join(system.name for system in report.systems[1:])
    count = report.ours.overall.count
    note = f"{report.set_name}, {report.split}: {count} questions, sha256 {report.sha256[:12]}; build {report.build}."
    if others:
        note += f" Second figures: {others}."
    console.print(f"[dim]{escape(note)} Brackets: 95 % bootstrap intervals.[/dim]")


def _by_type(report: Report) -> Table:
    table = Table(title="By type", title_justify="left", box=None, padding=(0, 1))
    table.add_column("type")
    table.add_column("n", justify="right")
    for name in BY_TYPE:
        table.add_column(MEASURES[name].label, justify="right", no_wrap=True)
    for type_ in report.ours.by_type:
        table.add_row(*_type_row(type_, [system.by_type[type_] for system in report.systems]))
    table.add_section()
    table.add_row(*_type_row("all", [system.overall for system in report.systems]), style="bold")
    return table


def _type_row(type_: str, scores: Sequence[Scores]) -> list[str]:
    cells = (" · ".join(_cell(name, each.values[name], dots="–") for each in scores) for name in BY_TYPE)
    return [escape(type_), str(scores[0].count), *(cell if cell.strip("– ·") else "" for cell in cells)]


def _overall(report: Report) -> Table:
    table = Table(title="Overall", title_justify="left", box=None, padding=(0, 1))
    table.add_column("measure", no_wrap=True)
    for system in report.systems:
        table.add_column(escape(system.name), justify="right", no_wrap=True)
    if report.differences:
        table.add_column("difference", justify="right", no_wrap=True)
    table.add_column("", style="dim")
    for name, measure in MEASURES.items():
        cells = [_with_interval(name, system.overall) for system in report.systems]
        if report.differences:
            cells.append(_difference(report.differences.get(name)))
        meaning = measure.meaning + ("; lower is better" if measure.better == "lower" else "")
        table.add_row(measure.label, *cells, meaning)
    return table


def _cell(name: str, value: float | None, dots: str = "–") -> str:
    return dots if value is None else _WHOLE.get(name, "{:.2f}").format(value)


def _with_interval(name: str, scores: Scores) -> str:
    cell = _cell(name, scores.values[name])
    ends = scores.intervals.get(name)
    return f"{cell} [dim]{ends[0]:.2f}–{ends[1]:.2f}[/dim]" if ends else cell


def _difference(difference: Difference | None) -> str:
    if difference is None:
        return ""
    real = difference.low > 0 or difference.high < 0
    style = ("green" if difference.mean > 0 else "red") if real else "dim"
    return f"[{style}]{difference.mean:+.2f} {difference.low:+.2f}…{difference.high:+.2f}[/{style}]"


def print_failures(report: Report, console: Console) -> None:
    """Each question that askpost got wrong: what was expected, and what it said."""
    wrong = [outcome for outcome in report.ours.outcomes if not is_right(outcome)]
    console.print(f"\n[bold]{len(wrong)} of {report.ours.overall.count} not right[/bold]")
    for outcome in wrong:
        question, response = outcome.question, outcome.response
        console.print(f"\n[bold]{escape(question.id)}[/bold] ({escape(question.type)}) {escape(question.question)}")
        gold = question.gold[0] if question.gold else None
        expected = f"{question.verdict or ''} [{gold.source}] {gold.quote}" if gold else "nothing: no source answers"
        best = response.citations[0] if response.citations else None
        said = f"{response.verdict or ''} [{best.source}] {best.quote}" if best else "abstained"
        console.print(f"  [green]expected[/green] {escape(expected.strip())}")
        console.print(f"  [red]said[/red]     {escape(said.strip())} [dim]({response.confidence:.2f})[/dim]")
