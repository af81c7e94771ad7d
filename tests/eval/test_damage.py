"""The gate in use, on the real assistant: with any one part of it damaged on purpose, CI fails."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from app import Assistant
from app.evidence import EvidenceModel
from app.reader import Context, Reader
from corpus import load_corpus
from eval.gate import check, load_gate
from eval.questions import Question, load_questions
from eval.report import Report
from eval.run import run
from eval.systems.askpost import AskpostSystem
from eval.systems.base import Response
from index.retrieval import Candidate, Retriever

SPLIT = "dev"
WORST = 20  # sentences


class LastFirst(Retriever):
    """Gives the worst of what it finds."""

    def retrieve(self, question: str, limit: int) -> list[Candidate]:
        return super().retrieve(question, 150)[: -1 - min(limit, WORST) : -1]


class Contrary(Reader):
    """Likes best what the reader likes least."""

    def score(self, question: str, contexts: Sequence[Context]) -> NDArray[np.float32]:
        return -super().score(question, contexts)


class Contradicting(AskpostSystem):
    """Says no for yes."""

    def respond(self, question: Question) -> Response:
        response = super().respond(question)
        return replace(response, verdict={"yes": "no", "no": "yes"}.get(response.verdict or ""))


def sound(home: Path) -> AskpostSystem:
    return AskpostSystem(Assistant.open(home))


def retriever(home: Path) -> AskpostSystem:
    return AskpostSystem(Assistant(LastFirst.open(home), Reader(), EvidenceModel.load()))


def reader(home: Path) -> AskpostSystem:
    return AskpostSystem(Assistant(Retriever.open(home), Contrary(), EvidenceModel.load()))


def verdicts(home: Path) -> AskpostSystem:
    return Contradicting(Assistant.open(home))


def threshold(home: Path) -> AskpostSystem:
    return AskpostSystem(Assistant(Retriever.open(home), Reader(), replace(EvidenceModel.load(), threshold=0.0)))


def fallen(system: AskpostSystem) -> set[str]:
    questions = load_questions()
    texts = {document.source.id: document.text for document in load_corpus()}
    try:
        scored = run(system, questions.of(SPLIT), texts)
    finally:
        system.close()
    report = Report("post", questions.sha256, SPLIT, "2026-01-01T00:00:00+00:00", "build", (scored,), {}, None)
    return {failure.measure for failure in check(report, load_gate())}


def test_the_sound_assistant_passes(post_home: Path) -> None:
    assert fallen(sound(post_home)) == set()


@pytest.mark.parametrize(
    ("damaged", "measure"),
    [
        (retriever, "ndcg_10"),
        (reader, "hit_1"),
        (verdicts, "verdict_accuracy"),
        (threshold, "abstention_recall"),
    ],
)
def test_a_damaged_part_fails_the_gate(post_home: Path, damaged: Callable[[Path], AskpostSystem], measure: str) -> None:
    assert measure in fallen(damaged(post_home))
