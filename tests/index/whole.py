"""What must hold of a home at all times: the build in use is whole, is one of those expected, and answers from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from corpus import Document
from index.builds import current_build
from index.retrieval import Retriever
from index.verification import failures, verify_build


def assert_serves(home: Path, *expected: Sequence[Document]) -> int:
    """The build in use passes every check and holds exactly one of the expected corpora; returns which."""
    folder = current_build(home)
    assert not list(failures(verify_build(folder)))
    retriever = Retriever.open(home)
    try:
        held = {source.id: retriever.store.text(source.id) for source in retriever.store.sources()}
        texts = [text_of(documents) for documents in expected]
        assert held in texts
        for candidate in retriever.retrieve("which airship flies where?", 10):
            sentence = candidate.sentence
            assert held[sentence.source.id][sentence.start : sentence.end] == sentence.text
        return texts.index(held)
    finally:
        retriever.close()


def text_of(documents: Sequence[Document]) -> Mapping[str, str]:
    """The texts of a corpus by id, in its order."""
    return {document.source.id: document.text for document in documents}
