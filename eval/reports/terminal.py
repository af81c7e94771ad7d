"""A report as tables for a terminal, and the list of what went wrong."""

from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from eval.report import Difference, Report, SystemReport, is_right
from eval.reports.figures import figure, megabytes
from eval.scoring import MEASURES, Scores

BY_TYPE = ("accuracy", "hit_1", "hit_3", "f1", "verdict_accuracy", "abstention_recall", "ndcg_10")
BESIDE = {
    "accuracy": "right",
    "hit_1": "hit@1",
    "f1": "F1",
    "citation_precision": "cite P",
    "balanced_accuracy": "abst.",
    "aurc": "AURC",
    "ndcg_10": "nDCG",
    "median_ms": "ms",
}
MOST_COLUMNS = 2  # systems in one table of all measures


def print_report(report: Report, console: Console) -> None:
    """Tables by type and overall, of the first two systems; with more of them, one that has all side by side."""
    console.print(_by_type(report))
    console.print(_overall(report))
    if len(report.systems) > MOST_COLUMNS:
        console.print(_side_by_side(report))
    others = ", ".join(system.name for system in report.systems[1:MOST_COLUMNS])
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
        table.add_row(*_type_row(type_, [system.by_type[type_] for system in _shown(report)]))
    table.add_section()
    table.add_row(*_type_row("all", [system.overall for system in _shown(report)]), style="bold")
    return table


def _shown(report: Report) -> Sequence[SystemReport]:
    return report.systems[:MOST_COLUMNS]


def _side_by_side(report: Report) -> Table:
    table = Table(title="Side by side", title_justify="left", box=None, padding=(0, 1, 0, 0))
    table.add_column("")
    for label in (*BESIDE.values(), "ready s", "MB"):
        table.add_column(label, justify="right", no_wrap=True)
    for system in report.systems:
        cells = [figure(name, system.overall.values[name]) for name in BESIDE]
        cost = system.cost
        table.add_row(escape(system.name), *cells, f"{cost.setup_seconds:.1f}", megabytes(cost.memory_mb))
    return table


def _type_row(type_: str, scores: Sequence[Scores]) -> list[str]:
    cells = (" · ".join(figure(name, each.values[name]) for each in scores) for name in BY_TYPE)
    return [escape(type_), str(scores[0].count), *(cell if cell.strip("– ·") else "" for cell in cells)]


def _overall(report: Report) -> Table:
    table = Table(title="Overall", title_justify="left", box=None, padding=(0, 1))
    table.add_column("measure", no_wrap=True)
    shown = _shown(report)
    differences = report.differences.get(shown[-1].name, {})
    for system in shown:
        table.add_column(escape(system.name), justify="right", no_wrap=True)
    if differences:
        table.add_column("difference", justify="right", no_wrap=True)
    table.add_column("", style="dim")
    for name, measure in MEASURES.items():
        cells = [_with_interval(name, system.overall) for system in shown]
        if differences:
            cells.append(_difference(differences.get(name)))
        meaning = measure.meaning + ("; lower is better" if measure.better == "lower" else "")
        table.add_row(measure.label, *cells, meaning)
    return table


def _with_interval(name: str, scores: Scores) -> str:
    cell = figure(name, scores.values[name])
    ends = scores.intervals.get(name)
    return f"{cell} [dim]{ends[0]:.2f}–{ends[1]:.2f}[/dim]" if ends else cell


def _difference(difference: Difference | None) -> str:
    if difference is None:
        return ""
    style = ("green" if difference.mean > 0 else "red") if difference.real else "dim"
    return f"[{style}]{difference.mean:+.2f} {difference.low:+.2f}…{difference.high:+.2f}[/{style}]"


def print_failures(report: Report, console: Console) -> None:
    """Each question that askpost got wrong: what was expected, and what it said."""
    wrong = [outcome for outcome in report.ours.outcomes if is_right(outcome) is False]
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
