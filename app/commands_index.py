"""`askpost index` and what keeps an index: list, rollback, verify, gc; and `askpost config`."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from app.options import CorpusOption, IndexOption, JsonOption, home_of
from corpus.errors import IndexDamagedError

ModelOption = Annotated[
    str | None,
    typer.Option(
        help="A sentence-transformers model, by name or folder. If not given: ASKPOST_MODEL, else "
        "askpost-minilm, which comes with askpost.",
        show_default=False,
    ),
]


def register(app: typer.Typer) -> None:
    """Add `index` with its verbs, and `config`."""
    group = typer.Typer(
        help="Build the index of a corpus, and keep its builds.\n\nOnly changed texts are embedded, and the index in "
        "use is served until the new one is whole.",
        invoke_without_command=True,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    group.callback()(_index)
    group.command("list")(list_builds)
    group.command()(rollback)
    group.command()(verify)
    group.command()(gc)
    app.add_typer(group, name="index")
    app.command()(config)


def build_corpus(corpus: Path | None, home: Path, *, model: str | None = None, force: bool = False) -> None:
    """Build the index of a corpus in a home, and print what was done."""
    from app.printing import building, print_build
    from corpus import load_corpus
    from index.building import build_index
    from index.settings import IndexSettings, default_corpus

    corpus = corpus or default_corpus()
    settings = IndexSettings.configured(model)
    documents = load_corpus(corpus)
    with building() as progress:
        report = build_index(documents, home, settings, corpus=str(corpus.resolve()), force=force, progress=progress)
    print_build(report, home)


def _home(context: typer.Context, corpus: Path | None, index: Path | None) -> Path:
    """The home that a verb means: its own options go before those given to `index` itself."""
    return home_of(corpus or context.obj["corpus"], index or context.obj["index"])


def _index(
    context: typer.Context,
    corpus: CorpusOption = None,
    index: IndexOption = None,
    model: ModelOption = None,
    force: Annotated[bool, typer.Option("--force", help="Build even if nothing changed.")] = False,
) -> None:
    context.obj = {"corpus": corpus, "index": index}
    if context.invoked_subcommand is None:
        build_corpus(corpus, _home(context, corpus, index), model=model, force=force)


def list_builds(
    context: typer.Context, corpus: CorpusOption = None, index: IndexOption = None, as_json: JsonOption = False
) -> None:
    """List the builds, newest first, with the one in use marked."""
    from corpus.errors import IndexUnusableError
    from index import builds

    home = _home(context, corpus, index)
    try:
        served = builds.current_build(home).name
    except IndexUnusableError as error:
        served = ""
        typer.echo(f"askpost: {error}", err=True)
    for manifest in builds.list_builds(home):
        in_use = manifest.id == served
        if as_json:
            typer.echo(json.dumps({**asdict(manifest), "in_use": in_use}, ensure_ascii=False))
        else:
            holds = ", ".join(f"{number} {name}" for name, number in manifest.counts.items())
            typer.echo(f"{'*' if in_use else ' '} {manifest.id}  {manifest.created}  {holds}; {manifest.model}")


def rollback(
    context: typer.Context,
    build: Annotated[
        str | None, typer.Argument(help="The build; the one before that in use if not given.", show_default=False)
    ] = None,
    corpus: CorpusOption = None,
    index: IndexOption = None,
) -> None:
    """Serve an earlier build again, after verifying it."""
    from index.builds import build_folder, previous_build, select_build
    from index.verification import failures, verify_build

    home = _home(context, corpus, index)
    id_ = build or previous_build(home)
    if wrong := list(failures(verify_build(build_folder(home, id_)))):
        raise IndexDamagedError(
            f"The build {id_} is damaged and not served ({'; '.join(wrong)}); see `askpost index list` for others, "
            "or run `askpost index --force`."
        )
    select_build(home, id_)
    typer.echo(f"Serving {id_}. The next `askpost index` builds anew if the corpus is not as it was then.")


def verify(
    context: typer.Context,
    build: Annotated[
        str | None, typer.Argument(help="The build; the one in use if not given.", show_default=False)
    ] = None,
    corpus: CorpusOption = None,
    index: IndexOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check a build whole: checksums, counts, every offset and full-text row, vectors, the encoder, a probe."""
    from index.builds import build_folder, current_build
    from index.verification import failures, verify_build

    home = _home(context, corpus, index)
    folder = build_folder(home, build) if build else current_build(home)
    checks = verify_build(folder)
    for check in checks:
        typer.echo(
            json.dumps(asdict(check)) if as_json else f"{'ok   ' if check.ok else 'WRONG'} {check.name}: {check.found}"
        )
    if wrong := list(failures(checks)):
        raise IndexDamagedError(
            f"The build {folder.name} is damaged ({len(wrong)} of {len(checks)} checks failed); run `askpost index "
            "rollback` for the one before it, or `askpost index --force` for a new one."
        )


def gc(
    context: typer.Context,
    keep: Annotated[
        int | None, typer.Option(help="How many builds to keep; the setting keep_builds if not given.", min=1)
    ] = None,
    corpus: CorpusOption = None,
    index: IndexOption = None,
) -> None:
    """Delete what killed builds have left, and all but the newest builds; never the one in use.

    From the cache goes what none of the builds that are kept uses.
    """
    from index.builds import collect_garbage
    from index.configuration import load_settings
    from index.garbage import clean_cache

    home = _home(context, corpus, index)
    removed = collect_garbage(home, keep or load_settings().keep_builds)
    cleaned = clean_cache(home)
    counts = {"cached embeddings": cleaned.embeddings, "cached encoders": cleaned.encoders}
    removed += [f"{count} {name}" for name, count in counts.items() if count]
    typer.echo(f"Removed {', '.join(removed)}." if removed else "Nothing to remove.")


def config(as_json: JsonOption = False) -> None:
    """Print every setting: its value, where that comes from, and what is allowed.

    Settings come from ~/.config/askpost/askpost.toml, then askpost.toml in the working folder, then
    ASKPOST_* in the environment, then flags; later ones go before earlier ones.
    """
    from index.configuration import describe, load_settings, misspelt_variables

    rows = describe(load_settings())
    if as_json:
        typer.echo(json.dumps({row.key: {"value": row.value, "source": row.source} for row in rows}, indent=2))
    else:
        for row in rows:
            typer.echo(f"{row.key} = {row.value or '(not set)'}   [{row.source}]\n    {row.about}")
    for variable, meant in misspelt_variables().items():
        typer.echo(f"askpost: {variable} is in the environment and is no setting; is {meant} meant?", err=True)
