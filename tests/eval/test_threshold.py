"""Abstention fitted on dev, over a ranking with given scores."""

import pytest

from eval.questions import Question
from eval.spans import Span
from eval.systems.ranking import RankingSystem
from eval.systems.threshold import NEVER, Thresholded
from tests.eval.fakes import QUESTIONS, SENTENCES


class Scores(RankingSystem):
    """Finds the sentence that shares a word with the question, with the score given for the question."""

    name = "scores"

    def __init__(self, *values: float) -> None:
        super().__init__(SENTENCES)
        self.values = dict(zip((question.question for question in QUESTIONS), values, strict=False))

    def search(self, question: str, limit: int) -> list[tuple[Span, float]]:
        top = next((s for s in SENTENCES if s.quote[:4].lower() in question.lower()), SENTENCES[-1])
        return [(top, self.values[question])] if question in self.values else []


def test_without_questions_to_fit_on_it_never_abstains() -> None:
    system = Thresholded(Scores(0.5, 0.5, 0.5, -0.2))
    assert system.name == "scores (never abstains)"
    response = system.respond(QUESTIONS[3])
    assert not response.abstained
    assert response.citations
    assert response.verdict is None


def test_the_threshold_with_most_right_answers_is_chosen() -> None:
    system = Thresholded(Scores(9.0, 6.0, 7.0, 2.0), QUESTIONS)
    assert system.threshold == pytest.approx(4.0)
    assert system.name == "scores"
    assert [system.respond(question).abstained for question in QUESTIONS] == [False, False, False, True]
    response = system.respond(QUESTIONS[3])
    assert response.citations == ()
    assert response.best == response.ranking[0]


def test_a_threshold_that_would_not_help_is_not_set() -> None:
    assert Thresholded(Scores(0.3, 0.4, 0.5, 0.9), QUESTIONS).threshold == NEVER


def test_questions_of_which_none_is_answerable() -> None:
    dev = [Question("q4", QUESTIONS[3].question, ())]
    assert Thresholded(Scores(0.5, 0.5, 0.5, 0.5), dev).respond(dev[0]).abstained


def test_nothing_found_is_an_abstention() -> None:
    response = Thresholded(Scores(), QUESTIONS).respond(QUESTIONS[0])
    assert response.abstained
    assert (response.citations, response.best, response.ranking) == ((), None, ())
