"""Drafting a question set: proposals from the text, and a session at the terminal that can be left and taken up."""

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from corpus import load_corpus
from eval.cli import app
from eval.drafting import Draft, drafts
from eval.drafting_session import Decision, DraftedSet, corrected, review, take_all
from eval.questions import Question, QuestionSetError, load_questions, missing_gold
from eval.spans import Span
from index.building import build_index
from index.builds import current_build
from index.text_store import TEXT_FILE, TextStore

POST = """---
title: Sourdough at home
date: 2019-05-04
---
# Sourdough at home

I bake twice a week, and people ask me how.

## Starter

A starter is a mix of flour and water that has gone wild. The starter is not kept in the fridge.

## Oven

The oven must be very hot. It should stay closed. A Dutch oven can hold the steam, so the crust stays soft.
See the manual. What could go wrong?
"""


@pytest.fixture(scope="module")
def bread(tmp_path_factory: pytest.TempPathFactory, new_home: Callable[[], Path]) -> tuple[Path, Path]:
    """A corpus of one post, and its index home."""
    folder, home = tmp_path_factory.mktemp("bread"), new_home()
    (folder / "bread.md").write_text(POST, encoding="utf-8")
    (folder / "sources.toml").write_text('[[source]]\nid = "bread"\nkind = "post"\nfile = "bread.md"\n')
    build_index(load_corpus(folder), home)
    return folder, home


@pytest.fixture(scope="module")
def store(bread: tuple[Path, Path]) -> Iterator[TextStore]:
    store = TextStore(current_build(bread[1]) / TEXT_FILE)
    yield store
    store.close()


@pytest.fixture(scope="module")
def proposed(store: TextStore) -> list[Draft]:
    return drafts(store)


@pytest.fixture(scope="module")
def texts(store: TextStore) -> dict[str, str]:
    return {source.id: store.text(source.id) for source in store.sources()}


def by_question(proposed: Sequence[Draft]) -> dict[str, Question]:
    return {draft.question.question: draft.question for draft in proposed if not draft.blank}


class TestProposals:
    def test_statements_are_turned_round_with_their_verdict(self, proposed: list[Draft]) -> None:
        found = by_question(proposed)
        hot, cold = found["must the oven be very hot?"], found["is the starter kept in the fridge?"]
        assert (hot.verdict, hot.gold) == ("yes", (Span("bread", "The oven must be very hot."),))
        assert (cold.verdict, cold.gold) == ("no", (Span("bread", "The starter is not kept in the fridge."),))

    def test_what_leans_on_other_sentences_or_has_two_clauses_is_left(self, proposed: list[Draft]) -> None:
        asked = [draft.question.question for draft in proposed if draft.question.type == "yesno"]
        assert not any("stay closed" in question or "steam" in question for question in asked)

    def test_definitions_and_headings_have_their_sentences_as_gold(self, proposed: list[Draft]) -> None:
        found = by_question(proposed)
        definition = Span("bread", "A starter is a mix of flour and water that has gone wild.")
        assert definition in found["what is a starter?"].gold
        assert found["how do Starter and Oven differ?"].type == "compare"
        assert found["what does the post say about Oven?"].gold == (Span("bread", "The oven must be very hot."),)

    def test_the_date_is_a_line_of_the_head(self, proposed: list[Draft]) -> None:
        assert by_question(proposed)["when was this post written?"].gold[0].quote.startswith("Date: 4 May 2019")

    def test_unanswerable_ones_speak_of_what_is_nowhere_in_the_text(
        self, proposed: list[Draft], texts: dict[str, str]
    ) -> None:
        far = [draft.question for draft in proposed if draft.question.type == "unanswerable-far"]
        assert far
        assert all(not question.gold for question in far)
        assert not any(question.question[8:-1].lower() in texts["bread"].lower() for question in far)
        blanks = [draft for draft in proposed if draft.blank]
        assert blanks
        assert blanks == proposed[-len(blanks) :]

    def test_all_gold_is_verbatim_and_ids_are_their_own_and_stay(
        self, proposed: list[Draft], store: TextStore, texts: dict[str, str]
    ) -> None:
        questions = [draft.question for draft in proposed]
        assert missing_gold(questions, texts) == []
        assert len({question.id for question in questions}) == len(questions)
        assert drafts(store) == proposed


class Script:
    """Decides as it is told, then quits."""

    def __init__(self, *decisions: Decision) -> None:
        self._decisions = list(decisions)
        self.shown: list[str] = []

    def decide(self, draft: Draft, place: str) -> tuple[Decision, Question]:
        self.shown.append(draft.question.id)
        decision: Decision = self._decisions.pop(0) if self._decisions else "quit"
        return decision, draft.question


class TestSession:
    def test_it_goes_on_where_it_was_left(self, proposed: list[Draft], tmp_path: Path) -> None:
        path, written = tmp_path / "set.jsonl", [draft for draft in proposed if not draft.blank]
        first = Script("accept", "skip")
        assert review(written, DraftedSet(path), first).accepted == 1
        second = Script("accept")
        review(written, DraftedSet(path), second)
        assert second.shown[0] == written[2].question.id
        taken = [question.id for question in load_questions(path).questions]
        assert taken == [written[0].question.id, written[2].question.id]

    def test_drafts_taken_unseen_are_shown_again(self, proposed: list[Draft], tmp_path: Path) -> None:
        path = tmp_path / "set.jsonl"
        tally = take_all(proposed, DraftedSet(path))
        assert tally.accepted == tally.unseen == sum(not draft.blank for draft in proposed)
        assert all(json.loads(line)["draft"] for line in path.read_text().splitlines())
        again = review(proposed, DraftedSet(path), Script("accept", "skip"))
        assert again.unseen == tally.accepted - 2
        assert len(load_questions(path).questions) == tally.accepted - 1
        assert take_all(proposed, DraftedSet(path)).accepted == 0

    def test_rows_by_hand_are_kept_with_all_that_they_hold(self, proposed: list[Draft], tmp_path: Path) -> None:
        path = tmp_path / "set.jsonl"
        mine: dict[str, Any] = {"id": "mine", "question": "Why?", "gold": [], "note": "by hand"}
        path.write_text(json.dumps(mine) + "\n")
        take_all(proposed, DraftedSet(path))
        assert json.loads(path.read_text().splitlines()[0]) == mine

    def test_a_file_that_is_no_set_is_left_as_it_is(self, tmp_path: Path) -> None:
        path = tmp_path / "notes.txt"
        path.write_text("do not lose this")
        with pytest.raises(QuestionSetError, match="line 1"):
            DraftedSet(path)
        assert path.read_text() == "do not lose this"

    def test_a_quote_that_is_no_longer_there_is_said(
        self, proposed: list[Draft], texts: dict[str, str], tmp_path: Path
    ) -> None:
        drafted = DraftedSet(tmp_path / "set.jsonl")
        drafted.check(texts)
        take_all(proposed, drafted)
        drafted.check(texts)
        with pytest.raises(QuestionSetError, match="word for word"):
            drafted.check({"bread": "Another text."})

    def test_corrections_must_be_verbatim(self, texts: dict[str, str]) -> None:
        old = Question("a", "Old?", (Span("bread", "It should stay closed."),), type="yesno", verdict="yes")
        new = corrected(old, text="New?", quotes=["The oven  must be very hot."], texts=texts)
        assert (new.question, new.gold, new.id) == ("New?", (Span("bread", "The oven must be very hot."),), "a")
        for wrong in ("The oven must be hot.", " "):
            with pytest.raises(QuestionSetError, match="no source word for word"):
                corrected(old, text="New?", quotes=[wrong], texts=texts)
        none = corrected(old, text="New?", quotes=[], texts=texts)
        assert (none.answerable, none.type, none.verdict) == (False, "unanswerable-near", None)


class TestAtTheTerminal:
    def run(self, bread: tuple[Path, Path], out: Path, *more: str, keys: str = "") -> str:
        done = CliRunner().invoke(app, ["new", "--out", str(out), "--index", str(bread[1]), *more], input=keys)
        assert done.exception is None, done.output
        return done.output

    def test_yes_takes_all_without_asking(self, bread: tuple[Path, Path], tmp_path: Path) -> None:
        out = tmp_path / "set.jsonl"
        said = self.run(bread, out, "--yes", "--most", "5")
        assert "5 taken" in said
        assert "nobody has looked at" in said
        assert len(load_questions(out).questions) == 5

    def test_accept_correct_skip_and_leave(self, bread: tuple[Path, Path], tmp_path: Path) -> None:
        out = tmp_path / "set.jsonl"
        said = self.run(bread, out, keys="\n".join(["a", "s", "q"]) + "\n")
        assert "1 taken, 1 skipped" in said
        before = load_questions(out).questions
        # The third proposal: other words, none of its quotes, one that is not there, one that is; no verdict.
        third = self.run(bread, out, keys="q\n")
        quotes = third.count("gold [")
        keys = ["c", "Is it hot?", *["n"] * quotes, "Never said.", "The oven must be very hot.", "", "yes", "a", "q"]
        said = self.run(bread, out, keys="\n".join(keys) + "\n")
        assert "stands in no source word for word" in " ".join(said.split())
        new = [question for question in load_questions(out).questions if question not in before]
        assert [(question.question, question.gold, question.verdict) for question in new] == [
            ("Is it hot?", (Span("bread", "The oven must be very hot."),), "yes")
        ]

    def test_blanks_are_filled_by_hand(self, bread: tuple[Path, Path], proposed: list[Draft], tmp_path: Path) -> None:
        out = tmp_path / "set.jsonl"
        written = sum(not draft.blank for draft in proposed)
        said = self.run(bread, out, keys="a\n" * written + "Which flour is the cheapest?\n\nq\n")
        assert f"{written + 1} taken, 1 skipped" in said
        last = load_questions(out).questions[-1]
        assert (last.question, last.type) == ("Which flour is the cheapest?", "unanswerable-near")

    def test_an_end_of_input_leaves(self, bread: tuple[Path, Path], tmp_path: Path) -> None:
        assert "0 taken, 0 skipped" in self.run(bread, tmp_path / "set.jsonl", keys="")
        assert not (tmp_path / "set.jsonl").exists()
