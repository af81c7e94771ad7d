"""Builds over time: brought up to date, made anew for another model, rolled back to, and collected with their cache."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from corpus.errors import IndexBusyError, IndexMismatchError, NoIndexError
from index.builds import (
    collect_garbage,
    current_build,
    list_builds,
    previous_build,
    select_build,
    writer_lock,
)
from index.embedding_cache import CACHE_FILE
from index.garbage import Cleaned, clean_cache
from index.retrieval import Retriever
from index.settings import IndexSettings
from index.verification import failures, verify_build
from tests.index.conftest import TEXTS, current_build_of
from tests.index.tiny import build, corpus_of, tiny_model
from tests.index.whole import assert_serves, content


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
