"""The documentation says what the stored run says, and that holds no answer of the test split."""

import json
import re

import pytest

from eval.docs.__main__ import DOCS, PAGE, README, STORED
from eval.docs.page import PLOTS, in_readme, readme_table, render
from eval.docs.stored import KINDS, kind, stored
from eval.questions import load_questions
from eval.report import SCHEMA_VERSION
from tests.eval.fakes import (
    QUESTIONS,
    Damage,
    always_abstains,
    never_abstains,
    report_of,
    wrong_reader,
    wrong_verdict,
)

SAY = "the documentation is older than the stored run: python -m eval.docs --stored"
RUN = json.loads(STORED.read_text(encoding="utf-8"))


def test_the_page_is_what_the_stored_run_generates() -> None:
    assert PAGE.read_text(encoding="utf-8") == render(RUN), SAY
    for name in re.findall(r"\]\(([\w.-]+\.svg)\)", PAGE.read_text(encoding="utf-8")):
        assert name in PLOTS
        assert (DOCS / name).is_file()


def test_the_readme_has_the_stored_figures() -> None:
    assert in_readme(README.read_text(encoding="utf-8")) == readme_table(RUN), SAY


def test_the_stored_run_is_of_the_fixed_set_as_it_is_now() -> None:
    questions = load_questions()
    for split in ("test", "dev"):
        assert RUN[split]["set"] == {"name": "post", "sha256": questions.sha256, "split": split}
        assert RUN[split]["systems"][0]["name"] == "askpost"


def test_no_question_and_no_answer_of_the_test_split_is_stored() -> None:
    text, page = STORED.read_text(encoding="utf-8"), PAGE.read_text(encoding="utf-8")
    dev = load_questions().of("dev")
    asked_in_dev = {q.question for q in dev} | {turn.question for q in dev for turn in q.history}
    for question in load_questions().of("test"):
        assert f'"{question.id}"' not in text, "of a test question"
        # "what is packer" stands in the dev split's "what is packer?", with which a follow-up's history begins.
        in_dev = any(question.question in asked for asked in asked_in_dev)
        if not in_dev and len(question.question) > 12:
            assert question.question not in page, "a test question"


@pytest.mark.parametrize(
    ("damage", "expected"),
    [
        (None, {}),
        (always_abstains, {"no answer": 3}),
        (never_abstains, {"answered": 1}),
        (wrong_reader, {"other words": 3}),
        (wrong_verdict, {"wrong verdict": 1}),
    ],
)
def test_failures_are_sorted_by_kind(damage: Damage | None, expected: dict[str, int]) -> None:
    report = report_of(damage).to_json()
    assert stored(report, report)["failures"] == {"test": expected, "dev": expected}


def test_a_verdict_that_is_missing_is_a_kind_of_its_own() -> None:
    (question,) = (q for q in report_of().to_json()["systems"][0]["questions"] if q["id"] == "q2")
    assert kind({**question, "verdict": None}) == "no verdict"
    assert set(KINDS) >= {kind(q) for q in report_of(wrong_verdict).to_json()["systems"][0]["questions"]}


def test_a_page_of_any_run_shows_dev_alone() -> None:
    dev, test = report_of(wrong_reader, split="dev").to_json(), report_of(never_abstains).to_json()
    page = render(stored(test, dev))
    assert "expected: “Cats sleep a lot.”" in page
    assert QUESTIONS[3].question not in page  # only the test report failed it
    assert f"| {KINDS['answered']} | 1 | 0 |" in page
    assert stored(test, dev)["test"]["schema_version"] == SCHEMA_VERSION
    assert "questions" not in stored(test, dev)["test"]["systems"][0]
