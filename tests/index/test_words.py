"""What words find in a large index: the same as in a small one where a question's words are rare, in bounded time."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index import text_store
from index.builds import current_build
from index.settings import IndexSettings
from index.terms import differences
from index.text_store import TEXT_FILE, TextStore
from index.text_writer import TextWriter
from tests.index.conftest import TEXTS
from tests.index.tiny import build, corpus_of


def test_frequent_words_are_left_out_where_there_are_rarer_ones(
    home: Path, tiny: IndexSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(home, corpus_of(TEXTS), tiny)
    store = TextStore(current_build(home) / TEXT_FILE)
    common, rare = "airship", "captain"
    everywhere = store.search(f"{common} {rare} ada", 100)
    monkeypatch.setattr(text_store, "_MOST_RANKED", 3)
    found = store.search(f"{common} {rare} ada", 100)
    assert [store.sentences([id_])[0].text for id_, _ in found] == ["Its captain is Ada."]
    assert found[0][0] == everywhere[0][0]
    both = store.search(f"{common} grey", 100)  # neither is rare: only sentences that hold both
    assert {store.sentences([id_])[0].text.split()[0] for id_, _ in both} == {"Airship"}
    assert store.search("airship unheard", 100)
    assert not store.search("unheard", 100)
    store.close()


WORDS = st.one_of(
    st.sampled_from("run running runs RUN naïve naive Über über ships shipped can’t e-mail x86 日本 — '".split()),
    st.text(st.characters(exclude_categories=["C", "Z"], exclude_characters='"'), min_size=1, max_size=6),
)
CORPUS = st.dictionaries(
    st.sampled_from("abcd"), st.lists(WORDS, min_size=1, max_size=8).map(" ".join), min_size=1, max_size=4
)


@settings(max_examples=60, deadline=None)
@given(first=CORPUS, second=CORPUS, words=st.lists(WORDS, min_size=1, max_size=8))
def test_sentences_that_hold_a_word_are_as_many_as_fts5_counts(
    first: dict[str, str], second: dict[str, str], words: list[str]
) -> None:
    """Of a store made from nothing, and of one brought up to date."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, TEXT_FILE)
        for texts in (first, second):
            put(path, texts)
            store = TextStore(path)
            database = sqlite3.connect(path)
            for word in (*words, *texts.values()):
                query = "SELECT count(*) FROM lexical WHERE lexical MATCH ?"
                (counted,) = database.execute(query, (f'"{word}"',)).fetchone()
                assert store.sentence_frequency(word) == counted, word
            assert store.vocabulary() == vocabulary_of(texts)
            assert not differences(database)
            database.close()
            store.close()


def put(path: Path, texts: Mapping[str, str]) -> None:
    """Bring a text store to holding these texts."""
    writer = TextWriter(path)
    documents = {document.source.id: document for document in corpus_of(texts)}
    for id_ in sorted(writer.digests()):
        writer.remove(id_)
    for order, document in enumerate(documents.values()):
        found = [sentence for sentence in document.sentences if sentence.kind != "heading"]
        number = writer.next_passage
        vectors = {sentence: np.zeros(4, np.float32) for sentence in found}
        writer.add(document, dict.fromkeys(found, number), vectors, order, {number: document.source.id})
    writer.close()


def vocabulary_of(texts: Mapping[str, str]) -> dict[str, int]:
    """What a store made from nothing says."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, TEXT_FILE)
        put(path, texts)
        store = TextStore(path)
        try:
            return store.vocabulary()
        finally:
            store.close()
