import pytest

from eval.metrics.bootstrap import interval


def test_constant_values_have_no_spread() -> None:
    assert interval([0.25] * 9) == (0.25, 0.25)


def test_nothing_has_no_interval() -> None:
    assert interval([]) is None


def test_it_is_the_same_every_time_and_near_the_normal_interval() -> None:
    values = [1.0] * 60 + [0.0] * 40
    low, high = interval(values) or (0, 0)
    assert interval(values) == (low, high)
    half = 1.96 * (0.6 * 0.4 / 100) ** 0.5
    assert low == pytest.approx(0.6 - half, abs=0.015)
    assert high == pytest.approx(0.6 + half, abs=0.015)
