"""Builds: round trip, nothing changed, replaced whole or not at all."""

import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from corpus import load_corpus
from corpus.errors import IndexBusyError, IndexDamagedError, IndexMismatchError, ModelError, NoIndexError
from index.building import build_index
from index.builds import CURRENT, current_build, list_builds, read_manifest, select_build, writer_lock
from index.models import find_model
from index.passages import split_passages
from index.retrieval import Retriever
from index.settings import DEFAULT_MODEL, IndexSettings

Write = Callable[[dict[str, str]], Path]


def test_a_build_gives_back_what_went_in(post_home: Path) -> None:
    retriever = Retriever.open(post_home)
    documents = load_corpus()
    assert [source.id for source in retriever.store.sources()] == [document.source.id for document in documents]
    for document in documents:
        assert retriever.store.text(document.source.id) == document.text
        assert retriever.store.sections(document.source.id) == document.sections
        stored = retriever.store.sentences_of_source(document.source.id)
        assert [(s.start, s.end, s.kind) for s in stored] == [(s.start, s.end, s.kind) for s in document.sentences]
        assert all(s.text == document.text[s.start : s.end] for s in stored)


def test_passages_hold_each_sentence_once_and_keep_to_the_length() -> None:
    for document in load_corpus():
        passages = list(split_passages(document, 300))
        held = [sentence for passage in passages for sentence in passage.sentences]
        assert sorted(held, key=lambda s: s.start) == [s for s in document.sentences if s.kind != "heading"]
        for passage in passages:
            assert len({sentence.section for sentence in passage.sentences}) == 1
            assert passage.end - passage.start <= 300 or len(passage.sentences) == 1


def test_nothing_changed_is_known_without_torch(post_home: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from corpus import load_corpus; from index.building import build_index\n"
        f"report = build_index(load_corpus(), Path({str(post_home)!r}))\n"
        "assert not report.changed; assert 'torch' not in sys.modules, 'torch was imported'"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


def test_only_changed_texts_are_embedded(new_home: Callable[[], Path], folder: Write) -> None:
    home = new_home()
    first = build_index(load_corpus(folder({"a.md": "The zeppelin is grey.", "b.md": "The airship is long."})), home)
    again = build_index(load_corpus(folder({"b.md": "The airship is very long."})), home)
    assert first.embedded == 2  # one sentence a document, which is its passage too
    assert again.embedded == 1
    assert again.manifest.id != first.manifest.id
    assert current_build(home).name == again.manifest.id


def test_the_same_build_gives_the_same_order(post_home: Path) -> None:
    question = "how fast can I start over with docker?"
    one, other = Retriever.open(post_home), Retriever.open(post_home)
    assert one.retrieve(question, 20) == other.retrieve(question, 20)


def test_retrieval_finds_by_words_and_by_meaning(post_home: Path) -> None:
    retriever = Retriever.open(post_home)
    by_word = retriever.retrieve("hypervisor", 3)
    assert any("hypervisor" in candidate.sentence.text for candidate in by_word)
    by_meaning = retriever.retrieve("I saw some videos explaining the tool", 5)
    assert any("youtube tutorials" in candidate.sentence.text and not candidate.lexical for candidate in by_meaning)


def test_a_failed_build_leaves_the_served_one(
    new_home: Callable[[], Path], folder: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = new_home()
    served = build_index(load_corpus(folder({"a.md": "One text."})), home).manifest

    def broken(_folder: Path, _probe: object) -> dict[str, int]:
        raise IndexDamagedError("broken on purpose")

    monkeypatch.setattr("index.building.verify_contents", broken)
    with pytest.raises(IndexDamagedError, match="on purpose"):
        build_index(load_corpus(folder({"a.md": "Another text."})), home)
    assert current_build(home).name == served.id
    assert [path.name for path in (home / "builds").iterdir()] == [served.id]


def test_one_writer_at_a_time(new_home: Callable[[], Path], folder: Write) -> None:
    home = new_home()
    with writer_lock(home), pytest.raises(IndexBusyError, match="Another process"):
        build_index(load_corpus(folder({"a.md": "Text."})), home)


def test_rollback_and_the_builds_kept(new_home: Callable[[], Path], folder: Write) -> None:
    home = new_home()
    ids = [build_index(load_corpus(folder({"a.md": f"Text number {n}."})), home).manifest.id for n in range(5)]
    kept = [manifest.id for manifest in list_builds(home)]
    assert len(kept) == 3
    assert kept[0] == ids[-1]
    select_build(home, kept[1])
    assert Retriever.open(home).manifest.id == kept[1]
    with pytest.raises(NoIndexError):
        select_build(home, "../../etc")


def _break_current(build: Path) -> None:
    (build.parent.parent / CURRENT).write_text("20200101T000000-00000000\n")


def _break_format(build: Path) -> None:
    manifest = json.loads((build / "manifest.json").read_text())
    (build / "manifest.json").write_text(json.dumps({**manifest, "format": 99}))


@pytest.mark.parametrize(
    ("damage", "error"),
    [
        (lambda build: (build / "manifest.json").write_text("{"), IndexDamagedError),
        (lambda build: (build / "text.sqlite").write_bytes(b"nonsense" * 100), IndexDamagedError),
        (lambda build: (build / "text.sqlite").unlink(), IndexDamagedError),
        (lambda build: (build / "encoder" / "model.onnx").unlink(), IndexDamagedError),
        (lambda build: (build / "encoder" / "tokenizer.json").write_text("[]"), IndexDamagedError),
        (lambda build: shutil.rmtree(build / "chroma"), IndexDamagedError),
        (lambda build: (build / "chroma" / "chroma.sqlite3").write_bytes(b"nonsense" * 1000), IndexDamagedError),
        (_break_current, IndexDamagedError),
        (_break_format, IndexMismatchError),
    ],
)
def test_damage_is_named_with_the_command_to_run(
    new_home: Callable[[], Path], folder: Write, damage: Callable[[Path], object], error: type[Exception]
) -> None:
    home = new_home()
    build_index(load_corpus(folder({"a.md": "One text."})), home)
    damage(current_build(home))
    with pytest.raises(error, match="run `askpost index"):
        Retriever.open(home).retrieve("one", 3)


def test_no_index_and_no_model_are_named(tmp_path: Path, folder: Write) -> None:
    with pytest.raises(NoIndexError, match="run `askpost index"):
        Retriever.open(tmp_path)
    with pytest.raises(ModelError, match="askpost-minilm"):
        build_index(load_corpus(folder({"a.md": "x"})), tmp_path / "home", IndexSettings(model="no-such/model-here"))


def test_the_manifest_says_what_the_build_was_made_from(post_home: Path) -> None:
    manifest = read_manifest(current_build(post_home))
    assert manifest.model_sha256 == find_model(DEFAULT_MODEL).sha256
    assert manifest.dimensions == 384
    assert manifest.counts["sources"] == len(manifest.sources) == 8
    assert set(manifest.versions) >= {"chromadb", "sentence-transformers"}
    database = sqlite3.connect(current_build(post_home) / "text.sqlite")
    assert database.execute("SELECT count(embedding) FROM sentences").fetchone()[0] == manifest.counts["sentences"]
