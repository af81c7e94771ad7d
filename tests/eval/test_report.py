import io
import json
import re
from dataclasses import replace

import pytest
from rich.console import Console

from eval.reports.terminal import print_failures, print_report
from eval.run import run
from eval.scoring import MEASURES
from tests.eval.fakes import (
    QUESTIONS,
    TEXTS,
    FakeSystem,
    always_abstains,
    never_abstains,
    report_of,
    wrong_reader,
    wrong_verdict,
)


def printed(function, *args) -> str:  # type: ignore[no-untyped-def] # either printing function
    console = Console(file=io.StringIO(), width=160)
    function(*args, console)
    return console.file.getvalue()  # type: ignore[attr-defined] # it is the StringIO above


def test_a_perfect_system_is_perfect() -> None:
    values = report_of().ours.overall.values
    ones = ("accuracy", "hit_1", "hit_3", "mrr", "f1", "verdict_accuracy", "abstention_precision", "abstention_recall")
    assert {name: values[name] for name in ones} == dict.fromkeys(ones, 1.0)
    assert [values[name] for name in ("verbatim", "ndcg_10", "recall_5", "rr", "auc")] == [1.0] * 5
    assert values["aurc"] == pytest.approx(1 / 4 / 4)  # the one error is the answer that it is least sure of
    assert values["ece"] == pytest.approx(0.1)
    assert values.keys() == MEASURES.keys()


def test_faults_show_in_their_own_measures() -> None:
    reader = report_of(wrong_reader).ours.overall.values
    assert (reader["hit_1"], reader["accuracy"], reader["verdict_accuracy"], reader["ndcg_10"]) == (0, 0.25, 1, 1)
    verdict = report_of(wrong_verdict).ours.overall.values
    assert (verdict["verdict_accuracy"], verdict["hit_1"]) == (0.5, 1.0)
    never = report_of(never_abstains).ours.overall.values
    assert (never["abstention_recall"], never["abstention_precision"], never["balanced_accuracy"]) == (0, None, 0.5)
    always = report_of(always_abstains).ours.overall.values
    assert (always["abstention_recall"], always["abstention_precision"], always["hit_1"]) == (1, 0.25, 0)
    assert (always["verbatim"], always["quote_chars"], always["verdict_coverage"]) == (None, None, 0)


def test_calibration_is_asked_only_of_probabilities() -> None:
    assert run(FakeSystem(probabilistic=False), QUESTIONS, TEXTS).overall.values["ece"] is None


def test_every_question_is_asked_once_and_progress_is_told() -> None:
    system, told = FakeSystem(), []
    run(system, QUESTIONS, TEXTS, lambda name, done, total: told.append((name, done, total)))
    assert system.asked == ["q1", "q2", "q3", "q4"]
    assert told == [("fake", n, 4) for n in (1, 2, 3, 4)]


def test_differences_are_paired() -> None:
    difference = report_of(wrong_reader).differences["perfect"]["hit_1"]
    assert (difference.mean, difference.low, difference.high) == (-1.0, -1.0, -1.0)
    assert report_of().differences["perfect"]["accuracy"].mean == 0.0


def test_by_type() -> None:
    by_type = report_of(wrong_verdict).ours.by_type
    assert list(by_type) == ["span", "yesno", "unanswerable-far"]
    assert (by_type["yesno"].count, by_type["yesno"].values["verdict_accuracy"]) == (2, 0.5)
    assert by_type["unanswerable-far"].values["hit_1"] is None


def test_json_is_strict_and_has_every_question() -> None:
    data = json.loads(json.dumps(report_of(always_abstains).to_json(), allow_nan=False))
    assert data["schema_version"] == 2
    assert data["set"] == {"name": "pets", "sha256": "f" * 64, "split": "test"}
    ours, other = data["systems"]
    assert [question["id"] for question in ours["questions"]] == ["q1", "q2", "q3", "q4"]
    assert [question["right"] for question in ours["questions"]] == [False, False, False, True]
    assert other["questions"][0]["citations"][0]["quote"] == "Cats sleep a lot."
    assert len(ours["risk_coverage"]) == 4


def test_tables_name_every_measure_and_type() -> None:
    text = printed(print_report, report_of(wrong_reader))
    for measure in MEASURES.values():
        assert measure.label in text
    for word in ("span", "yesno", "unanswerable-far", "all", "perfect", "ffffffffffff"):
        assert word in text
    assert not re.search(r"\bnan\b", text, re.IGNORECASE)


def test_failures_show_expected_and_said() -> None:
    text = printed(print_failures, report_of(wrong_verdict))
    assert "1 of 4 not right" in text
    assert "Do dogs bark?" in text
    assert "yes [pets] Dogs bark at night." in text
    assert "no [pets] Dogs bark at night." in text
    assert "0 of 4 not right" in printed(print_failures, report_of())
    assert "abstained" in printed(print_failures, report_of(always_abstains))


def test_many_systems_are_shown_side_by_side_on_a_narrow_screen() -> None:
    report = report_of(wrong_reader)
    more = tuple(replace(report.systems[1], name=f"askpost-no-lexical-{n} (never abstains)") for n in range(3))
    console = Console(file=io.StringIO(), width=80)
    print_report(replace(report, systems=(*report.systems, *more)), console)
    text = console.file.getvalue().split("Side by side")[1]  # type: ignore[attr-defined] # it is the StringIO above
    assert "…" not in text
    assert text.count("askpost-no-") == 3
    assert "Side by side" not in printed(print_report, report)
