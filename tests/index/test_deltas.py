"""Builds that share a base: they answer like one that is whole by itself, and keep what they share."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus.errors import IndexDamagedError
from index import text_store
from index.builds import collect_garbage, current_build, list_builds, read_manifest, select_build, unusable_builds
from index.retrieval import Retriever
from index.settings import IndexSettings
from index.verification import failures, verify_build
from tests.index.conftest import flip
from tests.index.tiny import build, corpus_of, deltas
from tests.index.whole import assert_serves, content

WORDS = "airship zeppelin captain town grey sails run running e-mail naïve the from 42".split()
TEXTS = st.dictionaries(
    st.sampled_from("abcdefgh"),
    st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=6).map(" ".join), min_size=1, max_size=3).map(
        "\n\n".join
    ),
    min_size=1,
    max_size=8,
)
QUESTIONS = ("airship 42", "the grey e-mail of a naïve captain", "running", "zeppelin sails from town")


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(history=st.lists(TEXTS, min_size=2, max_size=4), most_ranked=st.sampled_from([5_000, 3]))
def test_a_base_and_a_delta_answer_like_one_build(
    tiny: IndexSettings, history: list[dict[str, str]], most_ranked: int
) -> None:
    """Whatever the base, and whatever deltas came between."""
    histories = [corpus_of(dict(sorted(texts.items()))) for texts in history]
    with tempfile.TemporaryDirectory() as folder, mock.patch.object(text_store, "_MOST_RANKED", most_ranked):
        home, other = Path(folder, "home"), Path(folder, "other")
        with deltas(), mock.patch("index.writing.MOST_CHANGED", 10.0):
            reports = [build(home, documents, tiny) for documents in histories]
        build(other, histories[-1], tiny)
        manifest = reports[-1].manifest
        assert manifest.base == (reports[0].manifest.id if manifest.id != reports[0].manifest.id else "")
        assert answers(home) == answers(other)
        assert content(home) == content(other)
        assert manifest.counts == read_manifest(current_build(other)).counts
        assert not list(failures(verify_build(current_build(home))))


def answers(home: Path) -> object:
    """What is found for questions, without numbers, by which equals are ordered."""
    retriever = Retriever.open(home)
    store = retriever.store
    found = [
        [
            sorted(
                (sentence.source.id, sentence.start, round(score, 9))
                for sentence, score in zip(store.sentences(list(best)), best.values(), strict=True)
            )
            for best in [dict(store.search(question, 1000))]
        ]
        + sorted(
            (candidate.sentence.source.id, candidate.sentence.start, round(candidate.cosine, 5))
            for candidate in retriever.retrieve(question, 1000)
        )
        for question in QUESTIONS
    ]
    words = {word: store.sentence_frequency(word) for question in QUESTIONS for word in question.split()}
    retriever.close()
    return found, words


MANY = {f"doc{n:02}": f"Airship {n} has {n * 3} sails.\n\nIts town is {n}." for n in range(30)}


def test_scores_are_those_of_one_build_where_few_are_asked_for(home: Path, tmp_path: Path, tiny: IndexSettings) -> None:
    texts = {id_: f"{text} {'sails ' * (n % 7)}" for n, (id_, text) in enumerate(MANY.items())}
    changed = {**texts, "doc03": "Sails of an airship in town.", "doc40": "A town without sails."}
    del changed["doc11"]
    with deltas():
        build(home, corpus_of(texts), tiny)
        assert build(home, corpus_of(changed), tiny).manifest.base
    build(tmp_path / "other", corpus_of(changed), tiny)
    one, other = Retriever.open(home), Retriever.open(tmp_path / "other")
    for question in ("airship sails", "town", "sails 12"):
        for limit in (1, 3, 10):
            scores = [[round(score, 9) for _, score in r.store.search(question, limit)] for r in (one, other)]
            assert scores[0] == scores[1]
            vector = one.encode(question).tolist()
            assert [round(c, 5) for _, c in one._vectors.search(vector, limit)] == [
                round(c, 5) for _, c in other._vectors.search(vector, limit)
            ]
    one.close()
    other.close()


def test_documents_that_are_again_as_in_the_base_leave_an_empty_delta(home: Path, tiny: IndexSettings) -> None:
    corpora = [corpus_of(MANY), corpus_of({**MANY, "doc03": "Changed.", "more": "Another."})]
    with deltas():
        first, *_, last = [build(home, documents, tiny).manifest for documents in (*corpora, corpora[0])]
    assert last.base == first.id
    assert last.counts == first.counts
    assert assert_serves(home, *corpora) == 0
    retriever = Retriever.open(home)
    assert retriever.retrieve("airship 3", 5)
    retriever.close()
    with deltas():  # nothing but what is gone
        build(home, corpora[0][5:], tiny)
    assert assert_serves(home, corpora[0][5:]) == 0


def test_small_indexes_have_no_base(home: Path, tiny: IndexSettings) -> None:
    build(home, corpus_of(MANY), tiny)
    assert not build(home, corpus_of({**MANY, "more": "Another."}), tiny).manifest.base


def test_a_large_delta_becomes_part_of_a_new_base(home: Path, tiny: IndexSettings) -> None:
    texts, bases = dict(MANY), []
    with deltas(most=0.1):
        for n in range(6):
            build(home, corpus_of(texts), tiny)
            bases.append(read_manifest(current_build(home)).base)
            assert_serves(home, corpus_of(texts))
            texts[f"more{n}"] = f"Airship {n} once more."
    assert bases[0] == bases[4] == ""
    assert bases[1] == bases[2] == bases[3] != ""
    assert bases[5] not in ("", bases[1])
    with deltas():  # another order: the base's documents cannot be left where they are
        assert not build(home, corpus_of(dict(reversed(texts.items()))), tiny).manifest.base
        assert_serves(home, corpus_of(dict(reversed(texts.items()))))


def test_a_base_is_kept_as_long_as_a_build_that_is_kept_refers_to_it(home: Path, tiny: IndexSettings) -> None:
    corpora = [corpus_of({**MANY, "doc05": f"Changed {n}."}) for n in range(6)]
    with deltas():
        ids = [build(home, documents, tiny).manifest.id for documents in corpora]
        assert [manifest.id for manifest in list_builds(home)] == [*ids[:2:-1], ids[0]]
        assert {manifest.base for manifest in list_builds(home)} == {"", ids[0]}
    assert set(collect_garbage(home, keep=1)) == set(ids[3:5])
    assert assert_serves(home, *corpora) == 5
    select_build(home, ids[0])  # the base is a build like any other
    assert assert_serves(home, *corpora) == 0
    select_build(home, ids[5])
    whole = build(home, corpora[1], tiny, force=True).manifest
    assert not whole.base
    assert set(collect_garbage(home, keep=1)) == {ids[0], ids[5]}
    assert assert_serves(home, *corpora) == 1


def test_a_build_without_its_base_is_not_served(home: Path, tiny: IndexSettings) -> None:
    corpora = [corpus_of({**MANY, "doc05": f"Changed {n}."}) for n in range(3)]
    with deltas():
        ids = [build(home, documents, tiny).manifest.id for documents in corpora]
    shutil.rmtree(home / "builds" / ids[0])
    assert set(unusable_builds(home)) == set(ids[1:])
    for use in (lambda: Retriever.open(home), lambda: select_build(home, ids[1])):
        with pytest.raises(IndexDamagedError, match=r"base.*is not there.*run `askpost index --force`"):
            use()
    with deltas():
        assert not build(home, corpora[0], tiny).manifest.base
    assert assert_serves(home, *corpora) == 0


@pytest.mark.parametrize("name", ["text.sqlite", "chroma/*/data_level0.bin"])
def test_damage_to_a_base_is_found_and_does_not_spread(home: Path, tiny: IndexSettings, name: str) -> None:
    corpora = [corpus_of({**MANY, "doc05": f"Changed {n}."}) for n in range(4)]
    with deltas():
        base = build(home, corpora[0], tiny).manifest.id
        build(home, corpora[1], tiny)
        flip(name)(home / "builds" / base)
        assert any(wrong.startswith("base: ") for wrong in failures(verify_build(current_build(home))))
    with deltas(most=0.0):  # all as one: the base's copy is not what was made
        whole = build(home, corpora[2], tiny).manifest
    assert (whole.base, whole.based_on) == ("", "")
    assert assert_serves(home, *corpora) == 2


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


@pytest.mark.parametrize(
    ("name", "damage"), [("chroma/*/data_level0.bin", cut_short), ("chroma/chroma.sqlite3", Path.unlink)]
)
def test_a_base_that_is_not_all_there_is_not_built_upon(
    home: Path, tiny: IndexSettings, name: str, damage: Callable[[Path], object]
) -> None:
    corpora = [corpus_of({**MANY, "doc05": f"Changed {n}."}) for n in range(3)]
    with deltas():
        folder = home / "builds" / build(home, corpora[0], tiny).manifest.id
        build(home, corpora[1], tiny)
        damage(next(folder.glob(name)))
        assert not build(home, corpora[2], tiny).manifest.base
    assert assert_serves(home, *corpora) == 2


@pytest.mark.parametrize("name", ["..", "../builds", "/etc", "20200101T000000-00000000"])
def test_a_base_is_only_looked_for_among_the_builds(home: Path, tiny: IndexSettings, name: str) -> None:
    with deltas():
        build(home, corpus_of(MANY), tiny)
        build(home, corpus_of({**MANY, "more": "Another."}), tiny)
    with sqlite3.connect(current_build(home) / "text.sqlite") as database:
        database.execute("UPDATE delta SET base = ?", (name,))
    database.close()
    with pytest.raises(IndexDamagedError, match="run `askpost index --force`"):
        Retriever.open(home)
    assert any(wrong.startswith("base: ") for wrong in failures(verify_build(current_build(home))))
