"""Verdicts: the shape of questions, the rules one by one, and the floors on the contrast pairs."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.verdict import Evidence, is_yes_no, judge
from app.verdict.evaluate import contrast_pairs, measure

PAIRS = Path(__file__).parent / "data" / "contrast_pairs.jsonl"


@pytest.mark.parametrize(
    "question",
    [
        "Is docker a VM?",
        "is docker a vm",
        "dont cats purr",
        "isnt a sauna a steam bath?",
        "So a tomato is a fruit?",
        "the museum is free, right?",
        "It floats, doesn't it?",
        "Can you tell me if the hut is open?",
        "is it fast or not?",
        "Does the author say that cats purr?",
        "dose it run on linux?",
        "is there a lift",
        "are there any cats or dogs?",
        "Can you tell an officer by his hat?",
        "Can you find out the price?",
    ],
)
def test_asks_for_yes_or_no(question: str) -> None:
    assert is_yes_no(question)


@pytest.mark.parametrize(
    "question",
    [
        "What is docker?",
        "so what is docker?",
        "Is it a cat or a dog?",
        "can you tell me what a kernel is?",
        "Could you explain the bridge?",
        "Do you know why it rains?",
        "in what year was it built?",
        "tell me about cats",
        "and dogs?",
        "what about dogs?",
        "kernel",
        "cats purr",
        "",
        "?!",
        "how come it is slow?",
        "Since when is it slow?",
        "Do you know which cat purrs?",
    ],
)
def test_asks_for_something_else(question: str) -> None:
    assert not is_yes_no(question)


@pytest.mark.parametrize(
    ("question", "evidence", "value"),
    [
        ("Does rye rise?", Evidence("Rye rises."), "yes"),
        ("Does rye rise?", Evidence("Rye doesnt rise."), "no"),
        ("Does rye rise?", Evidence("It rises.", "Rye"), "yes"),
        ("Does wheat rise?", Evidence("It rises.", "Rye"), None),
        ("Does rye contain nuts?", Evidence("Rye rises."), None),
        ("rye doesn't rise, right?", Evidence("Rye doesn't rise."), "yes"),
        ("Do VMs share a disk?", Evidence("Jails share a disk, while a virtual machine has its own."), "no"),
        ("Is tea cheaper than coffee?", Evidence("Coffee is cheaper than tea."), "no"),
        ("Is it for notes?", Evidence("Not exactly.", "Wiki", "Is a wiki for notes?"), "no"),
        ("Does it cost more than $100?", Evidence("It costs $140.", "The lamp"), "yes"),
        ("Do all cats purr?", Evidence("Not all cats purr."), "no"),
        ("Do all cats purr?", Evidence("Cats purr."), None),
    ],
)
def test_judges(question: str, evidence: Evidence, value: str | None) -> None:
    assert judge(question, [evidence]).value == value


def test_first_evidence_that_settles_wins() -> None:
    verdict = judge("Do cats purr?", [Evidence("Cats sleep."), Evidence("Cats purr."), Evidence("Cats do not purr.")])
    assert verdict.value == "yes"
    assert "cats purr" in verdict.reason


def test_no_evidence_no_verdict() -> None:
    assert judge("Do cats purr?", []).value is None
    assert judge("", [Evidence("Cats purr.")]).value is None


@given(st.text(max_size=80), st.text(max_size=120), st.text(max_size=30), st.text(max_size=60))
def test_any_text_is_judged(question: str, text: str, subject: str, before: str) -> None:
    evidence = [Evidence(text, subject, before)]
    is_yes_no(question)
    verdict = judge(question, evidence)
    assert 0.0 <= verdict.confidence <= 1.0
    assert (verdict.value is None) == (verdict.confidence == 0.0)
    assert judge(question, evidence) == verdict


@pytest.mark.parametrize(
    ("split", "accuracy", "coverage"), [("develop", 0.97, 0.95), ("held-out", 0.95, 0.85), ("held-out-2", 0.95, 0.85)]
)
def test_contrast_pairs(split: str, accuracy: float, coverage: float) -> None:
    figures, errors = measure([case for case in contrast_pairs(PAIRS) if case.split == split])
    assert figures.right >= accuracy * figures.given, errors
    assert figures.right >= coverage * figures.due, errors


def test_near_misses_are_left_open() -> None:
    _, errors = measure([case for case in contrast_pairs(PAIRS) if case.split == "near-miss"])
    assert not errors


def test_pairs_are_complete() -> None:
    rows = [json.loads(line) for line in PAIRS.read_text("utf-8").splitlines()]
    assert len({row["pair"] for row in rows}) >= 150
    assert len({row["id"] for row in rows}) == len(rows)
    assert all(is_yes_no(row["question"]) for row in rows)
