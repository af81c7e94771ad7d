"""With a language model switched on, the evaluation's figures stay what they are, however it lies."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus import load_corpus
from eval.questions import load_questions
from eval.run import run_here
from eval.systems.registry import Material
from tests.serving.lying_server import lying_server

pytest.importorskip("langchain_openai")
ASKED = 10


@pytest.mark.parametrize("script", ["liar"])
def test_a_lying_model_changes_no_figure(script: str, post_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    questions = [q for q in load_questions().questions if q.split == "dev"][:ASKED]
    material = Material(load_corpus(), post_home, ())
    with lying_server() as server:
        monkeypatch.setenv("ASKPOST_BACKEND_URL", server.url)
        plain = run_here("askpost", material, questions)
        phrased = run_here(f"askpost:openai:{script}", material, questions)
        assert server.requests
    for ours, theirs in zip(plain.outcomes, phrased.outcomes, strict=True):
        assert ours.response.citations == theirs.response.citations
        assert ours.response.verdict == theirs.response.verdict
        assert ours.response.abstained == theirs.response.abstained
        assert ours.response.confidence == theirs.response.confidence
    assert plain.by_type.keys() == phrased.by_type.keys()
