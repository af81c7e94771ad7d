"""What must hold of a home at all times: the build in use is whole, is one of those expected, and answers from it.

And all that it says, to be compared with what another says.
"""

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
