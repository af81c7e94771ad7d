"""The command line: `askpost`. Each verb calls the assistant or the index and prints; no logic of its own."""

import importlib.metadata
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer

from app import commands_corpus, commands_index, commands_serve
from app.contract import Turn
from app.options import BackendOption, CorpusOption, IndexOption, home_of, open_assistant
from corpus.errors import AskpostError, QuestionError

if TYPE_CHECKING:
    from app.assistant import Assistant

app = typer.Typer(
    name="askpost",
    help="Ask a blog post, and get its own words back.",
    epilog="Exit codes: 0 done (an honest abstention included); 1 evaluation below its floor, or another error; "
    "2 bad question, setting or usage; 3 documents unreadable; 4 index missing or unusable; 5 model unusable; "
    "6 machine unsuitable.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

for commands in (commands_index, commands_corpus, commands_serve):
    commands.register(app)


def main() -> None:
    """Run the command line; askpost's own errors become one line and an exit code."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure:  # quotes hold any character, whatever the terminal's encoding
            reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        app()
    except AskpostError as error:
        typer.echo(f"askpost: {error}", err=True)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output has gone (`askpost ... | head`): nothing more to say
        sys.exit(0)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"askpost {importlib.metadata.version('askpost')}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and leave.")
    ] = False,
) -> None:
    pass


@app.command()
def ask(
    question: Annotated[str | None, typer.Argument(help="The question.", show_default=False)] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the answer contract as JSON.")] = False,
    batch: Annotated[
        str | None,
        typer.Option(
            help='Answer JSON lines from a file (or - for standard input): {"id"?, "question", "history"?: '
            '[{"question", "answer"}]}. Writes one contract object a line, in the same order, with the id.',
            show_default=False,
        ),
    ] = None,
    corpus: CorpusOption = None,
    index: IndexOption = None,
    backend: BackendOption = "",
) -> None:
    """Answer a question with quotes from the sources, or say that they do not answer it."""
    if batch is not None:
        lines = sys.stdin if batch == "-" else _lines(Path(batch))
        requests = list(_requests(lines))
        assistant = open_assistant(corpus, index, backend)
        for request in requests:
            _print_json(_answer_request(assistant, request))
        return
    if question is None:
        raise QuestionError('There is no question. Use: askpost ask "does docker share a kernel?"')
    answer = open_assistant(corpus, index, backend).ask(question)
    if as_json:
        _print_json(answer.to_json())
    else:
        from app.printing import print_answer

        print_answer(answer)


def _print_json(data: dict[str, Any]) -> None:
    typer.echo(json.dumps(data, ensure_ascii=False))


def _lines(path: Path) -> TextIO:
    try:
        return path.open(encoding="utf-8")
    except OSError as error:
        raise QuestionError(f"{path} cannot be read ({error.strerror}); give --batch a file of JSON lines.") from error


def _requests(lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            request = json.loads(line)
            if not isinstance(request["question"], str):
                raise TypeError
            history = [Turn(str(turn["question"]), str(turn["answer"])) for turn in request.get("history") or []]
        except (ValueError, KeyError, TypeError) as error:
            raise QuestionError(
                f"Line {number} of the batch is not what it should be; each line is a JSON object such as "
                '{"id": 1, "question": "...", "history": [{"question": "...", "answer": "..."}]}.'
            ) from error
        yield {**request, "history": history}


def _answer_request(assistant: "Assistant", request: dict[str, Any]) -> dict[str, Any]:
    """One answer of a batch; a question that cannot be asked gives its error in place of an answer."""
    named = {"id": request["id"]} if "id" in request else {}
    try:
        return {**named, **assistant.ask(request["question"], request["history"]).to_json()}
    except QuestionError as error:
        return {**named, **assistant.refuse(request["question"], str(error)).to_json(), "error": str(error)}


@app.command()
def show(
    source: Annotated[str, typer.Argument(help="The source's id; see `askpost sources`.")],
    corpus: CorpusOption = None,
    index: IndexOption = None,
) -> None:
    """Print a source's text exactly as the index stores it: the text that every quote's offsets refer to."""
    from index.builds import current_build
    from index.text_store import TEXT_FILE, TextStore

    store = TextStore(current_build(home_of(corpus, index)) / TEXT_FILE)
    typer.echo(store.text(source))


@app.command()
def sources(
    corpus: CorpusOption = None,
    index: IndexOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the sources as JSON lines.")] = False,
) -> None:
    """List the sources of the index: ids, kinds, titles and addresses."""
    from dataclasses import asdict

    from index.builds import current_build
    from index.text_store import TEXT_FILE, TextStore

    found = TextStore(current_build(home_of(corpus, index)) / TEXT_FILE).sources()
    if as_json:
        for source in found:
            _print_json(asdict(source))
    else:
        from app.printing import print_sources

        print_sources(found)


@app.command(
    "eval",
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []},
    add_help_option=False,
)
def evaluate(context: typer.Context) -> None:
    """Score askpost on a question set beside a naive pipeline; exit 1 below the floor. See `askpost eval --help`."""
    # The evaluation imports this package, not the other way round: it is found by its entry point.
    (command,) = importlib.metadata.entry_points(group="askpost.commands", name="eval")
    command.load()(context.args)
