"""Which of the retrieved sentences are read."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.candidates import MOST_DEFINITIONS, READ, shortlist
from index.retrieval import Candidate, Retriever

FOUND = 80


@pytest.fixture(scope="module")
def candidates(post_home: Path) -> list[Candidate]:
    retriever = Retriever.open(post_home)
    found = retriever.retrieve("does docker share a kernel?", FOUND)
    retriever.close()
    assert len(found) == FOUND
    return found


@settings(max_examples=50)
@given(data=st.data())
def test_the_most_promising_are_read_with_what_stands_between_and_what_defines(
    candidates: list[Candidate], data: st.DataObject
) -> None:
    promise = np.array(data.draw(st.lists(st.floats(0, 1), min_size=FOUND, max_size=FOUND)))
    defines = np.array(data.draw(st.lists(st.sampled_from([0.0, 1.0]), min_size=FOUND, max_size=FOUND)))
    chosen = shortlist(candidates, promise, defines)
    assert len(set(chosen)) == len(chosen)
    best, more = chosen[:READ], chosen[READ:]
    assert min(promise[best]) >= max(promise[[n for n in range(FOUND) if n not in best]])
    ids = {candidates[n].sentence.id for n in best}
    between = [n for n in more if {candidates[n].sentence.id - 1, candidates[n].sentence.id + 1} <= ids]
    defining = [n for n in more if n not in between]
    assert all(defines[n] for n in defining)
    assert len(defining) <= MOST_DEFINITIONS
    left = [n for n in range(FOUND) if n not in chosen]
    assert not any({candidates[n].sentence.id - 1, candidates[n].sentence.id + 1} <= ids for n in left)
    assert len(defining) == MOST_DEFINITIONS or not any(defines[n] for n in left)


def test_of_few_candidates_all_are_read_and_equals_keep_their_order(candidates: list[Candidate]) -> None:
    assert shortlist(candidates[:5], np.zeros(5), np.zeros(5)) == [0, 1, 2, 3, 4]
    assert shortlist([], np.zeros(0), np.zeros(0)) == []
