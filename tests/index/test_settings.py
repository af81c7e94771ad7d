"""One settings object: file, environment, flags, in that order; errors name key, value and what is allowed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from corpus.errors import SettingsError
from index.configuration import ANYWHERE, Settings, describe, load_settings, misspelt_variables
from index.settings import DEFAULT_MODEL, IndexSettings, default_corpus, default_home
from tests.index.tiny import build, corpus_of

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No settings but the test's own."""
    for name in [name for name in os.environ if name.startswith("ASKPOST_")]:
        monkeypatch.delenv(name)
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return tmp_path


def user_file(empty: Path) -> Path:
    (empty / "config" / "askpost").mkdir(parents=True)
    return empty / "config" / "askpost" / "askpost.toml"


def test_later_sources_go_before_earlier_ones(empty: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert load_settings().model == DEFAULT_MODEL
    user_file(empty).write_text('model = "user"\npassage_chars = 111\nkeep_builds = 7\nport = 1111')
    Path("askpost.toml").write_text("passage_chars = 222\nport = 2222")
    monkeypatch.setenv("ASKPOST_MODEL", "environment")
    monkeypatch.setenv("ASKPOST_PORT", "3333")
    settings = load_settings(model="flag", port=None)
    assert (settings.keep_builds, settings.passage_chars, settings.port, settings.model) == (7, 222, 3333, "flag")
    assert {row.key: row.source.split()[0] for row in describe(settings, {"model": "flag"})} == {
        "index": "default", "corpus": "default", "model": "flag", "passage_chars": "file", "keep_builds": "file",
        "port": "environment", "backend": "default", "backend_url": "default", "chroma_url": "default",
        "chroma_token": "default", "chroma_tenant": "default", "chroma_database": "default", "token": "default",
        "archive": "default",
    }  # fmt: skip
    assert IndexSettings().model == "environment"
    assert IndexSettings.configured("flag") == IndexSettings("flag", 222, 7)


def test_corpus_and_home_can_be_set(monkeypatch: pytest.MonkeyPatch) -> None:
    assert default_home(Path("notes")) == Path("notes/.askpost")
    monkeypatch.setenv("ASKPOST_CORPUS", "letters")
    assert default_home() == Path("letters/.askpost")
    Path("askpost.toml").write_text('index = "from-file"\ncorpus = "files"')
    assert default_corpus() == Path("letters")
    monkeypatch.delenv("ASKPOST_CORPUS")
    assert default_corpus() == Path("files")
    assert default_home() == default_home(Path("notes")) == Path("from-file")
    monkeypatch.setenv("ASKPOST_INDEX", "from-environment")
    assert default_home() == Path("from-environment")


@pytest.mark.parametrize(
    ("text", "environment", "flags", "says"),
    [
        ("passage_chars = 7", {}, {}, ["passage_chars", "7", "askpost.toml", "100 to 10000"]),
        ("passage_chars = 'x'", {}, {}, ["passage_chars", "'x'", "100 to 10000"]),
        ("", {"ASKPOST_PORT": "99999"}, {}, ["port", "'99999'", "environment ASKPOST_PORT", "1 to 65535"]),
        ("", {"ASKPOST_CHROMA_URL": "ftp://x"}, {}, ["chroma_url", "'ftp://x'", "http or https"]),
        ("", {}, {"keep_builds": 0}, ["keep_builds", "0", "flag --keep-builds", "1 to 1000"]),
        ("pasage_chars = 500", {}, {}, ["'pasage_chars'", "askpost.toml", "Allowed: index, corpus, model"]),
        ("model = ", {}, {}, ["askpost.toml", "cannot be read"]),
        ("", {}, {"chroma_token": 5}, ["chroma_token", "(hidden)"]),
        ("", {}, {"token": 5}, ["token", "(hidden)"]),
    ],
)
def test_errors_name_the_key_the_value_and_what_is_allowed(
    text: str, environment: dict[str, str], flags: dict[str, object], says: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("askpost.toml").write_text(text)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as caught:
        load_settings(**flags)
    assert all(part in str(caught.value) for part in says), str(caught.value)
    assert caught.value.exit_code == 2


@pytest.mark.parametrize("key", sorted(set(Settings.model_fields) - set(ANYWHERE)))
def test_a_working_folder_decides_neither_where_data_goes_nor_what_is_loaded(empty: Path, key: str) -> None:
    text = f'{key} = "http://elsewhere.example"'
    Path("askpost.toml").write_text(text)
    for read in (load_settings, default_home, IndexSettings):
        with pytest.raises(SettingsError, match=rf"{key} may not be in .*work.askpost\.toml.*ASKPOST_{key.upper()}"):
            read()
    Path("askpost.toml").unlink()
    user_file(empty).write_text(text)
    assert "elsewhere" in str(getattr(load_settings(), key)) or key in ("token", "chroma_token")


def test_the_users_own_folder_may_be_the_working_folder(empty: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    user_file(empty).write_text('model = "mine"')
    monkeypatch.chdir(empty / "config" / "askpost")
    assert load_settings().model == "mine"


def test_every_variable_that_is_read_anywhere_is_a_setting() -> None:
    """Every name of the kind in the code, whether `os.environ`, an option or a message has it."""
    code = [file for layer in ("corpus", "index", "app", "eval") for file in (ROOT / layer).rglob("*.py")]
    texts = [file.read_text(encoding="utf-8") for file in (*code, ROOT / "README.md", ROOT / "docs" / "scaling.md")]
    found = {name for text in texts for name in re.findall(r"ASKPOST_([A-Z_]+[A-Z])", text)}
    assert {"INDEX", "BACKEND", "TOKEN", "ARCHIVE", "CHROMA_URL"} <= found
    assert {name.lower() for name in found} <= set(Settings.model_fields)


def test_the_token_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASKPOST_CHROMA_TOKEN", "sesame")
    monkeypatch.setenv("ASKPOST_CHROMA_URL", "http://localhost:8000/")
    settings = load_settings()
    server = settings.server()
    assert server is not None
    assert (server.url, server.token) == ("http://localhost:8000", "sesame")
    assert "sesame" not in f"{settings} {server} {describe(settings)}"


def test_slips_of_the_pen_in_the_environment_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASKPOST_MODLE", "x")
    monkeypatch.setenv("ASKPOST_SOMETHING_ELSE", "x")
    assert misspelt_variables() == {"ASKPOST_MODLE": "ASKPOST_MODEL"}


def test_every_setting_says_what_is_allowed() -> None:
    assert all(field.description and ":" in field.description for field in Settings.model_fields.values())


def test_without_a_file_the_home_is_found_without_pydantic() -> None:
    script = (
        "import sys; from index.settings import default_home; from index.builds import current_build; default_home();"
        "assert not [name for name in sys.modules if name.startswith('pydantic')], 'pydantic was imported'"
    )
    subprocess.run([sys.executable, "-c", script], check=True, env={**os.environ, "PYTHONPATH": str(ROOT)})


def test_the_settings_object_is_not_imported_for_a_question(
    empty: Path, tiny: IndexSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASKPOST_MODEL", tiny.model)
    build(empty / "home", corpus_of({"a": "The airship is grey."}), tiny)
    script = (
        "import sys; from pathlib import Path; from index.retrieval import Retriever;"
        f"assert Retriever.open(Path({str(empty / 'home')!r})).retrieve('airship', 1);"
        "assert 'index.configuration' not in sys.modules"
    )
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ASKPOST_")}
    subprocess.run([sys.executable, "-c", script], check=True, env={**environment, "PYTHONPATH": str(ROOT)})
