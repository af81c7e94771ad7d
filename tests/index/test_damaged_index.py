"""Damaged builds and caches: `verify_build` names what, nothing is copied from them, and a build mends them."""

from __future__ import annotations

import json
import shutil
import sqlite3
from pathlib import Path

import pytest

from corpus.errors import IndexDamagedError
from index.builds import current_build, list_builds
from index.embedding_cache import CACHE_FILE, SUMS_FILE
from index.retrieval import Retriever
from index.settings import IndexSettings
from index.verification import failures, verify_build
from tests.index.conftest import TEXTS, Damage, current_build_of, flip
from tests.index.tiny import build, corpus_of
from tests.index.whole import assert_serves


def sql(statement: str) -> Damage:
    def run(folder: Path) -> None:
        with sqlite3.connect(folder / "text.sqlite") as database:
            database.execute(statement)
        database.close()

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


def test_older_builds_that_cannot_be_read_do_not_stop_a_new_one(home: Path, tiny: IndexSettings) -> None:
    folder = current_build_of(home, tiny)
    for text in ("{", json.dumps({**json.loads((folder / "manifest.json").read_text()), "format": 1})):
        (current_build(home) / "manifest.json").write_text(text)
        build(home, corpus_of(TEXTS), tiny)
        assert_serves(home, corpus_of(TEXTS))
    assert len(list((home / "builds").iterdir())) == 1


def test_current_that_names_nothing_is_mended_by_a_build(home: Path, tiny: IndexSettings) -> None:
    current_build_of(home, tiny)
    for name in ("", "../../etc", "20200101T000000-00000000"):
        (home / "CURRENT").write_text(name)
        with pytest.raises(IndexDamagedError, match="run `askpost index"):
            Retriever.open(home)
        build(home, corpus_of(TEXTS), tiny)
        assert_serves(home, corpus_of(TEXTS))
