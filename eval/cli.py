"""The command `askpost eval`: run the evaluation, print it, keep it, and fail below the gate's floors.

Its verbs: `new` drafts a question set, `compare` says what changed between two runs, `gate` judges a kept run.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from corpus import BUNDLED
from eval import comparing_command, drafting_command
from eval.alone import run_alone
from eval.gate import Figures, check, load_gate, pin, require
from eval.importers.detecting import detect
from eval.importers.preparing import Dataset, Prepared
from eval.importers.sampling import Limits
from eval.questions import FIXED_SET, load_questions
from eval.report import Report
from eval.reports.html import page
from eval.reports.markdown import summary
from eval.reports.terminal import print_failures, print_report
from eval.run import evaluate
from eval.systems.registry import ALL, CHAT, DEFAULT, PHRASED, SYSTEMS, chosen
from index.builds import current_build
from index.settings import default_home

app = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
comparing_command.register(app)
drafting_command.register(app)


class Split(StrEnum):
    """Which questions to ask."""

    DEV = "dev"
    TEST = "test"
    ALL = "all"


def main(arguments: list[str]) -> None:
    """Run the command with the arguments after `askpost eval`."""
    app(arguments, prog_name="askpost eval")


@app.callback()
def run(
    context: typer.Context,
    split: Annotated[
        Split, typer.Option(help="Which questions to ask: dev is for tuning, test for reporting.")
    ] = Split.TEST,
    set_path: Annotated[
        Path,
        typer.Option(
            "--set",
            help="A question set (JSON lines), or public data: a SQuAD, CLAP NQ or SelQA file, or a BEIR folder. "
            "The fixed set if not given.",
            show_default=False,
        ),
    ] = FIXED_SET,
    corpus: Annotated[
        Path | None,
        typer.Option(
            help="The set's folder of documents. If not given: what public data carries, else the bundled post.",
            show_default=False,
        ),
    ] = None,
    index: Annotated[
        Path | None, typer.Option("--index", help="The index home; the corpus's own if not given.", show_default=False)
    ] = None,
    sample: Annotated[
        int | None, typer.Option(min=1, help="Public data: ask so many questions, drawn at random.", show_default=False)
    ] = None,
    documents: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="Public data: index so many documents: those that the questions need, and others at random.",
            show_default=False,
        ),
    ] = None,
    seed: Annotated[int, typer.Option(help="Public data: the same seed draws the same.")] = 0,
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
            f"One of: {', '.join(SYSTEMS)}, {CHAT}PROVIDER:MODEL, {PHRASED}PROVIDER:MODEL, or {ALL}.",
        ),
    ] = list(DEFAULT),  # noqa: B006 - typer reads it and changes nothing
    failures: Annotated[bool, typer.Option("--failures", help="List every question that went wrong.")] = False,
    gate: Annotated[bool, typer.Option(help="Exit 1 when a figure of the fixed set is below its floor.")] = True,
    pin_floors: Annotated[
        bool, typer.Option("--pin", help="Write this run's figures as the gate's floors; none may get worse.")
    ] = False,
    json_progress: Annotated[
        bool, typer.Option("--json-progress", help="Print progress as JSON lines, for a program that shows it.")
    ] = False,
    lower: Annotated[bool, typer.Option("--lower", help="Let --pin make a floor worse.")] = False,
) -> None:
    """Score askpost on a question set, beside a naive pipeline, by type and overall.

    Exits 1 when the fixed set's figures fall below the floors pinned in eval/gate.toml. Everything is
    judged against gold quotes, without any model.
    """
    if context.invoked_subcommand:
        return
    names = chosen(systems)
    public = detect(set_path)
    if public:
        limits = Limits(sample, documents, seed)
        prepared = _prepare(Dataset(set_path, public, split.value, limits, corpus=corpus, home=index))
        set_path, corpus, index = prepared.set_path, prepared.corpus, prepared.home
    elif sample or documents:
        raise typer.BadParameter(f"--sample and --documents are for public data, and {set_path} is a set of questions.")
    home = index or default_home(corpus or BUNDLED)
    current_build(home)  # a missing index is said before anything is loaded
    gated = gate and set_path == FIXED_SET and not pin_floors and names[0] == DEFAULT[0]
    if gated:
        require(load_gate(), load_questions(set_path).sha256, split.value)
    with _json_progress() if json_progress else _progress() as progress:
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
    _keep(report, json_path, home, console)
    if markdown:
        markdown.write_text(summary(report.to_json()), encoding="utf-8")
    if html:
        html.write_text(page(report.to_json()), encoding="utf-8")
    if pin_floors:
        pin(report, lower=lower)
        console.print("The gate's floors are now this run's figures.")
    elif gated:
        _judge(report, console)


@app.command("gate")
def judge_file(
    file: Annotated[Path, typer.Argument(help="A run that was kept (--json).")],
    pin_floors: Annotated[
        bool, typer.Option("--pin", help="Write the run's figures as the floors instead; none may get worse.")
    ] = False,
    lower: Annotated[bool, typer.Option("--lower", help="Let --pin make a floor worse.")] = False,
) -> None:
    """Judge a kept run by the floors in eval/gate.toml: exit 1 below one of them."""
    figures, console = Figures.read(file), Console(highlight=False)
    if pin_floors:
        pin(figures, lower=lower)
        console.print("The gate's floors are now this run's figures.")
    else:
        _judge(figures, console)


def _judge(run_: Report | Figures, console: Console) -> None:
    for failure in (fallen := check(run_, load_gate())):
        console.print(f"[bold red]below the gate[/]: {failure}")
    if fallen:
        raise typer.Exit(1)
    console.print("[green]Above every floor of the gate.[/]")


def _prepare(dataset: Dataset) -> Prepared:
    """Public data as a set of our own, with its documents indexed; says what it is."""
    from app.printing import building
    from eval.importers.preparing import prepare  # loads what builds an index: only where one may be built

    with building() as progress:
        prepared = prepare(dataset, progress)
    for note in prepared.notes:
        typer.echo(f"{note}.", err=True)
    return prepared


def _keep(report: Report, json_path: Path | None, home: Path, console: Console) -> None:
    """Write the report where asked, and always among the index home's evaluations, where the chat shows them."""
    text = json.dumps(report.to_json(), ensure_ascii=False, indent=1)
    kept = home / "evaluations" / f"{report.created.replace(':', '')}-{report.split}.json"
    try:
        kept.parent.mkdir(exist_ok=True)
        kept.write_text(text, encoding="utf-8")
        console.print(f"[dim]Kept as {escape(str(kept))}[/dim]", soft_wrap=True)
    except OSError:
        typer.echo(f"askpost eval: {kept.parent} cannot be written, so the run is not kept.", err=True)
    if json_path:
        json_path.write_text(text, encoding="utf-8")


@contextmanager
def _json_progress() -> Iterator[Callable[[str, int, int], None]]:
    def report(name: str, done: int, total: int) -> None:
        typer.echo(json.dumps({"stage": f"Asking {name}", "done": done, "total": total}))

    yield report


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
