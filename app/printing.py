"""Print answers, builds and sources for people, with rich."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from app.contract import Answer, Citation
from corpus import Source

if TYPE_CHECKING:
    from index.building import BuildReport
    from index.embedding import Progress as BuildProgress

_KINDS = {"post": "the post", "digest": "a digest", "page": "a page"}


def print_answer(answer: Answer, console: Console | None = None) -> None:
    """An answer: verdict, quotes, where each stands, and what was understood."""
    console = console or Console(highlight=False)
    for line in _understanding(answer):
        console.print(Text(line, style="dim"))
    if answer.abstained:
        console.print(Text(answer.answer, style="bold yellow"))
        if answer.suggestions:
            console.print(Text("\nNearest, to read (not an answer):", style="dim"))
        for suggestion in answer.suggestions:
            console.print(Padding(Text(f"{suggestion.quote}  — {suggestion.source_id}", style="dim"), (0, 0, 0, 2)))
        return
    if answer.verdict:
        console.print(Text(answer.verdict.upper(), style="bold green" if answer.verdict == "yes" else "bold red"))
    for citation in answer.citations:
        console.print(Text.assemble((f"[{citation.n}] ", "bold cyan"), f"“{citation.quote}”"))
        console.print(Padding(Text(_place(citation), style="dim"), (0, 0, 1, 4)))
    console.print(
        Text(f"confidence {answer.confidence:.0%} · {answer.elapsed_ms:.0f} ms · build {answer.build}", style="dim")
    )


def _understanding(answer: Answer) -> Iterator[str]:
    if answer.understood_as:
        yield f"understood as: {answer.understood_as}"
    if answer.corrections:
        yield "asking about: " + ", ".join(read_as for _, read_as in answer.corrections)


def _place(citation: Citation) -> str:
    section = f" › {citation.section}" if citation.section else ""
    address = f" · {citation.url}" if citation.url else ""
    place = f"askpost show {citation.source_id} [{citation.start}:{citation.end}]"
    return f"{_KINDS[citation.kind]}: {citation.title}{section}{address}\n{place}"


@contextmanager
def building() -> Iterator["BuildProgress"]:
    """A progress display for `build_index`: gives the function that it reports to."""
    console = Console(stderr=True)
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True) as display:
        task = display.add_task("Reading", total=None)

        def report(stage: str, done: int, total: int) -> None:
            display.update(task, description=escape(stage), completed=done, total=total or None)

        yield report


def print_build(report: "BuildReport", home: Path) -> None:
    """A summary of what a build did."""
    counts = report.manifest.counts
    holds = f"{counts['sources']} sources, {counts['passages']} passages, {counts['sentences']} sentences"
    console = Console(highlight=False)
    if report.changed:
        console.print(
            f"Built {report.manifest.id}: {holds}; {report.embedded} texts embedded, the rest from the cache."
        )
        console.print(
            Text(f"Model {report.manifest.model}, {report.manifest.dimensions} dimensions. Index home: {home}")
        )
    else:
        console.print(f"Nothing changed: {report.manifest.id} is up to date ({holds}).")


def print_sources(sources: Sequence[Source]) -> None:
    """A table of sources."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("id", "kind", "title", "address"):
        table.add_column(heading, overflow="fold")
    for source in sources:
        table.add_row(Text(source.id, style="cyan"), source.kind, Text(source.title), Text(source.url))
    Console(highlight=False).print(table)
