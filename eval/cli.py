"""The command `askpost eval`: run the evaluation, print it, keep it, and fail below the gate's floors."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from corpus import BUNDLED
from eval.alone import run_alone
from eval.gate import check, load_gate, pin, require
from eval.questions import FIXED_SET, load_questions
from eval.report import Report
from eval.reports.html import page
from eval.reports.markdown import summary
from eval.reports.terminal import print_failures, print_report
from eval.run import evaluate
from eval.systems.registry import ALL, CHAT, DEFAULT, SYSTEMS, chosen
from index.builds import current_build
from index.settings import default_home

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


class Split(StrEnum):
    """Which questions to ask."""

    DEV = "dev"
    TEST = "test"
    ALL = "all"


def main(arguments: list[str]) -> None:
    """Run the command with the arguments after `askpost eval`."""
    app(arguments, prog_name="askpost eval")


@app.command(context_settings={"help_option_names": ["-h", "--help"]})
def run(
    split: Annotated[
        Split, typer.Option(help="Which questions to ask: dev is for tuning, test for reporting.")
    ] = Split.TEST,
    set_path: Annotated[
        Path, typer.Option("--set", help="A question set (JSON lines); the fixed one if not given.", show_default=False)
    ] = FIXED_SET,
    corpus: Annotated[
        Path | None,
        typer.Option(help="The set's folder of documents; the bundled post if not given.", show_default=False),
    ] = None,
    index: Annotated[
        Path | None, typer.Option("--index", help="The index home; the corpus's own if not given.", show_default=False)
    ] = None,
    json_path: Annotated[
        Path | None, typer.Option("--json", help="Write the whole report to this file.", show_default=False)
    ] = None,
    markdown: Annotated[
        Path | None, typer.Option(help="Write tables for a pull request to this file.", show_default=False)
    ] = None,
    html: Annotated[
        Path | None,
        typer.Option(help="Write a page with plots and every answer to this file.", show_default=False),
    ] = None,
    systems: Annotated[
        list[str],
        typer.Option(
            "--system",
            "--systems",
            metavar="NAME",
            help="A system to run, the first compared with each of the others; may be given again. "
            f"One of: {', '.join(SYSTEMS)}, {CHAT}PROVIDER:MODEL, or {ALL}.",
        ),
    ] = list(DEFAULT),  # noqa: B006 - typer reads it and changes nothing
    failures: Annotated[bool, typer.Option("--failures", help="List every question that went wrong.")] = False,
    gate: Annotated[bool, typer.Option(help="Exit 1 when a figure of the fixed set is below its floor.")] = True,
    pin_floors: Annotated[
        bool, typer.Option("--pin", help="Write this run's figures as the gate's floors; none may get worse.")
    ] = False,
    lower: Annotated[bool, typer.Option("--lower", help="Let --pin make a floor worse.")] = False,
) -> None:
    """Score askpost on a question set, beside a naive pipeline, by type and overall.

    Exits 1 when the fixed set's figures fall below the floors pinned in eval/gate.toml. Everything is
    judged against gold quotes, without any model.
    """
    home = index or default_home(corpus or BUNDLED)
    current_build(home)  # a missing index is said before anything is loaded
    names = chosen(systems)
    gated = gate and set_path == FIXED_SET and not pin_floors and names[0] == DEFAULT[0]
    if gated:
        require(load_gate(), load_questions(set_path).sha256, split.value)
    with _progress() as progress:
        report = evaluate(
            set_path,
            split.value,
            corpus=corpus or BUNDLED,
            home=home,
            systems=names,
            runner=run_alone,
            progress=progress,
        )
    console = Console(highlight=False)
    print_report(report, console)
    if failures:
        print_failures(report, console)
    _keep(report, json_path, home)
    if markdown:
        markdown.write_text(summary(report.to_json()), encoding="utf-8")
    if html:
        html.write_text(page(report.to_json()), encoding="utf-8")
    if pin_floors:
        pin(report, lower=lower)
        console.print("The gate's floors are now this run's figures.")
    elif gated and (fallen := check(report, load_gate())):
        for failure in fallen:
            console.print(f"[bold red]below the gate[/]: {failure}")
        raise typer.Exit(1)
    elif gated:
        console.print("[green]Above every floor of the gate.[/]")


def _keep(report: Report, json_path: Path | None, home: Path) -> None:
    """Write the report where asked, and always among the index home's evaluations, where the chat shows them."""
    text = json.dumps(report.to_json(), ensure_ascii=False, indent=1)
    kept = home / "evaluations"
    try:
        kept.mkdir(exist_ok=True)
        (kept / f"{report.created.replace(':', '')}-{report.split}.json").write_text(text, encoding="utf-8")
    except OSError:
        typer.echo(f"askpost eval: {kept} cannot be written, so the run is not kept.", err=True)
    if json_path:
        json_path.write_text(text, encoding="utf-8")


@contextmanager
def _progress() -> Iterator[Callable[[str, int, int], None]]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as display:
        tasks: dict[str, TaskID] = {}

        def report(name: str, done: int, total: int) -> None:
            if name not in tasks:
                tasks[name] = display.add_task(name, total=total)
            display.update(tasks[name], completed=done)

        yield report
