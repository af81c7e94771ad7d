import pytest

from eval.metrics.abstention import abstention_precision, abstention_recall, auc, balanced_accuracy
from eval.metrics.calibration import Bin, ece, reliability
from eval.metrics.selective import aurc, risk_coverage
from eval.metrics.verdicts import verdict_accuracy, verdict_accuracy_given, verdict_coverage


def test_verdicts() -> None:
    pairs = [("yes", "yes"), ("no", "yes"), ("no", None), ("yes", "yes"), (None, "no"), (None, None)]
    assert verdict_accuracy(pairs) == 2 / 4
    assert verdict_coverage(pairs) == 3 / 4
    assert verdict_accuracy_given(pairs) == 2 / 3
    assert verdict_accuracy([(None, "yes")]) is None
    assert verdict_accuracy_given([("yes", None)]) is None


def test_abstention() -> None:
    # (unanswerable, abstained): two due, one missed, one undue, two answered
    cases = [(True, True), (True, True), (True, False), (False, True), (False, False), (False, False)]
    assert abstention_precision(cases) == 2 / 3
    assert abstention_recall(cases) == 2 / 3
    assert balanced_accuracy(cases) == pytest.approx((2 / 3 + 2 / 3) / 2)
    assert abstention_precision([(True, False)]) is None
    assert abstention_recall([(False, True)]) is None
    assert balanced_accuracy([(True, True)]) is None


@pytest.mark.parametrize("abstained", [True, False])
def test_a_constant_answer_scores_one_half(abstained: bool) -> None:
    assert balanced_accuracy([(True, abstained), (False, abstained), (False, abstained)]) == 0.5


def test_auc() -> None:
    assert auc([0.9, 0.5], [0.5, 0.1]) == (1 + 1 + 0.5 + 1) / 4
    assert auc([0.1], [0.9]) == 0.0
    assert auc([], [0.9]) is None


def test_risk_coverage() -> None:
    assert risk_coverage([0.2, 0.9, 0.6], [False, True, True]) == [
        (pytest.approx(1 / 3), 0.0),
        (pytest.approx(2 / 3), 0.0),
        (1.0, pytest.approx(1 / 3)),
    ]
    assert aurc([0.2, 0.9, 0.6], [False, True, True]) == pytest.approx((0 + 0 + 1 / 3) / 3)
    assert aurc([0.9, 0.2, 0.6], [False, True, True]) == pytest.approx((1 + 1 / 2 + 1 / 3) / 3)
    assert aurc([], []) is None


def test_equal_confidences_count_with_their_mean_error_in_any_order() -> None:
    assert aurc([0.5, 0.5], [True, False]) == aurc([0.5, 0.5], [False, True]) == 0.5


def test_calibration() -> None:
    confidence, right = [0.95, 0.85, 0.81, 1.0], [True, True, False, True]
    low, high = reliability(confidence, right)
    assert low == Bin(2, pytest.approx(0.83), 0.5)
    assert high == Bin(2, pytest.approx(0.975), 1.0)
    assert ece(confidence, right) == pytest.approx((2 * 0.33 + 2 * 0.025) / 4)
    assert ece([1.0, 0.0], [True, False]) == 0.0
    assert ece([], []) is None
