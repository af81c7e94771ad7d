import json
import re
from pathlib import Path

import pytest

from eval.gate import GATE, Figures, Floors, Gate, GateError, check, load_gate, pin, require
from eval.questions import load_questions
from eval.scoring import MEASURES
from tests.eval.fakes import (
    Damage,
    always_abstains,
    blind_retriever,
    misquotes,
    never_abstains,
    report_of,
    wrong_reader,
    wrong_verdict,
)

SHA = "f" * 64
PINNED = dict.fromkeys(
    (
        "accuracy",
        "hit_1",
        "hit_3",
        "verdict_accuracy",
        "abstention_precision",
        "abstention_recall",
        "verbatim",
        "ndcg_10",
    ),
    1.0,
)
PERFECT = Gate(SHA, ("verbatim",), {"test": Floors(0.02, PINNED)})


def test_a_run_as_good_as_pinned_passes() -> None:
    assert check(report_of(), PERFECT) == []


@pytest.mark.parametrize(
    ("damage", "measure"),
    [
        (blind_retriever, "ndcg_10"),
        (wrong_reader, "hit_1"),
        (wrong_verdict, "verdict_accuracy"),
        (never_abstains, "abstention_recall"),
        (always_abstains, "abstention_precision"),
        (misquotes, "verbatim"),
    ],
)
def test_each_damage_fails(damage: Damage, measure: str) -> None:
    failures = check(report_of(damage), PERFECT)
    assert measure in [failure.measure for failure in failures]
    assert all(MEASURES[failure.measure].label in str(failure) for failure in failures)


def test_the_margin_is_for_noise_and_not_for_exact_measures() -> None:
    wide = Gate(SHA, ("verbatim",), {"test": Floors(1.0, {"hit_1": 1.0, "verbatim": 1.0})})
    assert check(report_of(wrong_reader), wide) == []
    assert [failure.measure for failure in check(report_of(misquotes), wide)] == ["verbatim"]


def test_lower_is_better_for_some() -> None:
    floors = Gate(SHA, (), {"test": Floors(0.01, {"ece": 0.05})})
    (failure,) = check(report_of(), floors)  # 0.1
    assert failure.allowed == pytest.approx(0.06)
    assert "at most" in str(failure)
    assert check(report_of(), Gate(SHA, (), {"test": Floors(0.01, {"ece": 0.1})})) == []


@pytest.mark.parametrize("damage", [None, blind_retriever, wrong_reader, never_abstains, always_abstains, misquotes])
def test_a_kept_run_is_judged_as_it_was(damage: Damage | None, tmp_path: Path) -> None:
    report = report_of(damage)
    path = tmp_path / "run.json"
    path.write_text(json.dumps(report.to_json()), encoding="utf-8")
    assert check(Figures.read(path), PERFECT) == check(report, PERFECT)


def test_a_value_that_is_no_number_fails() -> None:
    (failure,) = check(
        Figures(SHA, "test", {"hit_1": float("nan")}), Gate(SHA, (), {"test": Floors(1.0, {"hit_1": 0.5})})
    )
    assert failure.measure == "hit_1"


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"set": {}, "systems": []}'])
def test_a_file_that_is_no_run_is_named(text: str, tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(GateError, match="no run that was kept"):
        Figures.read(path)
    with pytest.raises(GateError, match="no run that was kept"):
        Figures.read(tmp_path / "none.json")


def test_another_set_is_refused() -> None:
    with pytest.raises(GateError, match="figures of different sets must not be compared"):
        check(report_of(sha256="0" * 64), PERFECT)


def test_a_split_without_floors_is_refused() -> None:
    with pytest.raises(GateError, match="no floors for the split 'dev'"):
        check(report_of(split="dev"), PERFECT)


def test_a_missing_value_fails() -> None:
    (failure,) = check(report_of(always_abstains), Gate(SHA, (), {"test": Floors(0.0, {"verbatim": 1.0})}))
    assert "no value" in str(failure)


def test_the_gate_in_use_is_for_the_fixed_set() -> None:
    gate, sha256 = load_gate(), load_questions().sha256
    for split in ("dev", "test", "all"):
        require(gate, sha256, split)
        assert gate.splits[split].pinned["verbatim"] == 1.0
    assert gate.exact == ("verbatim",)


class TestPinning:
    @pytest.fixture
    def path(self, tmp_path: Path) -> Path:
        path = tmp_path / "gate.toml"
        text = GATE.read_text(encoding="utf-8")
        path.write_text(text.replace(load_gate().sha256, SHA), encoding="utf-8")
        return path

    def test_raises_floors_and_keeps_the_rest(self, path: Path) -> None:
        before = load_gate(path)
        pin(report_of(), path)
        after = load_gate(path)
        assert after.splits["test"] == Floors(before.splits["test"].margin, PINNED)
        assert after.splits["dev"] == before.splits["dev"]
        assert (after.sha256, after.exact) == (before.sha256, before.exact)

    def test_refuses_to_lower_unless_told_to(self, path: Path) -> None:
        pin(report_of(), path)
        with pytest.raises(GateError, match=re.escape("verdict_accuracy would go from 1.0000 to 0.5000")):
            pin(report_of(wrong_verdict), path)
        assert load_gate(path).splits["test"].pinned["verdict_accuracy"] == 1.0
        pin(report_of(wrong_verdict), path, lower=True)
        assert load_gate(path).splits["test"].pinned["verdict_accuracy"] == 0.5

    def test_refuses_another_set_unless_told_to(self, path: Path) -> None:
        with pytest.raises(GateError, match="different sets"):
            pin(report_of(sha256="0" * 64), path)

    def test_refuses_figures_that_are_not_there(self, path: Path) -> None:
        with pytest.raises(GateError, match="nothing was pinned"):
            pin(report_of(always_abstains), path, lower=True)

    def test_a_pinned_run_passes_its_own_gate(self, path: Path) -> None:
        pin(report_of(wrong_verdict), path, lower=True)
        assert check(report_of(wrong_verdict), load_gate(path)) == []


@pytest.mark.parametrize("text", ["", "sha256 = 1", "[", 'sha256 = "a"\nexact = []\n[split.test]\nmargin = 0.1'])
def test_a_malformed_file_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "gate.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(GateError, match="cannot be used"):
        load_gate(path)
    with pytest.raises(GateError, match="cannot be used"):
        load_gate(tmp_path / "none.toml")


def test_unknown_measures_are_named(tmp_path: Path) -> None:
    path = tmp_path / "gate.toml"
    path.write_text(
        'sha256 = "a"\nexact = ["x"]\n[split.test]\nmargin = 0\n[split.test.floors]\ny = 1', encoding="utf-8"
    )
    with pytest.raises(GateError, match="unknown measures: x, y"):
        load_gate(path)
