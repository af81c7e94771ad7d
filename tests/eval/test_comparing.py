"""Two kept runs compared: what changed, and whether it is more than noise."""

import io
import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from eval.comparing import MeasureChange, NotComparableError, compare_runs
from eval.comparing_command import comparison_json, print_comparison, summary
from eval.kept import KeptAnswer, KeptRun, KeptRunError, read_run
from eval.questions import Judgement, Question
from eval.report import Report
from eval.scoring import MEANS, Outcome, question_values
from eval.spans import Span
from eval.systems import Response
from tests.eval.fakes import Damage, misquotes, never_abstains, report_of, wrong_reader, wrong_verdict

Keep = Callable[[Report], Path]


@pytest.fixture
def keep(tmp_path: Path) -> Keep:
    def write(report: Report) -> Path:
        path = tmp_path / f"{len(list(tmp_path.iterdir()))}.json"
        path.write_text(json.dumps(report.to_json()), encoding="utf-8")
        return path

    return write


def run_of(right: list[bool]) -> KeptRun:
    """A run with as many questions, right or wrong."""
    answers = tuple(_answer(number, ok) for number, ok in enumerate(right))
    return KeptRun(Path("run.json"), "pets", "f" * 64, "test", "2014-02-13", "b1", "fake", answers)


def _answer(number: int, right: bool) -> KeptAnswer:
    gold = Span("pets", f"Sentence number {number} is the answer.", 0, 9)
    said = gold if right else Span("pets", "Quite another.", 0, 9)
    question = Question(f"q{number:03}", "What?", (gold,))
    response = Response((said,), None, False, 0.5, said, (), 1.0)
    return KeptAnswer(Outcome(question, response, {"ndcg_10": 0.9 if right else 0.1}), right)


def change_of(found: tuple[MeasureChange, ...], measure: str) -> MeasureChange:
    return next(change for change in found if change.measure == measure)


@pytest.mark.parametrize("damage", [None, wrong_reader, wrong_verdict, never_abstains, misquotes])
def test_a_kept_run_scores_as_it_did(damage: Damage | None, keep: Keep) -> None:
    report = report_of(damage)
    run = read_run(keep(report))
    for name in MEANS:
        kept = question_values([answer.outcome for answer in run.answers], name)
        assert kept == pytest.approx(question_values(report.ours.outcomes, name)), name
    assert run.system == "fake"
    assert read_run(keep(report), "perfect").system == "perfect"


def test_the_same_run_twice_is_no_change(keep: Keep) -> None:
    path = keep(report_of())
    found = compare_runs(read_run(path), read_run(path))
    assert found.questions == ()
    assert all(change.words == "no question changed" and change.p == 1.0 for change in found.measures)
    assert summary(found) == "Nothing changed: 4 questions, the same answers."


def test_each_question_that_changed_is_there_with_its_direction(keep: Keep) -> None:
    found = compare_runs(read_run(keep(report_of())), read_run(keep(report_of(wrong_verdict))))
    assert [change.before.id for change in found.of("worse")] == ["q2"]
    assert found.of("better") == []
    again = compare_runs(read_run(keep(report_of(misquotes))), read_run(keep(report_of())))
    assert {change.direction for change in again.questions} <= {"better", "other"}


def test_a_question_or_two_are_noise_and_many_are_not() -> None:
    few = compare_runs(run_of([True] * 50 + [False] * 50), run_of([True] * 52 + [False] * 48))
    assert change_of(few.measures, "hit_1").words == "within noise"
    assert "within noise" in summary(few)
    many = compare_runs(run_of([True] * 50 + [False] * 50), run_of([True] * 80 + [False] * 20))
    assert change_of(many.measures, "hit_1").words == "better, more than noise"
    assert change_of(many.measures, "ndcg_10").real
    assert "More than noise: right up, hit@1 up" in summary(many)
    fall = compare_runs(many.after, many.before)
    assert change_of(fall.measures, "hit_1").words == "worse, more than noise"
    assert "hit@1 down" in summary(fall)


def test_mcnemar_is_exact() -> None:
    """Eight changed, all for the better: 2 * 0.5 ** 8, raised by Holm over the measures that changed with it."""
    found = compare_runs(run_of([False] * 8), run_of([True] * 8))
    raised = change_of(found.measures, "hit_1").p
    tested = len(found.measures)
    assert any(raised == pytest.approx(min(1.0, 2 * 0.5**8 * factor)) for factor in range(1, tested + 1))
    assert raised >= 2 * 0.5**8
    one = compare_runs(run_of([False, True]), run_of([True, True]))
    assert change_of(one.measures, "hit_1").p == 1.0


def test_the_interval_is_of_the_difference() -> None:
    found = compare_runs(run_of([True] * 50 + [False] * 50), run_of([True] * 80 + [False] * 20))
    change = change_of(found.measures, "hit_1")
    assert (change.before, change.after, change.count) == (0.5, 0.8, 100)
    assert change.difference == pytest.approx(0.3)
    assert change.low < change.difference < change.high
    assert change.low > 0


@pytest.mark.parametrize(("field", "value"), [("sha256", "0" * 64), ("split", "dev")])
def test_runs_of_other_questions_are_refused(field: str, value: str) -> None:
    with pytest.raises(NotComparableError, match="must not be compared"):
        compare_runs(run_of([True]), replace(run_of([True]), **{field: value}))  # type: ignore[arg-type] # by name


def test_documents_that_were_judged_are_compared_by_retrieval_alone(keep: Keep) -> None:
    report = report_of()
    question = Question("b1", "What?", (), relevant=(Judgement("pets", 1),))
    outcome = Outcome(question, report.ours.outcomes[0].response, {"ndcg_10": 0.5})
    path = keep(replace(report, systems=(replace(report.ours, outcomes=(outcome,)),)))
    found = compare_runs(read_run(path), read_run(path))
    assert [change.measure for change in found.measures] == ["ndcg_10"]


def test_older_runs_are_read_and_newer_ones_refused(keep: Keep) -> None:
    path = keep(report_of())
    data = json.loads(path.read_text())
    del data["schema_version"]
    for system in data["systems"]:
        for question in system["questions"]:
            del question["exact"], question["relevant"]
    path.write_text(json.dumps({**data, "schema": 1}))
    assert len(read_run(path).answers) == 4
    path.write_text(json.dumps({**data, "schema_version": 99}))
    with pytest.raises(KeptRunError, match="99"):
        read_run(path)


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"systems": []}', '{"set": 5, "systems": [{"name": "a"}]}'])
def test_what_is_no_run_is_said(text: str, tmp_path: Path) -> None:
    path = tmp_path / "no.json"
    path.write_text(text)
    with pytest.raises(KeptRunError, match="cannot be read as a kept run"):
        read_run(path)
    with pytest.raises(KeptRunError, match="cannot be read"):
        read_run(tmp_path / "none.json")


def test_a_system_that_is_not_there_is_named(keep: Keep) -> None:
    with pytest.raises(KeptRunError, match="only: fake, perfect"):
        read_run(keep(report_of()), "other")


def test_what_is_printed_and_the_json_agree(keep: Keep) -> None:
    found = compare_runs(read_run(keep(report_of())), read_run(keep(report_of(wrong_reader))))
    console = Console(record=True, width=140, file=io.StringIO())
    print_comparison(found, console, every=True)
    text = console.export_text()
    assert re.search(r"Right before, not now: 3", text)
    assert "What do cats do?" in text
    assert summary(found) in " ".join(text.split())
    data = json.loads(json.dumps(comparison_json(found), allow_nan=False))
    assert data["count"] == 4
    assert [each["direction"] for each in data["questions"]] == ["worse"] * 3
    assert data["measures"][0]["words"] in text
