"""Vectors in a real Chroma server: one collection a build; it restarts in the middle of a build and of a chat."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import chromadb
import pytest

from corpus.errors import VectorServerError
from index.builds import current_build, select_build
from index.chroma_clients import CHROMA_FOLDER, RemoteCollection
from index.retrieval import Retriever
from index.settings import IndexSettings, Server
from index.vectors import VectorStore
from index.verification import failures, verify_build
from tests.index.conftest import TEXTS
from tests.index.tiny import build, corpus_of
from tests.index.whole import assert_serves


class ChromaServer:
    """A `chroma run` process on loopback that can be stopped and started again on the same port and data."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}"
        self.start()

    def start(self) -> None:
        chroma = Path(sys.executable).with_name("chroma")
        command = [chroma, "run", "--path", self._folder, "--host", "127.0.0.1", "--port", str(self.port)]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(300):
            try:
                urllib.request.urlopen(f"{self.url}/api/v2/heartbeat", timeout=5).close()
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.1)
            else:
                return
        raise AssertionError("the server did not start")

    @property
    def process(self) -> int:
        """The process's number."""
        return self._process.pid

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()

    def collections(self) -> set[str]:
        client = chromadb.HttpClient(host="127.0.0.1", port=self.port)
        return {collection.name for collection in client.list_collections()}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ChromaServer]:
    running = ChromaServer(tmp_path / "server")
    yield running
    running.stop()


@pytest.fixture
def remote(server: ChromaServer, tiny: IndexSettings) -> IndexSettings:
    return replace(tiny, server=Server(server.url))


def test_a_server_holds_one_collection_a_build(
    home: Path, tmp_path: Path, server: ChromaServer, remote: IndexSettings, tiny: IndexSettings
) -> None:
    corpora = [corpus_of({**TEXTS, "extra": f"Airship {n}."}) for n in range(5)]
    ids = [build(home, documents, remote).manifest.id for documents in corpora]
    assert assert_serves(home, *corpora) == 4
    assert {name[len("askpost-") : -9] for name in server.collections()} == set(ids[-3:])
    assert not (current_build(home) / "chroma" / "chroma.sqlite3").exists()
    select_build(home, ids[2])
    assert assert_serves(home, *corpora) == 2
    build(tmp_path / "local", corpora[2], tiny)
    local, far = Retriever.open(tmp_path / "local"), Retriever.open(home)
    for question in ("airship 3", "who is the captain?"):
        assert [(c.sentence.text, c.cosine) for c in far.retrieve(question, 10)] == [
            (c.sentence.text, c.cosine) for c in local.retrieve(question, 10)
        ]
    local.close()
    far.close()
    assert not build(tmp_path / "local", corpora[2], tiny).changed
    assert build(home, corpora[2], tiny).changed  # from the server into the build: another build
    assert not build(home, corpora[2], tiny).manifest.server


def test_a_chat_goes_on_after_the_server_restarts(home: Path, server: ChromaServer, remote: IndexSettings) -> None:
    build(home, corpus_of(TEXTS), remote)
    chat = Retriever.open(home)
    before = chat.retrieve("which airship flies?", 5)
    server.stop()
    with pytest.raises(VectorServerError, match="chroma run"):
        chat.retrieve("which airship flies?", 5)
    with pytest.raises(VectorServerError, match="ASKPOST_CHROMA_URL"):
        Retriever.open(home)
    server.start()
    assert chat.retrieve("which airship flies?", 5) == before
    chat.close()


def test_a_build_goes_on_after_the_server_restarts(
    home: Path, server: ChromaServer, remote: IndexSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.vectors.BATCH", 20)
    monkeypatch.setattr("index.writing.BATCH", 20)
    many = corpus_of({f"doc{n}": f"Airship {n} has {n * 3} sails.\n\nIts town is {n}." for n in range(250)})
    batches = 0
    add = VectorStore._write

    def interrupted(self: VectorStore, call: object) -> None:
        nonlocal batches
        batches += 1
        if batches == 3:
            server.stop()
            threading.Timer(1.0, server.start).start()
        add(self, call)  # type: ignore[arg-type]

    monkeypatch.setattr(VectorStore, "_write", interrupted)
    build(home, many, remote)
    assert batches > 3
    assert not list(failures(verify_build(current_build(home))))


def test_a_server_that_is_away_leaves_the_served_build(
    home: Path, server: ChromaServer, remote: IndexSettings, tiny: IndexSettings
) -> None:
    build(home, corpus_of(TEXTS), tiny)
    server.stop()
    with pytest.raises(VectorServerError, match="cannot be used"):
        build(home, corpus_of({"a": "Another."}), remote)
    assert_serves(home, corpus_of(TEXTS))
    server.start()


@pytest.fixture
def hung() -> Iterator[str]:
    """A server that accepts connections and never says anything."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


def test_a_server_that_says_nothing_is_given_up(
    home: Path, hung: str, tiny: IndexSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.vectors.READ_SECONDS", 0.3)
    monkeypatch.setattr("index.vectors.WRITE_SECONDS", 0.3)
    build(home, corpus_of(TEXTS), tiny)
    started = time.monotonic()
    with pytest.raises(VectorServerError, match=r"timed out.*says nothing.*ASKPOST_CHROMA_URL"):
        build(home, corpus_of({"a": "Another."}), replace(tiny, server=Server(hung)))
    assert_serves(home, corpus_of(TEXTS))
    RemoteCollection(hung, "default_tenant", "default_database", "passages").save(current_build(home) / CHROMA_FOLDER)
    with pytest.raises(VectorServerError, match="timed out"):
        Retriever.open(home)
    assert time.monotonic() - started < 30


def test_a_server_that_stops_answering_is_given_up(
    home: Path, server: ChromaServer, remote: IndexSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.vectors.READ_SECONDS", 0.5)
    build(home, corpus_of(TEXTS), remote)
    chat = Retriever.open(home)
    os.kill(server.process, signal.SIGSTOP)  # the system still accepts for it
    try:
        with pytest.raises(VectorServerError, match="timed out"):
            chat.retrieve("which airship flies?", 5)
    finally:
        os.kill(server.process, signal.SIGCONT)
    assert chat.retrieve("which airship flies?", 5)
    chat.close()


def test_questions_and_token_go_to_no_other_machine_than_the_settings_name(monkeypatch: pytest.MonkeyPatch) -> None:
    recorded = RemoteCollection("http://elsewhere.example", "default_tenant", "default_database", "passages")
    monkeypatch.setenv("ASKPOST_CHROMA_TOKEN", "sesame")
    with pytest.raises(VectorServerError, match=r"nothing is sent.*ASKPOST_CHROMA_URL=http://elsewhere\.example"):
        recorded.server()
    here = replace(recorded, url="http://127.0.0.1:8000")
    assert (here.server().url, here.server().token) == ("http://127.0.0.1:8000", "")
    monkeypatch.setenv("ASKPOST_CHROMA_URL", "http://mine.example")
    assert (recorded.server().url, recorded.server().token) == ("http://mine.example", "sesame")


def test_an_env_file_in_the_working_folder_is_not_read(
    home: Path, server: ChromaServer, remote: IndexSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path(".env").write_text("CHROMA_SERVER_HOST=elsewhere.example\nCHROMA_SERVER_SSL_VERIFY=nothing\n")
    build(home, corpus_of(TEXTS), remote)
    assert_serves(home, corpus_of(TEXTS))


def test_the_address_in_the_settings_goes_before_the_recorded_one(
    home: Path, server: ChromaServer, remote: IndexSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(home, corpus_of(TEXTS), remote)
    monkeypatch.setenv("ASKPOST_CHROMA_URL", f"http://localhost:{server.port}")
    assert_serves(home, corpus_of(TEXTS))
    monkeypatch.setenv("ASKPOST_CHROMA_URL", "http://127.0.0.1:9")
    with pytest.raises(VectorServerError, match=r"127\.0\.0\.1:9 "):
        Retriever.open(home)
