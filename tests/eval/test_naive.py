"""The baseline's parts that need no model."""

import pytest

from corpus import Document, Source
from eval.questions import Question
from eval.spans import Span
from eval.systems.naive import NEVER, NaivePipeline, split
from tests.eval.fakes import QUESTIONS, SENTENCES


class Searchless(NaivePipeline):
    """The pipeline with given cosines for the top chunk in place of a store."""

    def __init__(self, cosines: dict[str, float]) -> None:
        self.threshold = NEVER
        self._cosines = cosines

    def search(self, question: str, limit: int) -> list[tuple[Span, float]]:
        top = next((s for s in SENTENCES if s.quote[:4].lower() in question.lower()), SENTENCES[-1])
        return [(top, self._cosines[question])]


def cosines(*values: float) -> dict[str, float]:
    return dict(zip((question.question for question in QUESTIONS), values, strict=True))


def test_chunks_are_exact_stretches_of_the_text() -> None:
    text = "\n\n".join(f"Paragraph {n} says a thing or two. " * 6 for n in range(30)).strip()
    chunks = split([Document(Source("a", "A"), text), Document(Source("b", "B"), "Short.")], 300, 60)
    assert len(chunks) > 20
    assert chunks[-1] == Span("b", "Short.", 0, 6)
    for chunk in chunks[:-1]:
        assert chunk.quote == text[chunk.start : chunk.end]
        assert len(chunk.quote) <= 300


def test_without_a_threshold_it_never_abstains() -> None:
    naive = Searchless(cosines(0.5, 0.5, 0.5, -0.2))
    assert naive.name == "naive (never abstains)"
    response = naive.respond(QUESTIONS[3])
    assert not response.abstained
    assert response.citations
    assert response.verdict is None


def test_the_threshold_with_most_right_answers_is_chosen() -> None:
    naive = Searchless(cosines(0.9, 0.6, 0.7, 0.2))
    naive.fit(QUESTIONS)
    assert naive.threshold == pytest.approx(0.4)
    assert naive.name == "naive"
    assert [naive.respond(question).abstained for question in QUESTIONS] == [False, False, False, True]
    assert naive.respond(QUESTIONS[3]).citations == ()


def test_a_threshold_that_would_not_help_is_not_set() -> None:
    naive = Searchless(cosines(0.3, 0.4, 0.5, 0.9))
    naive.fit(QUESTIONS)
    assert naive.threshold == NEVER
    naive.fit([])
    assert naive.threshold == NEVER


def test_questions_of_which_none_is_answerable() -> None:
    naive = Searchless({"x": 0.5, "y": 0.6})
    naive.fit([Question("x", "x", ()), Question("y", "y", ())])
    assert naive.respond(Question("y", "y", ())).abstained
