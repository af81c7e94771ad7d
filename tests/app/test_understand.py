"""Follow-ups: the written cases, and what holds for any text."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.understand import Turn, Understood, Vocabulary, understand
from app.understand.evaluate import DATA, followup_is_right, read, vocabulary_of

ROWS = read(DATA / "followups.jsonl")
VOCABULARY = Vocabulary(
    Counter("the ferry takes cars and bikes across the lake to an island harbour bridge tunnel".split()),
    ["Ferries and bridges", "The lake"],
)
FERRY = (Turn("does the ferry take cars?", 'Yes. "Cars and bikes are taken."'),)
PHRASES = st.sampled_from(
    "and why how what about it that they them its his the other one ferry bridge cars is does do can "
    "who which when to of in on , ? ! . No VMs don't what's it's island faster than or former".split()
)
QUESTIONS = st.one_of(st.text(max_size=80), st.lists(PHRASES, max_size=9).map(" ".join))
HISTORIES = st.lists(st.builds(Turn, QUESTIONS, QUESTIONS), max_size=3)


@pytest.mark.parametrize("row", ROWS, ids=[r["id"] for r in ROWS])
def test_written_case(row: dict[str, Any]) -> None:
    history = [Turn(**turn) for turn in row["history"]]
    said = understand(row["question"], history, vocabulary_of(row, ROWS))
    assert followup_is_right(row, said.question), said.question
    assert said.understood_as in (None, said.question)


@pytest.mark.parametrize(
    ("question", "resolved"),
    [
        ("and bridges?", "do bridges take cars?"),
        ("why?", "why does the ferry take cars?"),
        ("how does it do that?", "how does the ferry take cars?"),
        ("does a tunnel?", "does a tunnel take cars?"),
        ("what are its limits?", "what are the ferry's limits?"),
        ("any drawbacks?", "what are the drawbacks of the ferry?"),
        ("on sundays?", None),  # not a word of this collection
        ("on the lake?", "does the ferry take cars on the lake?"),
        ("tell me more", "tell me more about the ferry"),
        ("is it true that the bridge is old?", None),
        ("how long does it take to cross the lake?", None),
        ("when was this written?", None),
        ("what is this post about?", None),
        ("does the bridge close when it is windy?", None),
        ("thanks", None),
        ("hello?", None),
    ],
)
def test_one_exchange_before(question: str, resolved: str | None) -> None:
    assert understand(question, FERRY, VOCABULARY).understood_as == resolved


def test_earlier_follow_ups_are_resolved_first() -> None:
    history = (*FERRY, Turn("and the bridge?", "No."), Turn("why?", "It is old."))
    assert understand("when was it built?", history, VOCABULARY).question == "when was the bridge built?"


def test_a_refusal_is_asked_about_as_one() -> None:
    history = (Turn("does the bridge take cars?", "No. It is closed."),)
    assert understand("why?", history, VOCABULARY).question == "why does the bridge not take cars?"


def test_only_the_last_six_turns_count() -> None:
    idle = [Turn("thanks", "")] * 6
    assert understand("is it old?", [*FERRY, *idle[:5]], VOCABULARY).question == "is the ferry old?"
    assert understand("is it old?", [*FERRY, *idle], VOCABULARY).question == "is it old?"


def test_both_former_and_latter() -> None:
    history = (Turn("which is faster, the ferry or the bridge?", "The bridge."),)
    assert understand("is the former safe?", history, VOCABULARY).question == "is the ferry safe?"
    assert understand("is the latter safe?", history, VOCABULARY).question == "is the bridge safe?"


@example("0", [Turn("B", ""), Turn("Itand NO", "")])  # found by hypothesis: a phrase without words
@given(QUESTIONS, HISTORIES)
@settings(deadline=None, max_examples=300)
def test_never_raises_and_settles(question: str, history: list[Turn]) -> None:
    first = understand(question, history, VOCABULARY)
    assert first == understand(question, history, VOCABULARY)
    again = understand(first.question, history, VOCABULARY)
    assert again.question == first.question
    assert again.understood_as is None
    assert again.corrections == ()


@given(st.lists(PHRASES, max_size=12).map(" ".join))
def test_no_history_leaves_known_words_alone(question: str) -> None:
    assert understand(question.replace("? ?", "?"), (), VOCABULARY) == Understood(question.replace("? ?", "?"))
