"""Options that several verbs of the command line share."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from app.assistant import Assistant

CorpusOption = Annotated[
    Path | None,
    typer.Option(
        "--corpus", help="A folder of .md, .txt and .html files; the bundled post if not given.", show_default=False
    ),
]
IndexOption = Annotated[
    Path | None,
    typer.Option(
        "--index",
        help="The index home. If not given: ASKPOST_INDEX, else .askpost in the corpus (the bundled post's: in the "
        "checkout).",
        show_default=False,
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print as JSON.")]
BackendOption = Annotated[
    str,
    typer.Option(
        "--backend",
        help="A language model to phrase answers, such as ollama:llama3.2; the setting backend if not given. It is "
        "sent the question and the quotes.",
        envvar="ASKPOST_BACKEND",
        show_default=False,
    ),
]


def open_assistant(corpus: Path | None, index: Path | None, backend: str = "") -> "Assistant":
    """The assistant over that home, with a language model if one is named."""
    from app.assistant import Assistant
    from index.settings import may_be_set

    if not backend and may_be_set("backend"):
        from index.configuration import load_settings  # only now: a question does not wait for pydantic in vain

        backend = load_settings().backend
    return Assistant.open(home_of(corpus, index), backend=backend)


def home_of(corpus: Path | None, index: Path | None) -> Path:
    """The index home that --corpus and --index mean together."""
    from index.settings import default_home

    return index or (default_home(corpus) if corpus else default_home())
