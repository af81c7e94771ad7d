"""The command `askpost eval` and its verbs, as they are typed."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from corpus import load_corpus
from corpus.errors import NoIndexError
from eval.cli import app
from eval.comparing import NotComparableError
from eval.gate import GateError, load_gate
from eval.report import Report
from index.building import build_index
from tests.eval.fakes import report_of, wrong_reader
from tests.eval.public import beir_folder, squad_file


def run(*arguments: str | Path, **environment: str) -> Result:
    return CliRunner().invoke(app, [str(each) for each in arguments], env=environment or None)


def keep(report: Report, path: Path) -> Path:
    path.write_text(json.dumps(report.to_json()), encoding="utf-8")
    return path


def test_the_plain_command_still_scores_a_set(
    tmp_path: Path, folder: Callable[[dict[str, str]], Path], new_home: Callable[[], Path]
) -> None:
    corpus, home = folder({"pets.md": "Cats sleep for most of the day. Dogs bark at the postman."}), new_home()
    build_index(load_corpus(corpus), home)
    row = {"id": "a", "question": "How long do cats sleep?", "gold": [{"source": "pets", "quote": "Cats sleep"}]}
    (tmp_path / "set.jsonl").write_text(json.dumps(row))
    place = ("--set", tmp_path / "set.jsonl", "--corpus", corpus, "--index", home, "--system", "askpost")
    done = run(*place, "--json", tmp_path / "run.json")
    assert done.exit_code == 0, done.output
    assert "hit@1" in done.output
    (kept,) = (home / "evaluations").iterdir()
    assert kept.read_text() == (tmp_path / "run.json").read_text()
    compared = run("compare", kept, tmp_path / "run.json")
    assert "Nothing changed: 1 questions" in compared.output


def test_public_data_is_built_beside_the_index_home_and_used_again(tmp_path: Path) -> None:
    home = str(tmp_path / "home")
    command = (
        "--set",
        squad_file(tmp_path),
        "--sample",
        "2",
        "--seed",
        "1",
        "--system",
        "bm25",
        "--json",
        tmp_path / "r",
    )
    first = run(*command, ASKPOST_INDEX=home)
    assert first.exit_code == 0, first.output
    assert "SQuAD: 2 of 3 questions, 1 of 1 documents." in first.output
    (data,) = (path for path in (tmp_path / ".askpost-sets").iterdir() if path.is_dir())
    (built,) = data.glob("documents-*/.askpost/builds/*")
    assert run(*command, ASKPOST_INDEX=home).exit_code == 0
    assert list(data.glob("documents-*/.askpost/builds/*")) == [built]
    assert (tmp_path / ".askpost-sets" / ".gitignore").read_text() == "*\n"
    assert json.loads((tmp_path / "r").read_text())["set"]["name"].endswith("-test-sample-2-seed-1.jsonl")
    assert not (tmp_path / "home").exists()


def test_a_missing_split_and_limits_on_a_set_of_ones_own_are_said(tmp_path: Path) -> None:
    from eval.questions import QuestionSetError

    done = run("--set", beir_folder(tmp_path), "--split", "dev", ASKPOST_INDEX=str(tmp_path / "home"))
    assert isinstance(done.exception, QuestionSetError)
    done = run("--sample", "3")
    assert done.exit_code == 2
    assert "for public data" in " ".join(done.output.replace("│", " ").split())


def test_verbs_need_no_index(tmp_path: Path) -> None:
    before, after = keep(report_of(), tmp_path / "a.json"), keep(report_of(wrong_reader), tmp_path / "b.json")
    done = run("compare", before, after, ASKPOST_INDEX=str(tmp_path / "none"))
    assert done.exit_code == 0
    assert "Right before, not now: 3" in done.output
    data = json.loads(run("compare", before, after, "--json").output)
    assert data["summary"] in " ".join(done.output.split())
    assert isinstance(run("new", "--out", tmp_path / "s", "--index", tmp_path / "none").exception, NoIndexError)


def test_runs_of_different_sets_are_not_compared(tmp_path: Path) -> None:
    before, after = keep(report_of(), tmp_path / "a.json"), keep(report_of(sha256="0" * 64), tmp_path / "b.json")
    done = run("compare", before, after)
    assert isinstance(done.exception, NotComparableError)


class TestGate:
    @pytest.fixture
    def good(self) -> Report:
        """A run that is above every floor of the gate in use."""
        return replace(report_of(), sha256=load_gate().sha256)

    def test_a_kept_run_passes_or_fails(self, good: Report, tmp_path: Path) -> None:
        done = run("gate", keep(good, tmp_path / "good.json"))
        assert done.exit_code == 0, done.output
        assert "Above every floor" in done.output
        bad = replace(report_of(wrong_reader), sha256=good.sha256)
        done = run("gate", keep(bad, tmp_path / "bad.json"))
        assert done.exit_code == 1
        assert "below the gate: hit@1" in done.output
        assert "Above" not in done.output

    def test_another_set_is_refused(self, tmp_path: Path) -> None:
        assert isinstance(run("gate", keep(report_of(), tmp_path / "other.json")).exception, GateError)
