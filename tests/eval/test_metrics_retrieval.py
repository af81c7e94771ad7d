import math

import pytest

from eval.metrics.retrieval import relevant_units, retrieval_values
from eval.spans import Span

UNITS = [Span("s", f"sentence number {word}", n * 30, n * 30 + 20) for n, word in enumerate(("one", "two", "three"))]


def test_exact_values() -> None:
    values = retrieval_values(
        {"q1": [UNITS[1]], "q2": [UNITS[0], UNITS[2]], "q3": [UNITS[0]], "q4": []},
        {"q1": UNITS, "q2": [UNITS[0], UNITS[1], UNITS[2]], "q3": [], "q4": UNITS},
    )
    assert values["q1"] == {"ndcg_10": pytest.approx(1 / math.log2(3)), "recall_5": 1.0, "rr": 0.5}
    assert values["q2"]["ndcg_10"] == pytest.approx((1 + 0.5) / (1 + 1 / math.log2(3)))
    assert values["q2"]["rr"] == 1.0
    assert values["q3"] == {"ndcg_10": 0.0, "recall_5": 0.0, "rr": 0.0}  # nothing retrieved
    assert "q4" not in values  # nothing relevant


def test_recall_counts_the_first_five() -> None:
    units = [Span("s", "x", n, n + 1) for n in range(8)]
    values = retrieval_values({"q": [units[0], units[4], units[5], units[7]]}, {"q": units})
    assert values["q"]["recall_5"] == 0.5


def test_nothing_retrieved_at_all() -> None:
    assert retrieval_values({"q": [UNITS[0]]}, {})["q"]["rr"] == 0.0
    assert retrieval_values({}, {}) == {}


def test_relevant_units_hold_half_of_a_gold_quote() -> None:
    gold = [Span("s", "LXC is the foundation under Docker")]
    heading, sentence, other = Span("s", "LXC", 0, 3), Span("s", "LXC is the foundation under Docker.", 5, 40), UNITS[0]
    assert relevant_units([heading, sentence, other], gold) == [sentence]
