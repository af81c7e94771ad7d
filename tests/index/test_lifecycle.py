"""Builds over time: verified, rolled back, collected; damaged caches and builds; builders and readers at once."""

from __future__ import annotations

import json
import shutil
import sqlite3
import sys
import threading
from collections.abc import Callable
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest

from corpus.errors import AskpostError, IndexBusyError, IndexDamagedError, IndexMismatchError, NoIndexError
from index.builds import (
    collect_garbage,
    current_build,
    list_builds,
    previous_build,
    read_manifest,
    select_build,
    writer_lock,
)
from index.embedding_cache import CACHE_FILE, SUMS_FILE
from index.garbage import Cleaned, clean_cache
from index.retrieval import Retriever
from index.settings import IndexSettings
from index.verification import failures, verify_build
from tests.index.conftest import TEXTS
from tests.index.tiny import build, corpus_of, tiny_model
from tests.index.whole import assert_serves

Damage = Callable[[Path], object]


def sql(statement: str) -> Damage:
    def run(folder: Path) -> None:
        with sqlite3.connect(folder / "text.sqlite") as database:
            database.execute(statement)
        database.close()

    return run


def flip(name: str) -> Damage:
    """Change one byte in the middle of the first file that the pattern finds."""

    def run(folder: Path) -> None:
        path = next(path for path in sorted(folder.glob(name)) if path.stat().st_size)
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 0xFF
        path.write_bytes(content)

    return run


def drop_a_vector(folder: Path) -> None:
    import chromadb

    client = chromadb.PersistentClient(str(folder / "chroma"))
    collection = client.get_collection("passages", embedding_function=None)
    collection.delete(ids=collection.get(limit=1)["ids"])
    client.close()  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("damage", "check"),
    [
        (lambda folder: (folder / "manifest.json").write_text("{}"), "manifest"),
        (flip("text.sqlite"), "checksums"),
        (flip("encoder/model.onnx"), "checksums"),
        (flip("chroma/*/data_level0.bin"), "checksums"),
        (lambda folder: (folder / "encoder" / "more").write_text("x"), "checksums"),
        (sql("DELETE FROM sources WHERE n = 0"), "counts"),
        (sql('UPDATE sentences SET start = "end" + 5 WHERE id = 3'), "offsets"),
        (sql("UPDATE sources SET text = substr(text, 1, 20) WHERE n = 1"), "offsets"),
        (sql("UPDATE lexical SET sentence = 'another' WHERE rowid = 2"), "full text"),
        (sql("DELETE FROM lexical WHERE rowid = 2"), "full text"),
        (sql("UPDATE sentences SET embedding = zeroblob(32) WHERE embedding IS NOT NULL"), "embeddings"),
        (sql("UPDATE passages SET key = 'nothing' WHERE n = 1"), "probe"),
        (drop_a_vector, "probe"),
        (lambda folder: shutil.rmtree(folder / "chroma"), "vectors"),
        (lambda folder: (folder / "encoder" / "model.onnx").unlink(), "encoder"),
    ],
)
def test_verify_finds_damage_of_each_kind(home: Path, tiny: IndexSettings, damage: Damage, check: str) -> None:
    folder = current_build_of(home, tiny)
    assert not list(failures(verify_build(folder)))
    damage(folder)
    assert check in {found.name for found in verify_build(folder) if not found.ok}


def current_build_of(home: Path, tiny: IndexSettings) -> Path:
    build(home, corpus_of(TEXTS), tiny)
    return current_build(home)


def test_a_build_brought_up_to_date_equals_one_made_from_nothing(
    home: Path, tmp_path: Path, tiny: IndexSettings
) -> None:
    many = {f"doc{n}": f"# Part {n}\n\nAirship {n} has {n * 3} sails. Shared words.\n\nMore of {n}." for n in range(40)}
    build(home, corpus_of(many), tiny)
    changed = {"aaa": "A first one.", **many, "doc7": "# Part 7\n\nRewritten. Shared words.", "zzz": "A last one."}
    del changed["doc20"]
    updated = build(home, corpus_of(changed), tiny).manifest
    assert updated.based_on
    assert updated.replaced > 0
    build(tmp_path / "other", corpus_of(changed), tiny)
    assert not list(failures(verify_build(current_build(home))))
    assert content(home) == content(tmp_path / "other")
    assert not build(home, corpus_of(changed), tiny).changed
    assert not build(home, corpus_of(changed), tiny, force=True).manifest.based_on


def content(home: Path) -> object:
    """What a build says, without its numbers, by which equals are ordered."""
    retriever = Retriever.open(home)
    store = retriever.store
    questions = ("airship 7", "shared words", "a last one")
    nearest = [
        [(key, round(cosine, 5)) for key, cosine in retriever._vectors.search(retriever.encode(question).tolist(), 24)]
        for question in questions
    ]
    by_words = [
        sorted(
            (sentence.text, round(score, 5))
            for sentence, score in zip(store.sentences(list(found)), found.values(), strict=True)
        )
        for found in (dict(store.search(question, 1000)) for question in questions)
    ]
    sentences = [
        (sentence.source.id, sentence.text, sentence.before, sentence.after, sentence.section, sentence.kind)
        for source in store.sources()
        for sentence in store.sentences_of_source(source.id)
    ]
    said = (nearest, by_words, sentences, store.vocabulary(), store.keys(), store.counts(), store.topics())
    retriever.close()
    return said


def test_a_damaged_build_is_not_built_upon(home: Path, tiny: IndexSettings) -> None:
    many = {f"doc{n}": f"Airship {n} has {n * 3} sails." for n in range(20)}
    build(home, corpus_of(many), tiny)
    flip("chroma/*/data_level0.bin")(current_build(home))
    again = build(home, corpus_of({**many, "doc3": "Changed."}), tiny).manifest
    assert not again.based_on
    assert_serves(home, corpus_of({**many, "doc3": "Changed."}))


@pytest.mark.parametrize("damage", [flip("encoders/*/files/*.onnx"), flip(f"encoders/*/{SUMS_FILE}")])
def test_a_damaged_encoder_in_the_cache_never_reaches_a_build(home: Path, tiny: IndexSettings, damage: Damage) -> None:
    build(home, corpus_of(TEXTS), tiny)
    damage(home / "cache")
    build(home, corpus_of(TEXTS), tiny, force=True)
    assert_serves(home, corpus_of(TEXTS))
    first, second = list_builds(home)
    assert first.checksums["encoder/model.onnx"] == second.checksums["encoder/model.onnx"]


def test_a_damaged_cache_of_embeddings_is_set_aside(home: Path, tiny: IndexSettings) -> None:
    first = build(home, corpus_of(TEXTS), tiny)
    for damaged in (b"nonsense" * 1000, (home / "cache" / CACHE_FILE).read_bytes()[:5000]):
        (home / "cache" / CACHE_FILE).write_bytes(damaged)
        assert build(home, corpus_of(TEXTS), tiny, force=True).embedded == first.embedded
        assert (home / "cache" / "embeddings.damaged").read_bytes() == damaged
        assert_serves(home, corpus_of(TEXTS))


def test_a_damaged_row_of_the_cache_is_embedded_again(home: Path, tiny: IndexSettings) -> None:
    build(home, corpus_of(TEXTS), tiny)
    with sqlite3.connect(home / "cache" / CACHE_FILE) as database:
        database.execute("UPDATE vectors SET vector = (SELECT max(vector) FROM vectors) WHERE rowid <= 3")
    database.close()
    assert build(home, corpus_of(TEXTS), tiny, force=True).embedded in (2, 3)  # one may be the highest itself


def test_another_model_dimension_or_chunking_is_recognised_before_any_query(
    home: Path, tmp_path: Path, tiny: IndexSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = current_build_of(home, tiny)
    monkeypatch.setenv("ASKPOST_MODEL", "another/model")
    with pytest.raises(IndexMismatchError, match=r"another/model.*run `askpost index`"):
        Retriever.open(home)
    monkeypatch.setenv("ASKPOST_MODEL", tiny.model)
    monkeypatch.setenv("ASKPOST_PASSAGE_CHARS", "200")
    with pytest.raises(IndexMismatchError, match="passage_chars 300"):
        Retriever.open(home)
    monkeypatch.delenv("ASKPOST_PASSAGE_CHARS")
    Retriever.open(home).close()
    for seed, dimensions in ((1, 16), (0, 24)):
        other = tiny_model(tmp_path / f"{seed}-{dimensions}", seed, dimensions)
        shutil.copytree(Path(other.model) / "exported", folder / "encoder", dirs_exist_ok=True)
        with pytest.raises(IndexMismatchError, match="not of the model"):
            Retriever.open(home)
        assert build(tmp_path / f"home{seed}", corpus_of(TEXTS), other).manifest.dimensions == dimensions


def test_a_change_of_model_or_chunking_builds_anew(home: Path, tmp_path: Path, tiny: IndexSettings) -> None:
    build(home, corpus_of(TEXTS), tiny)
    other = tiny_model(tmp_path / "other", seed=5)
    assert not build(home, corpus_of(TEXTS), other).manifest.based_on
    assert build(home, corpus_of(TEXTS), IndexSettings(other.model, passage_chars=100)).changed
    assert_serves(home, corpus_of(TEXTS))


def test_rollback_and_garbage(home: Path, tiny: IndexSettings) -> None:
    corpora = [corpus_of({"a": f"Text {n}.", "b": "Same."}) for n in range(3)]
    ids = [build(home, documents, tiny).manifest.id for documents in corpora]
    assert [manifest.id for manifest in list_builds(home)] == ids[::-1]
    select_build(home, previous_build(home))
    assert assert_serves(home, *corpora) == 1
    (home / "builds" / ids[0] / "manifest.json").write_text("{")
    with pytest.raises(NoIndexError, match="no build older"):
        previous_build(home)
    half_written = home / "builds" / "20200101T000000-00000000"
    half_written.mkdir()
    (home / "builds" / "not-ours").mkdir()
    assert set(collect_garbage(home, keep=1)) == {half_written.name, ids[0]}
    assert (home / "builds" / "not-ours").is_dir()
    assert current_build(home).name == ids[1]  # in use, though not among the newest
    assert build(home, corpora[0], tiny, force=True).changed
    with writer_lock(home):
        for change in (lambda: select_build(home, ids[2]), lambda: collect_garbage(home)):
            with pytest.raises(IndexBusyError):
                change()


def test_the_cache_keeps_what_the_builds_that_are_kept_were_made_with(
    home: Path, tmp_path: Path, tiny: IndexSettings
) -> None:
    titled = "# Part\n\nAirship {n} flies. It is grey.\n\n## Another\n\n- One of {n}.\n- Two of {n}."
    corpora = [corpus_of({"a": titled.format(n=n), "b": "Same.\n\n    code of it"}) for n in range(3)]
    embedded = [build(home, documents, tiny).embedded for documents in corpora]
    assert clean_cache(home) == Cleaned()  # all three are kept
    size = (home / "cache" / CACHE_FILE).stat().st_size
    collect_garbage(home, keep=2)
    assert clean_cache(home) == Cleaned(embedded[1])  # as many new texts as the second had are the first's only
    assert (home / "cache" / CACHE_FILE).stat().st_size <= size
    for documents in corpora[1:]:
        assert build(home, documents, tiny, force=True).embedded == 0
    assert build(home, corpora[0], tiny, force=True).embedded == embedded[1]
    other = tiny_model(tmp_path / "other", seed=5)
    for documents in corpora:
        build(home, documents, other)
    assert clean_cache(home).encoders == 1
    assert_serves(home, corpora[-1])
    (current_build(home) / "text.sqlite").write_bytes(b"nonsense" * 1000)
    assert clean_cache(home) == Cleaned()  # what it was made with cannot be told
    with writer_lock(home), pytest.raises(IndexBusyError):
        clean_cache(home)


def test_older_builds_that_cannot_be_read_do_not_stop_a_new_one(home: Path, tiny: IndexSettings) -> None:
    folder = current_build_of(home, tiny)
    for text in ("{", json.dumps({**json.loads((folder / "manifest.json").read_text()), "format": 1})):
        (current_build(home) / "manifest.json").write_text(text)
        build(home, corpus_of(TEXTS), tiny)
        assert_serves(home, corpus_of(TEXTS))
    assert len(list((home / "builds").iterdir())) == 1


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


def test_current_that_names_nothing_is_mended_by_a_build(home: Path, tiny: IndexSettings) -> None:
    current_build_of(home, tiny)
    for name in ("", "../../etc", "20200101T000000-00000000"):
        (home / "CURRENT").write_text(name)
        with pytest.raises(IndexDamagedError, match="run `askpost index"):
            Retriever.open(home)
        build(home, corpus_of(TEXTS), tiny)
        assert_serves(home, corpus_of(TEXTS))
