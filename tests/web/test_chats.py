"""The store of chats, and answers as kept data."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app.contract import Answer, Citation, Considered, Suggestion
from app.web.chats import ChatStore, history
from app.web.export import answer_text, chat_json, chat_markdown
from app.web.record import answer_from_data, answer_to_data

CITATION = Citation(1, "post", "A *post*", "Part", "http://a.b", "http://a.b#:~:text=it", "post", "It is.", 3, 9, 0.9)
ANSWER = Answer(
    "is it?",
    "Yes. “It is.” [1]",
    "yes",
    False,
    0.9,
    "extractive",
    1.5,
    "b1",
    (CITATION,),
    (Suggestion("post", "A post", "", "Read.", 0, 5),),
    understood_as="is docker it?",
    corrections=(("ti", "it"),),
    missing=("zebra",),
    considered=(Considered("post", "Part", "It is.", 3, 9, 0.9, {"cosine": 0.5}),),
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ChatStore]:
    store = ChatStore(tmp_path / "new" / "chats.sqlite")
    yield store
    store.close()


def test_an_answer_survives_as_data() -> None:
    data = json.loads(json.dumps(answer_to_data(ANSWER)))
    assert answer_from_data(data) == ANSWER
    assert answer_from_data({**data, "from_the_future": 1}) == ANSWER


def test_turns_are_kept_over_a_restart(store: ChatStore, tmp_path: Path) -> None:
    turn = store.add("c", 0, "is it?")
    assert turn.pending
    store.finish(turn.id, ANSWER)
    store.rate(turn.id, 0, "too short")
    store.close()
    (again,) = ChatStore(tmp_path / "new" / "chats.sqlite").turns("c")
    assert (again.answer, again.thumb, again.reason, again.pending) == (ANSWER, 0, "too short", False)


def test_the_same_question_at_the_same_place_is_one_turn(store: ChatStore) -> None:
    with ThreadPoolExecutor(8) as pool:
        turns = list(pool.map(lambda _: store.add("c", 0, "is it?"), range(20)))
    assert len({turn.id for turn in turns}) == 1
    assert len(store.turns("c")) == 1


def test_another_question_at_a_taken_place_goes_to_the_end(store: ChatStore) -> None:
    store.add("c", 0, "one")
    assert store.add("c", 0, "two").n == 1
    assert store.add("c", 2, "one").n == 2  # asked again on purpose
    assert [turn.question for turn in store.turns("c")] == ["one", "two", "one"]


def test_two_processes_share_a_file(store: ChatStore, tmp_path: Path) -> None:
    other = ChatStore(tmp_path / "new" / "chats.sqlite")
    turn = store.add("c", 0, "is it?")
    assert other.add("c", 0, "is it?").id == turn.id
    other.close()


def test_replace_drops_what_followed_and_happens_once(store: ChatStore) -> None:
    first, second = store.add("c", 0, "one"), store.add("c", 1, "two")
    replaced = store.replace(first, "three")
    assert [turn.question for turn in store.turns("c")] == ["three"]
    assert store.replace(first, "three").id == replaced.id
    store.finish(second.id, ANSWER)  # its answer comes late
    assert store.turn(second.id) is None
    assert store.chats()[0].title == "three"


def test_replace_keeps_a_title_that_was_given(store: ChatStore) -> None:
    first = store.add("c", 0, "one")
    store.rename("c", "mine")
    store.replace(first, "two")
    assert store.chats()[0].title == "mine"


def test_chats_are_listed_renamed_and_deleted(store: ChatStore) -> None:
    store.add("a", 0, "first\nquestion")
    store.add("b", 0, "second")
    assert [chat.title for chat in store.chats()] == ["second", "first question"]
    store.rename("b", "  my  chat ")
    store.rename("b", "   ")
    assert store.chat("b").title == "my chat"  # type: ignore[union-attr] # it is there
    store.delete("b")
    assert [chat.id for chat in store.chats()] == ["a"]
    assert store.turns("b") == []


def test_only_finds_the_chat_of_a_single_question(store: ChatStore) -> None:
    store.add("a", 0, "one")
    store.add("a", 1, "two")
    assert store.only("one") is None
    store.add("b", 0, "one")
    assert store.only("one") == "b"


def test_retry_forgets_an_error_but_no_answer(store: ChatStore) -> None:
    turn = store.add("c", 0, "one")
    store.fail(turn.id, "no index")
    store.retry(turn.id)
    assert store.turns("c")[0].pending
    store.finish(turn.id, ANSWER)
    store.retry(turn.id)
    assert store.turns("c")[0].answer == ANSWER


def test_an_answer_of_another_version_is_asked_again(store: ChatStore, tmp_path: Path) -> None:
    turn = store.add("c", 0, "one")
    with sqlite3.connect(tmp_path / "new" / "chats.sqlite") as database:
        database.execute("UPDATE turns SET answer = '{\"question\": 1}'")
    assert "another version" in (store.turns("c")[0].error or "")
    assert list(store.answers()) == []
    store.retry(turn.id)
    assert store.turns("c")[0].pending


def test_history_is_what_was_answered_before(store: ChatStore) -> None:
    first = store.add("c", 0, "one")
    store.finish(first.id, ANSWER)
    store.add("c", 1, "two")
    store.add("c", 2, "three")
    assert [(turn.question, turn.answer) for turn in history(store.turns("c"), 2)] == [("one", ANSWER.answer)]


def test_exports_carry_questions_answers_and_citations(store: ChatStore) -> None:
    turn = store.add("c", 0, "is <b>it</b>?")
    store.finish(turn.id, ANSWER)
    store.rate(turn.id, 1)
    chat, turns = store.chats()[0], store.turns("c")
    markdown = chat_markdown(chat, turns)
    assert r"**is \<b\>it\<\/b\>\?**" in markdown
    assert r"1. “It is\.” — A \*post\*\, Part (post). <http://a.b#:~:text=it>" in markdown
    data = json.loads(chat_json(chat, turns))
    assert data["turns"][0]["answer"]["citations"][0]["quote"] == "It is."
    assert data["turns"][0]["thumb"] == "up"
    assert answer_text("q", ANSWER).endswith("[1] A *post*, Part (post) http://a.b#:~:text=it")
