"""What words find in a large index: the same as in a small one where a question's words are rare, in bounded time."""

from __future__ import annotations

from pathlib import Path

import pytest

from index import text_store
from index.builds import current_build
from index.settings import IndexSettings
from index.text_store import TEXT_FILE, TextStore
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
