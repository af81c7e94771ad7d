"""How the weights of the evidence are fitted."""

from dataclasses import replace

import numpy as np
import pytest

from app.evidence.features import FEATURES
from app.evidence.fit import Scene, fit_candidates

READER, COSINE = FEATURES.index("reader"), FEATURES.index("cosine")


@pytest.fixture
def scenes() -> list[Scene]:
    """40 questions whose right candidate has the higher cosine, but only within its question; four have no answer."""
    rng = np.random.default_rng(7)
    made = []
    for number in range(40):
        rows = np.zeros((5, len(FEATURES)))
        rows[:, COSINE] = rng.permutation(5) + 3 * rng.normal()
        rows[:, READER] = rng.normal(size=5)
        right = rows[:, COSINE] == rows[:, COSINE].max()
        answerable = number % 10 != 0
        made.append(Scene(f"post-{number}", "written", rows, right & answerable, answerable))
    return made


def firsts(scenes: list[Scene], found: list[np.ndarray]) -> list[bool]:
    return [bool(s.right[int(p.argmax())]) for s, p in zip(scenes, found, strict=True) if s.answerable]


def test_the_right_candidate_of_each_question_comes_first(scenes: list[Scene]) -> None:
    model = fit_candidates(scenes)
    assert all(firsts(scenes, [model(scene.rows, FEATURES) for scene in scenes]))
    assert abs(model.weights["reader"]) < 0.2 * model.weights["cosine"]


def test_probabilities_are_as_high_as_candidates_are_right(scenes: list[Scene]) -> None:
    model = fit_candidates(scenes)
    found = np.concatenate([model(scene.rows, FEATURES) for scene in scenes])
    assert found.mean() == pytest.approx(np.concatenate([scene.right for scene in scenes]).mean(), abs=0.01)


def test_what_all_candidates_of_a_question_share_says_nothing(scenes: list[Scene]) -> None:
    shifted = [
        replace(scene, rows=scene.rows + np.where(np.arange(len(FEATURES)) == READER, 5.0, 0.0)) for scene in scenes
    ]
    ratios = [
        fit.weights["reader"] / fit.weights["cosine"] for fit in (fit_candidates(scenes), fit_candidates(shifted))
    ]
    assert ratios[0] == pytest.approx(ratios[1], abs=0.01)
