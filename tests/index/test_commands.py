"""`askpost index` and its verbs, and `askpost config`, through the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from app.commands_index import register
from corpus.errors import IndexDamagedError, NoIndexError
from index.builds import current_build, list_builds
from index.settings import IndexSettings

pytestmark = pytest.mark.usefixtures("with_tiny_models")


@pytest.fixture
def corpus(tmp_path: Path, tiny: IndexSettings, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("ASKPOST_MODEL", tiny.model)
    monkeypatch.delenv("ASKPOST_INDEX", raising=False)
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "a.md").write_text("The airship is grey.")
    return tmp_path / "notes"


def askpost(*args: object) -> Result:
    """Run a command; its errors are raised."""
    app = typer.Typer()
    register(app)
    return CliRunner().invoke(app, [str(arg) for arg in args], catch_exceptions=False)


def test_index_builds_and_its_verbs_keep_it(corpus: Path) -> None:
    assert "Built" in askpost("index", "--corpus", corpus).output
    assert "Nothing changed" in askpost("index", "--corpus", corpus).output
    assert "Built" in askpost("index", "--corpus", corpus, "--force").output
    home = corpus / ".askpost"
    newest, oldest = (manifest.id for manifest in list_builds(home))
    listed = askpost("index", "list", "--corpus", corpus).output.splitlines()
    assert [line.split()[:2] for line in listed] == [["*", newest], [oldest, listed[1].split()[1]]]
    assert json.loads(askpost("index", "--corpus", corpus, "list", "--json").output.splitlines()[0])["in_use"] is True
    assert oldest in askpost("index", "rollback", "--index", home).output
    assert current_build(home).name == oldest
    askpost("index", "rollback", newest, "--index", home)
    assert current_build(home).name == newest
    assert askpost("index", "verify", "--corpus", corpus).output.count("ok ") == 10
    assert json.loads(askpost("index", "verify", oldest, "--corpus", corpus, "--json").output.splitlines()[0])["ok"]
    (home / "builds" / "not-ours").mkdir()
    (home / "builds" / "20200101T000000-00000000").mkdir()
    assert "Removed 20200101T000000-00000000." in askpost("index", "gc", "--corpus", corpus).output
    assert oldest in askpost("index", "gc", "--keep", 1, "--corpus", corpus).output
    assert "Nothing to remove" in askpost("index", "gc", "--corpus", corpus).output


def test_a_damaged_build_is_told_and_not_served(corpus: Path) -> None:
    askpost("index", "--corpus", corpus)
    askpost("index", "--corpus", corpus, "--force")
    home = corpus / ".askpost"
    newest, oldest = (manifest.id for manifest in list_builds(home))
    (home / "builds" / oldest / "encoder" / "encoder.json").write_text("{}")
    with pytest.raises(IndexDamagedError, match=r"not served \(checksums: altered"):
        askpost("index", "rollback", "--corpus", corpus)
    assert current_build(home).name == newest
    with pytest.raises(IndexDamagedError, match=r"2 of 10|3 of 10"):
        askpost("index", "verify", oldest, "--corpus", corpus)
    for verb in ("rollback", "verify"):
        with pytest.raises(NoIndexError, match=f"it has: {newest}, {oldest}"):
            askpost("index", verb, "../..", "--corpus", corpus)


@pytest.mark.parametrize("verb", ["rollback", "verify", "gc"])
def test_no_index_is_named_with_the_command_to_run(corpus: Path, verb: str) -> None:
    with pytest.raises(NoIndexError, match="run `askpost index"):
        askpost("index", verb, "--corpus", corpus)


def test_config_prints_every_setting_and_where_it_comes_from(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (corpus.parent / "askpost.toml").write_text("passage_chars = 321")
    monkeypatch.setenv("ASKPOST_KEEP_BUILD", "4")
    told = askpost("config").output
    assert f"passage_chars = 321   [file {corpus.parent / 'askpost.toml'}]" in told
    assert "[environment ASKPOST_MODEL]" in told
    assert "is ASKPOST_KEEP_BUILDS meant?" in told
    assert json.loads(askpost("config", "--json").stdout)["port"] == {"value": "8501", "source": "default"}
