"""How many sentences retrieval gives, and which it adds."""

from pathlib import Path

import pytest

from index.retrieval import Retriever


@pytest.mark.parametrize("question", ["does docker share a kernel?", "what are VMs for?", "zebra"])
def test_sentences_between_two_others_come_behind_the_limit(post_home: Path, question: str) -> None:
    retriever = Retriever.open(post_home)
    plain = [candidate.sentence.id for candidate in retriever.retrieve(question, 20)]
    more = [candidate.sentence.id for candidate in retriever.retrieve(question, 20, between=True)]
    retriever.close()
    assert len(plain) == 20
    assert more[:20] == plain
    assert all({id_ - 1, id_ + 1} <= set(plain) for id_ in more[20:])
    assert len(set(more)) == len(more)
