"""The verbs that make and refresh a corpus: `askpost new` and `askpost fetch`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from corpus.errors import CorpusError

if TYPE_CHECKING:
    from corpus.fetching.refreshing import Outcome
    from corpus.fetching.settings import FetchSettings

SHOWN_LINES = 40  # of a page's changes, unless all are asked for

Delay = Annotated[float, typer.Option(help="Seconds between two requests to one site.", min=0.0, max=3600.0)]
Archive = Annotated[
    str | None,
    typer.Option(
        help="The availability service of the Wayback Machine, for pages that are dead; '' asks none. If not given: "
        "the setting archive.",
        show_default=False,
    ),
]
Loopback = Annotated[
    bool, typer.Option("--allow-loopback", help="Open this machine's own addresses too; for tests.", hidden=True)
]


def register(app: typer.Typer) -> None:
    """Add the verbs to the command line."""
    app.command("new")(new)
    app.command("fetch")(fetch)


def new(
    origin: Annotated[
        str,
        typer.Argument(
            metavar="URL|FILE|DIR",
            help="The post's address, a file (markdown, text, HTML, reStructuredText, DocBook XML, PDF), a folder, "
            "or the word `bundled` for a copy of the bundled post.",
        ),
    ],
    follow_links: Annotated[
        int, typer.Option(help="Fetch at most this many of the pages that the post links to.", min=0, max=500)
    ] = 20,
    out: Annotated[
        Path | None,
        typer.Option(help="The folder to make; if not given, named after the post.", show_default=False),
    ] = None,
    delay: Delay = 1.0,
    archive: Archive = None,
    allow_loopback: Loopback = False,
) -> None:
    """Make a corpus of any post: the post, and snapshots of the pages that it links to.

    A page that is dead today is taken from the Wayback Machine, nearest to the post's date.
    """
    from corpus.fetching.making import make_corpus, name_of

    place = out or Path(name_of(origin))
    make_corpus(
        origin,
        place,
        follow_links=follow_links,
        settings=_settings(delay, archive, allow_loopback),
        report=lambda outcome: _print(outcome, SHOWN_LINES),
    )
    typer.echo(f"Made {place}. Next: askpost chat --corpus {place}")


def fetch(
    sources: Annotated[
        list[str] | None, typer.Argument(help="Ids of the sources to fetch; all of them if none.", show_default=False)
    ] = None,
    corpus: Annotated[
        Path | None, typer.Option("--corpus", help="The corpus, made by `askpost new`.", show_default=False)
    ] = None,
    everything: Annotated[bool, typer.Option("--all-changes", help="Show every changed line.")] = False,
    delay: Delay = 1.0,
    archive: Archive = None,
    allow_loopback: Loopback = False,
) -> None:
    """Fetch a corpus's pages anew and show what changed. What cannot be fetched keeps its last good snapshot."""
    from corpus.fetching.refreshing import refresh

    if corpus is None:
        raise CorpusError(
            "The bundled post stays as it is; make a copy to fetch into with `askpost new bundled --out DIR`, "
            "or name a corpus with --corpus."
        )
    outcomes = refresh(
        corpus,
        _settings(delay, archive, allow_loopback),
        only=sources or (),
        report=lambda outcome: _print(outcome, None if everything else SHOWN_LINES),
    )
    if not outcomes:
        typer.echo(f"No source of {corpus} has an address; give one its `linked` in sources.toml.")
    elif any(outcome.state in ("new", "changed") for outcome in outcomes):
        typer.echo(f"Next: askpost index --corpus {corpus}")


def _settings(delay: float, archive: str | None, allow_loopback: bool) -> "FetchSettings":
    from corpus.fetching.settings import FetchSettings
    from index.configuration import load_settings

    return FetchSettings(delay=delay, archive=load_settings(archive=archive).archive, allow_loopback=allow_loopback)


def _print(outcome: "Outcome", lines: int | None) -> None:
    """One line a source, and below it the lines that changed. Plain text: a page's words are never markup here."""
    typer.echo(f"{outcome.state:<9} {outcome.source}  {outcome.address}")
    if outcome.reason:
        typer.echo(f"          {outcome.reason}")
    shown = outcome.diff[:lines]
    for line in shown:
        typer.echo(f"    {line}")
    if len(shown) < len(outcome.diff):
        typer.echo(f"    ... {len(outcome.diff) - len(shown)} more lines; see them with --all-changes.")
