"""Builders and readers beside each other, and in processes of their own: each gets one whole build."""

from __future__ import annotations

import sys
import threading
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest

from corpus.errors import AskpostError, IndexBusyError
from index.builds import current_build, read_manifest
from index.retrieval import Retriever
from index.settings import IndexSettings
from index.verification import failures, verify_build
from tests.index.conftest import TEXTS, current_build_of
from tests.index.tiny import build, corpus_of
from tests.index.whole import assert_serves


def test_two_builders_at_once(home: Path, tiny: IndexSettings, processes: ForkServerContext) -> None:
    corpora = [corpus_of({**TEXTS, "extra": f"Builder {n}."}) for n in range(4)]
    builders = [processes.Process(target=build_quietly, args=(home, documents, tiny)) for documents in corpora]
    for builder in builders:
        builder.start()
    for builder in builders:
        builder.join(60)
    codes = [builder.exitcode for builder in builders]
    assert set(codes) <= {0, IndexBusyError.exit_code}
    assert 0 in codes
    served = assert_serves(home, *corpora)
    assert codes[served] == 0


def build_quietly(home: Path, documents: list[object], tiny: IndexSettings) -> None:
    """Build in a process of its own; leave with the error's exit code."""
    try:
        build(home, documents, tiny)  # type: ignore[arg-type]
    except AskpostError as error:
        sys.exit(error.exit_code)


def test_readers_during_the_swap(home: Path, tiny: IndexSettings) -> None:
    """Readers that open and ask while builds come and go each get one whole build."""
    corpora = [corpus_of({**TEXTS, "extra": f"Airship of build {n}."}) for n in range(6)]
    build(home, corpora[0], tiny)
    old = Retriever.open(home)
    expected = old.retrieve("airship", 5)
    stop, wrong, opened = threading.Event(), [], []

    def read() -> None:
        while not stop.is_set():
            try:
                opened.append(assert_serves_quickly(home, len(corpora)))
            except BaseException as error:  # noqa: BLE001 - whatever it is, the test shall fail with it
                wrong.append(error)

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    for documents in corpora[1:]:
        build(home, documents, tiny)
    stop.set()
    for reader in readers:
        reader.join()
    assert not wrong
    assert len(set(opened)) > 1
    assert old.retrieve("airship", 5) == expected  # a reader stays on its build, though it has been deleted
    assert not (home / "builds" / old.manifest.id).exists()
    old.close()


def assert_serves_quickly(home: Path, builds: int) -> str:
    """Open and ask; every sentence is of the build that was opened."""
    retriever = Retriever.open(home)
    try:
        extra = retriever.store.text("extra")
        found = retriever.retrieve("airship of build", 30)
        assert extra in {f"Airship of build {n}." for n in range(builds)}
        assert {candidate.sentence.text for candidate in found if candidate.sentence.source.id == "extra"} == {extra}
        return retriever.manifest.id
    finally:
        retriever.close()


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs /proc")
def test_no_file_handle_leaks_over_200_builds(home: Path, tiny: IndexSettings) -> None:
    corpora = [corpus_of({"a": f"Airship {n}.", "b": "Another."}) for n in range(2)]
    for documents in corpora:
        build(home, documents, tiny)
    handles = open_files()
    for number in range(200):
        build(home, corpora[number % 2], tiny)
        if number % 20 == 0:
            Retriever.open(home).close()
    assert open_files() <= handles + 3
    assert len(list((home / "builds").iterdir())) == 3


def test_more_than_1000_passages_reopen_in_a_fresh_process(
    home: Path, tiny: IndexSettings, processes: ForkServerContext
) -> None:
    words = ["airship", "town", "captain", "grey", "sail", "engine", "harbour", "cloud", "rope", "anchor"]
    texts = {
        f"d{n}": "\n\n".join(
            f"## Part {part}\n\nThe {words[(n + part) % 10]} of {n} met the {words[n * part % 10]} number {n * part}."
            for part in range(25)
        )
        for n in range(50)
    }
    manifest = build(home, corpus_of(texts), tiny).manifest
    assert manifest.counts["passages"] == 1250
    questions = ["the airship of 7", "anchor number 12", "which harbour?"]
    here = answers(home, questions)
    receiver, sender = processes.Pipe(duplex=False)
    process = processes.Process(target=send_answers, args=(sender, home, questions))
    process.start()
    there = receiver.recv()
    process.join()
    assert there == here
    assert not list(failures(verify_build(current_build(home))))


def answers(home: Path, questions: list[str]) -> object:
    retriever = Retriever.open(home)
    found = [
        [(candidate.sentence.id, candidate.fused) for candidate in retriever.retrieve(question, 20)]
        for question in questions
    ]
    counts = (retriever.store.counts(), retriever._vectors.count(), len(retriever._vectors.keys()))
    retriever.close()
    return counts, found


def send_answers(sender: object, home: Path, questions: list[str]) -> None:
    sender.send(answers(home, questions))  # type: ignore[attr-defined]


def test_chroma_reads_without_changing_the_vectors_files(home: Path, tiny: IndexSettings) -> None:
    folder = current_build_of(home, tiny)
    for _ in range(2):
        retriever = Retriever.open(home)
        retriever.retrieve("airship", 3)
        retriever.close()
    assert not list(failures(verify_build(folder)))
    assert any(name.startswith("chroma/") for name in read_manifest(folder).checksums)
