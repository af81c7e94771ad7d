"""Loose input: the written cases, and what holds for any text."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.understand import Vocabulary, understand
from app.understand._english import frequencies
from app.understand.evaluate import DATA, TYPO_TOPICS, read

ROWS = read(DATA / "typos.jsonl")
VOCABULARY = Vocabulary(Counter(TYPO_TOPICS))


@pytest.mark.parametrize("row", ROWS, ids=[r["id"] for r in ROWS])
def test_written_case(row: dict[str, Any]) -> None:
    assert understand(row["question"], (), VOCABULARY).question == row["expected"]


@pytest.mark.parametrize(
    ("question", "corrections"),
    [
        ("is the volcnao hot", (("volcnao", "volcano"),)),
        ("Volcnao's lava", (("Volcnao's", "Volcano's"),)),
        ("isthe volcano hot", (("isthe", "is the"),)),
        ("the volcano, the lavvvva", (("lavvvva", "lava"),)),
        ("does openshift run", ()),
        ("the eruptionn and the telescpoe", (("eruptionn", "eruption"), ("telescpoe", "telescope"))),
    ],
)
def test_corrections_are_told(question: str, corrections: tuple[tuple[str, str], ...]) -> None:
    assert understand(question, (), VOCABULARY).corrections == corrections


def test_accents_may_be_left_out() -> None:
    vocabulary = Vocabulary({"Möngke": 3})
    assert understand("who was Mongke?", (), vocabulary).question == "who was Mongke?"


@given(st.lists(st.sampled_from(sorted(frequencies())), max_size=12))
@settings(deadline=None)
def test_english_is_never_changed(words: list[str]) -> None:
    question = " ".join(words)
    assert understand(question, (), VOCABULARY).question == question


@given(st.text(max_size=300))
@settings(deadline=None, max_examples=300)
def test_any_text_settles(question: str) -> None:
    once = understand(question, (), VOCABULARY)
    twice = understand(once.question, (), VOCABULARY)
    assert twice.question == once.question
    assert twice.corrections == ()


def test_a_long_question_is_read_against_a_large_vocabulary() -> None:
    words = sorted(frequencies())[:50_000]
    vocabulary = Vocabulary(dict.fromkeys(words, 2))
    question = " ".join(f"{w[:4]}x{w[4:]}" for w in words[::150])[:2000]
    assert len(understand(question, (), vocabulary).question.split()) >= len(question.split())


@pytest.mark.parametrize(
    ("question", "read", "corrections"),
    [
        ("is duck barn open?", "is duckbarn open?", (("duck barn", "duckbarn"),)),
        ("Is Duck Barn, the shop, open", "Is Duckbarn, the shop, open", (("Duck Barn", "Duckbarn"),)),
        ("who reads (milk-tram)", "who reads (milktram)", (("milk-tram", "milktram"),)),
        ("is the duck wide", "is the duck wide", ()),
        ("is every thing there", "is every thing there", ()),  # "everything" is a word, no name
        ("the duck barn/docs", "the duck barn/docs", ()),
    ],
)
def test_a_name_taken_apart_is_put_together(question: str, read: str, corrections: tuple[tuple[str, str], ...]) -> None:
    vocabulary = Vocabulary({"duckbarn": 3, "milktram": 2, "everything": 4, "shop": 1})
    understood = understand(question, (), vocabulary)
    assert (understood.question, understood.corrections) == (read, corrections)
