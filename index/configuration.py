"""One settings object: from askpost.toml, the environment (ASKPOST_*), and flags, in that order of rising priority.

The file in the working folder may be anybody's, as that of a folder that was unpacked or cloned: it may set only
`ANYWHERE`. What sends texts, questions or tokens somewhere, or names a model to load, is for the user's own file, the
environment and flags. Kept apart from `index.settings`, so that what needs no settings never waits for pydantic.
"""

import difflib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from corpus.errors import SettingsError
from corpus.fetching.settings import ARCHIVE
from index.settings import DEFAULT_MODEL, KEEP, PASSAGE_CHARS, Server, settings_files, settings_places

PREFIX = "ASKPOST_"
ANYWHERE = ("index", "corpus", "passage_chars", "keep_builds", "port")


def _web_address(value: str) -> str:
    from pydantic import HttpUrl

    return str(HttpUrl(value)).rstrip("/")


class Settings(BaseSettings):
    """Everything that can be set. Descriptions are what `askpost config` prints, and say what is allowed."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True, env_ignore_empty=True)

    index: Path | None = Field(None, description="the index home: a folder; not set: .askpost in the corpus")
    corpus: Path | None = Field(None, description="the documents: a folder; not set: the bundled post")
    model: str = Field(
        DEFAULT_MODEL, min_length=1, description="the embedding model: any sentence-transformers model, name or folder"
    )
    passage_chars: int = Field(
        PASSAGE_CHARS, ge=100, le=10_000, description="the most characters of a passage: 100 to 10000"
    )
    keep_builds: int = Field(KEEP, ge=1, le=1_000, description="builds kept for rollback: 1 to 1000")
    port: int = Field(8501, ge=1, le=65_535, description="the chat's port: 1 to 65535")
    backend: str = Field(
        "", description="a language model that phrases answers: PROVIDER:MODEL, such as ollama:llama3.2; not set: none"
    )
    backend_url: str = Field(
        "", description="that model's server: an OpenAI-compatible or Ollama address; not set: the provider's own"
    )
    token: SecretStr = Field(
        SecretStr(""), description="what callers of `askpost serve` must send: text; not set: this machine only"
    )
    archive: str = Field(
        ARCHIVE, description="the Wayback Machine's availability service: an address; '' in file or flag: none is asked"
    )
    chroma_url: Annotated[str, AfterValidator(_web_address)] | None = Field(
        None, description="a Chroma server for the vectors: an http or https address; not set: the build's own folder"
    )
    chroma_token: SecretStr = Field(
        SecretStr(""), description="the server's token: text; better in the environment than in a file"
    )
    chroma_tenant: str = Field("default_tenant", min_length=3, description="the server's tenant: 3 characters or more")
    chroma_database: str = Field(
        "default_database", min_length=3, description="the server's database: 3 characters or more"
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Flags, then the environment, then the files: the working folder's before the user's."""
        files = [TomlConfigSettingsSource(settings_cls, file) for file in reversed(settings_files())]
        return init_settings, env_settings, *files

    def server(self) -> Server | None:
        """The Chroma server, if one is set."""
        if self.chroma_url is None:
            return None
        token = self.chroma_token.get_secret_value()
        return Server(self.chroma_url, token, self.chroma_tenant, self.chroma_database)


def load_settings(**flags: Any) -> Settings:
    """The settings in force; flags that are None were not given.

    Raises:
        SettingsError: a key is unknown, a value is not allowed, or a file cannot be read.
    """
    given = {key: value for key, value in flags.items() if value is not None}
    try:
        _check_working_folder()
        return Settings(**given)
    except ValidationError as error:
        raise SettingsError(" ".join(_explain(problem["loc"], problem, given) for problem in error.errors())) from error
    except (OSError, ValueError) as error:  # tomllib's errors are ValueErrors
        files = " or ".join(map(str, settings_files()))
        raise SettingsError(f"The settings in {files} cannot be read ({error}); correct or remove the file.") from error


def _check_working_folder() -> None:
    user, here = settings_places()
    if here not in settings_files() or here == user:
        return
    for key in TomlConfigSettingsSource(Settings, here).toml_data:
        if key in Settings.model_fields and key not in ANYWHERE:
            raise SettingsError(
                f"The setting {key} may not be in {here}: a working folder may be anybody's, and {key} decides where "
                f"data goes or what is loaded. Put it into {user} or {PREFIX}{key.upper()}. "
                f"Allowed there: {', '.join(ANYWHERE)}."
            )


def _explain(place: tuple[int | str, ...], problem: Any, flags: dict[str, Any]) -> str:
    key = str(place[0])
    source = _source(key, flags)
    if key not in Settings.model_fields:
        return f"There is no setting {key!r} ({source}). Allowed: {', '.join(Settings.model_fields)}."
    hidden = Settings.model_fields[key].annotation is SecretStr
    value = "(hidden)" if hidden else repr(problem["input"])
    allowed = Settings.model_fields[key].description
    return f"The setting {key} cannot be {value} ({source}): {problem['msg'].lower()}. Allowed is {allowed}."


def _source(key: str, flags: dict[str, Any]) -> str:
    """Where a key's value comes from, in words; the same order as in `Settings.settings_customise_sources`."""
    if key in flags:
        return f"flag --{key.replace('_', '-')}"
    variable = PREFIX + key.upper()
    if any(name.upper() == variable and value for name, value in os.environ.items()):
        return f"environment {variable}"
    for file in reversed(settings_files()):
        if key in TomlConfigSettingsSource(Settings, file).toml_data:
            return f"file {file}"
    return "default"


@dataclass(frozen=True, slots=True)
class Row:
    """A setting as `askpost config` prints it."""

    key: str
    value: str
    source: str
    about: str


def describe(settings: Settings, flags: dict[str, Any] | None = None) -> list[Row]:
    """Every setting with its value, where that comes from, and what is allowed. The token is not shown."""
    given = {key: value for key, value in (flags or {}).items() if value is not None}
    rows = []
    for key, field in Settings.model_fields.items():
        value = getattr(settings, key)
        rows.append(Row(key, "" if value is None else str(value), _source(key, given), field.description or ""))
    return rows


def is_set(key: str) -> bool:
    """Whether file or environment say anything of a key."""
    return _source(key, {}) != "default"


def misspelt_variables() -> dict[str, str]:
    """Variables of the environment that are no setting but nearly one, with the one that they may mean."""
    known = {PREFIX + key.upper() for key in Settings.model_fields}
    unknown = sorted(name for name in os.environ if name.upper().startswith(PREFIX) and name.upper() not in known)
    near = {name: difflib.get_close_matches(name.upper(), known, n=1, cutoff=0.85) for name in unknown}
    return {name: meant[0] for name, meant in near.items() if meant}
