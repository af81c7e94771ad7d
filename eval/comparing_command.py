"""`askpost eval compare`: what changed from one kept run to another, for people and as JSON."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from eval.comparing import Comparison, MeasureChange, QuestionChange, compare_runs
from eval.kept import KeptAnswer, read_run
from eval.scoring import MEASURES

_TITLES = {"worse": "[bold red]Right before, not now[/]", "better": "[bold green]Right now, not before[/]"}


def register(app: typer.Typer) -> None:
    """Add `compare`."""
    app.command()(compare)


def compare(
    before: Annotated[Path, typer.Argument(help="A kept run (--json, or those in the index home's evaluations).")],
    after: Annotated[Path, typer.Argument(help="Another on the same set and split.")],
    system: Annotated[
        str | None, typer.Option(help="The system to compare; each run's first if not given.", show_default=False)
    ] = None,
    every: Annotated[
        bool, typer.Option("--all", help="Also list the questions whose answer changed, but not whether it is right.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the comparison as JSON.")] = False,
) -> None:
    """Say what changed between two runs, question by question, and whether it is more than noise."""
    found = compare_runs(read_run(before, system), read_run(after, system))
    if as_json:
        typer.echo(json.dumps(comparison_json(found), ensure_ascii=False, indent=1))
    else:
        print_comparison(found, Console(highlight=False), every=every)


def print_comparison(found: Comparison, console: Console, *, every: bool = False) -> None:
    """A table of measures, then the questions that got worse and better, and what it comes to."""
    console.print(_table(found.measures))
    shown = {**_TITLES, **({"other": "[bold]Another answer, no more right or wrong[/]"} if every else {})}
    for direction, title in shown.items():
        changes = [change for change in found.questions if change.direction == direction]
        if changes:
            console.print(f"\n{title}: {len(changes)}")
        for change in changes:
            console.print("\n".join(_lines(change)))
    console.print(f"\n{escape(summary(found))}")
    runs = (f"{escape(str(run.path))} ({run.system}, build {run.build})" for run in (found.before, found.after))
    console.print(f"[dim]{found.before.set_name}, {found.before.split}: {' → '.join(runs)}[/dim]", soft_wrap=True)


def summary(found: Comparison) -> str:
    """What the comparison comes to, in words."""
    if not found.questions and all(change.before == change.after for change in found.measures):
        return f"Nothing changed: {found.count} questions, the same answers."
    real = [change for change in found.measures if change.real]
    better, worse, other = (len(found.of(direction)) for direction in ("better", "worse", "other"))
    changed = (
        f"Of {found.count} questions, {better} became right, {worse} became wrong, "
        f"and {other} changed without becoming either."
    )
    if not real:
        return f"{changed} All of it is within noise."
    names = ", ".join(f"{MEASURES[c.measure].label} {'up' if c.difference > 0 else 'down'}" for c in real)
    return f"{changed} More than noise: {names}."


def comparison_json(found: Comparison) -> dict[str, Any]:
    """Plain data."""
    return {
        "set": {"name": found.before.set_name, "sha256": found.before.sha256, "split": found.before.split},
        "runs": [
            {"file": str(run.path), "system": run.system, "build": run.build, "created": run.created}
            for run in (found.before, found.after)
        ],
        "count": found.count,
        "measures": [
            {**asdict(change), "difference": change.difference, "real": change.real, "words": change.words}
            for change in found.measures
        ],
        "questions": [
            {"id": change.before.id, "direction": change.direction, "before": _json(change.before),
             "after": _json(change.after)}
            for change in found.questions
        ],
        "summary": summary(found),
    }  # fmt: skip


def _json(answer: KeptAnswer) -> dict[str, Any]:
    return {"right": answer.right, "said": _said(answer), "confidence": answer.outcome.response.confidence}


def _table(changes: Sequence[MeasureChange]) -> Table:
    table = Table(box=None, padding=(0, 1))
    table.add_column("measure", no_wrap=True)
    for heading in ("n", "before", "after", "difference", "95 %", "p"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("")
    for change in changes:
        style = ("green" if change.difference > 0 else "red") if change.real else "dim"
        table.add_row(
            MEASURES[change.measure].label,
            str(change.count),
            f"{change.before:.3f}",
            f"{change.after:.3f}",
            f"{change.difference:+.3f}",
            f"{change.low:+.3f}…{change.high:+.3f}",
            f"{change.p:.3f}",
            f"[{style}]{change.words}[/{style}]",
        )
    return table


def _lines(change: QuestionChange) -> Iterator[str]:
    question = change.before.outcome.question
    yield f"  [bold]{escape(question.id)}[/] ({escape(question.type)}) {escape(question.question)}"
    yield f"    [dim]before[/] {escape(_said(change.before))}"
    yield f"    [dim]now[/]    {escape(_said(change.after))}"


def _said(answer: KeptAnswer) -> str:
    response = answer.outcome.response
    if not response.citations:
        return "abstained" if response.abstained else "nothing"
    first = response.citations[0]
    return f"{response.verdict or ''} [{first.source}] {first.quote}".strip()
