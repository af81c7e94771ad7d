"""The engine: one assistant for all, opened in the background, replaced with its index; launching; jobs."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from app.cli import app as cli
from app.web import evaluations, rebuild
from app.web.engine import Engine
from app.web.jobs import Jobs
from app.web.launch import NoPortError, _tell_page, free_port, server_options
from corpus.errors import AskpostError, ModelError, NoIndexError
from eval.cli import _json_progress


class Opened:
    def __init__(self, build: str) -> None:
        self.build = build
        self.closed = False

    def close(self) -> None:
        self.closed = True


def make_build(home: Path, build: str) -> None:
    (home / "builds" / build).mkdir(parents=True)
    (home / "builds" / build / "manifest.json").write_text("{}")
    (home / "CURRENT").write_text(build)


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_opening_does_not_hold_anyone_up(tmp_path: Path) -> None:
    go = threading.Event()

    def slow(_home: Path) -> Any:
        go.wait(5)
        return Opened("a")

    engine = Engine(tmp_path, slow)
    assert not engine.ready
    with pytest.raises(TimeoutError):
        engine.assistant(timeout=0)
    go.set()
    assert engine.assistant(timeout=5).build == "a"
    engine.close()


def test_a_thousand_askers_share_one_assistant(tmp_path: Path) -> None:
    opened: list[Opened] = []

    def open_(_home: Path) -> Any:
        opened.append(Opened("a"))
        return opened[-1]

    engine = Engine(tmp_path, open_)
    assert len({id(engine.assistant()) for _ in range(1000)}) == 1
    assert len(opened) == 1
    engine.close()


def test_moves_over_to_a_new_build_and_answers_from_the_old_one_meanwhile(tmp_path: Path) -> None:
    first, second = "20260101T000000-00000000", "20260102T000000-00000000"
    make_build(tmp_path, first)
    go = threading.Event()

    def open_(home: Path) -> Any:
        build = (home / "CURRENT").read_text()
        if build == second:
            go.wait(5)
        return Opened(build)

    engine = Engine(tmp_path, open_)
    old = engine.assistant()
    make_build(tmp_path, second)
    assert engine.assistant() is old
    assert engine.assistant() is old
    go.set()
    until(lambda: engine.assistant().build == second)
    assert not old.closed  # type: ignore[attr-defined] # pages may still read from it
    engine.close()


def test_an_index_that_appears_is_opened(tmp_path: Path) -> None:
    def open_(home: Path) -> Any:
        if not (home / "CURRENT").exists():
            raise NoIndexError("none")
        return Opened((home / "CURRENT").read_text())

    engine = Engine(tmp_path, open_)
    with pytest.raises(NoIndexError):
        engine.assistant()
    make_build(tmp_path, "20260101T000000-00000000")

    def there() -> bool:
        try:
            return bool(engine.assistant().build)
        except NoIndexError:
            return False

    until(there)
    engine.close()


def test_a_broken_new_build_leaves_the_old_one(tmp_path: Path) -> None:
    make_build(tmp_path, "20260101T000000-00000000")
    tries: list[str] = []

    def open_(home: Path) -> Any:
        tries.append((home / "CURRENT").read_text())
        if len(tries) > 1:
            raise OSError("broken")
        return Opened(tries[0])

    engine = Engine(tmp_path, open_)
    old = engine.assistant()
    make_build(tmp_path, "20260102T000000-00000000")
    until(lambda: engine.assistant() is old and len(tries) > 1)
    for _ in range(20):
        assert engine.assistant() is old
        time.sleep(0.005)
    assert len(tries) == 2  # not tried again and again
    engine.close()


def test_unexpected_errors_are_said_as_such(tmp_path: Path) -> None:
    def open_(_home: Path) -> Any:
        raise OSError("disk on fire")

    engine = Engine(tmp_path, open_)
    with pytest.raises(AskpostError, match="OSError: disk on fire"):
        engine.assistant()
    engine.close()


def test_the_same_work_runs_once_at_a_time(tmp_path: Path) -> None:
    engine = Engine(tmp_path, lambda _: Opened("a"))  # type: ignore[arg-type,return-value] # it is enough of one
    go, ran = threading.Event(), []

    def work() -> None:
        ran.append(1)
        go.wait(5)

    first = engine.once("turn", work)
    assert engine.once("turn", work) is first
    go.set()
    first.result(5)
    assert len(ran) == 1
    engine.close()


def test_a_taken_port_is_passed_over() -> None:
    with socket.socket() as taken:
        taken.bind(("localhost", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert free_port("localhost", port) > port


def test_no_port_at_all_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.web.launch._is_free", lambda *_: False)
    with pytest.raises(NoPortError, match="8501 to 8520 are taken; choose another with --port"):
        free_port("localhost", 8501)


def test_the_server_keeps_to_itself() -> None:
    options = server_options(1, "localhost")
    assert options["server.address"] == "localhost"
    assert options["browser.gatherUsageStats"] is False
    assert not any("http" in str(value) for value in options.values())


def test_page_modules_import_no_models() -> None:
    heavy = "{'torch', 'onnxruntime', 'chromadb', 'tokenizers', 'pandas', 'altair', 'sentence_transformers'}"
    code = f"import sys, app.web.main; print(sorted({heavy} & set(sys.modules)))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


def test_a_job_runs_once_at_a_time_and_keeps_its_log() -> None:
    jobs = Jobs()
    code = 'import sys; print("one"); print(\'{"stage": "S", "done": 9, "total": 6}\'); print("[1"); sys.exit(4)'
    job = jobs.start("j", ["-c", "import time; time.sleep(9)"])
    assert jobs.start("j", ["-c", code]) is job
    job.cancel()
    until(lambda: not job.running)
    assert job.cancelled
    job = jobs.start("j", ["-c", code])
    until(lambda: not job.running)
    assert (job.code, list(job.log), job.stage, job.fraction, job.cancelled) == (4, ["one", "S", "[1"], "S", 1.0, False)


def test_rebuilding_in_a_process_of_its_own(
    new_home: Callable[[], Path], folder: Callable[[dict[str, str]], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    home, corpus = new_home(), folder({"a.md": "# Bees\n\nBees dance to tell where flowers are.\n"})
    assert rebuild.main(str(home), str(corpus)) == 0
    assert '"stage": "Verifying"' in capsys.readouterr().out
    assert rebuild.main(str(home), str(corpus)) == 0
    assert capsys.readouterr().out.endswith("Nothing has changed since the build in use.\n")
    assert rebuild.main(str(home), str(corpus / "none")) == 3


def test_chat_takes_port_and_language_model_from_the_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "askpost.toml").write_text("port = 1234")
    monkeypatch.chdir(tmp_path)
    for name in ("ASKPOST_PORT", "OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("ASKPOST_BACKEND", "openai:x")
    monkeypatch.setenv("ASKPOST_BACKEND_URL", "http://localhost:1/v1")
    make_build(tmp_path / "home", "20260101T000000-00000000")
    launched: list[dict[str, Any]] = []
    monkeypatch.setattr("app.web.launch.launch", lambda home, **options: launched.append({"home": home, **options}))

    def chat(*arguments: str) -> dict[str, Any]:
        result = CliRunner().invoke(cli, ["chat", "--index", str(tmp_path / "home"), "--no-browser", *arguments])
        if result.exception:
            raise result.exception
        return launched.pop()

    given = {"home": tmp_path / "home", "port": 1234, "backend": "openai:x", "open_browser": False}
    assert chat() == given
    assert chat("--port", "99", "--backend", "openai:y") == {**given, "port": 99, "backend": "openai:y"}
    with pytest.raises(ModelError, match="names no language model"):
        chat("--backend", "nonsense")


def test_what_the_page_opens_is_told_in_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("ASKPOST_INDEX", "ASKPOST_CORPUS", "ASKPOST_BACKEND"):
        monkeypatch.setenv(name, "before")
    _tell_page(tmp_path, None, "")
    assert (os.environ["ASKPOST_INDEX"], os.environ["ASKPOST_BACKEND"]) == (str(tmp_path), "")


def test_the_progress_of_an_evaluation_is_read(capsys: pytest.CaptureFixture[str]) -> None:
    with _json_progress() as told:
        told("askpost", 2, 8)
    jobs = Jobs()
    job = jobs.start("evaluation", ["-c", f"print({capsys.readouterr().out!r})"])
    until(lambda: not job.running)
    assert (job.stage, job.fraction, list(job.log)) == ("Asking askpost", 0.25, ["Asking askpost"])
    assert "--json-progress" in evaluations.arguments(Path("home"), None)
