import hashlib
import json
import re
from collections import Counter
from pathlib import Path

import pytest

from corpus import load_corpus
from eval.questions import FIXED_SET, QuestionSetError, load_questions, missing_gold
from eval.spans import Span

ROW = {"id": "a", "question": "Why?", "gold": [{"source": "s", "quote": "Because it is."}]}


def write(tmp_path: Path, *rows: object) -> Path:
    path = tmp_path / "set.jsonl"
    path.write_text("\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows), encoding="utf-8")
    return path


def test_only_id_question_and_gold_are_needed(tmp_path: Path) -> None:
    path = write(tmp_path, ROW, "", {**ROW, "id": "b", "gold": [], "note": "ignored"})
    questions = load_questions(path)
    first, second = questions.questions
    assert (first.split, first.type, first.verdict, first.answerable) == ("test", "span", None, True)
    assert first.gold == (Span("s", "Because it is."),)
    assert not second.answerable
    assert questions.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_splits(tmp_path: Path) -> None:
    questions = load_questions(write(tmp_path, {**ROW, "split": "dev"}, {**ROW, "id": "b", "split": "train"}))
    assert [q.id for q in questions.of("dev")] == ["a"]
    assert [q.id for q in questions.of("all")] == ["a", "b"]
    with pytest.raises(QuestionSetError, match="no question in the split 'test'; it has: dev, train"):
        questions.of("test")


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("{", "line 2"),
        ("[]", "not a JSON object"),
        ({"id": "b", "question": "?"}, "'gold' is missing"),
        ({**ROW, "id": " "}, "id is ' '"),
        ({**ROW, "id": 7}, "id is 7"),
        ({**ROW, "id": "a"}, "'a' occurs a second time"),
        ({**ROW, "id": "b", "gold": [{"source": "s"}]}, "'quote' is missing"),
        ({**ROW, "id": "b", "gold": ["s"]}, "line 2"),
        ({**ROW, "id": "b", "gold": 5}, "line 2"),
        ({**ROW, "id": "b", "verdict": "maybe"}, "use yes, no or null"),
        ({**ROW, "id": "b", "verdict": "yes", "gold": []}, "verdict but no gold"),
        ({**ROW, "id": "b", "exact": "not there"}, "exact words"),
        ({**ROW, "id": "b", "history": [{"question": "only"}]}, "'answer' is missing"),
    ],
)
def test_a_malformed_line_is_named(tmp_path: Path, row: object, message: str) -> None:
    with pytest.raises(QuestionSetError, match=re.escape(message)):
        load_questions(write(tmp_path, ROW, row))


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(QuestionSetError, match="cannot be read"):
        load_questions(tmp_path / "none.jsonl")
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(QuestionSetError, match="cannot be read"):
        load_questions(tmp_path / "binary")
    with pytest.raises(QuestionSetError, match="holds no question"):
        load_questions(write(tmp_path, ""))


class TestFixedSet:
    def test_the_readme_names_its_sha256(self) -> None:
        readme = (FIXED_SET.parent / "README.md").read_text(encoding="utf-8")
        assert f"sha256 of questions.jsonl: {load_questions().sha256}" in readme

    def test_ids_and_splits(self) -> None:
        questions = load_questions().questions
        assert [q.id for q in questions] == [f"p{n:03}" for n in range(1, 226)]
        assert Counter(q.split for q in questions) == {"dev": 60, "test": 165}
        assert sum(q.answerable for q in questions) == 182

    def test_types_are_as_the_readme_counts_them(self) -> None:
        readme = (FIXED_SET.parent / "README.md").read_text(encoding="utf-8")
        rows = re.findall(r"^\| ([a-z-]+) \| (\d+) \| (\d+) \| (\d+) \|", readme, re.MULTILINE)
        counted = Counter((q.type, q.split) for q in load_questions().questions)
        for type_, dev, test, _ in rows:
            if type_ != "all":
                assert (counted[type_, "dev"], counted[type_, "test"]) == (int(dev), int(test)), type_
        assert len(rows) == 11

    def test_only_unanswerable_types_have_no_gold(self) -> None:
        for question in load_questions().questions:
            assert question.answerable is not question.type.startswith("unanswerable"), question.id

    def test_every_gold_quote_stands_in_its_source(self) -> None:
        texts = {document.source.id: document.text for document in load_corpus()}
        assert missing_gold(load_questions().questions, texts) == []
        assert missing_gold(load_questions().questions, {**texts, "post": ""})
