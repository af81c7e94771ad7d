"""The systems beside askpost: names, ablations of the real assistant, BM25, a chat model, a process of their own."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from app.backends import BackendError
from app.backends.prompt import Message
from corpus import load_corpus
from eval.alone import run_alone
from eval.metrics.verbatim import is_verbatim
from eval.questions import Question
from eval.run import run_here
from eval.spans import Span
from eval.systems import registry
from eval.systems.askpost import AskpostSystem
from eval.systems.chat_model import ChatModel
from eval.systems.ranking import RankingSystem
from eval.systems.registry import Entry, Material, UnknownSystemError, chosen, make
from eval.systems.sentences import BM25
from tests.eval.fakes import QUESTIONS, SENTENCES, TEXTS

ASKED = Question("k", "does docker share a kernel?", (), type="yesno")


def quiet(name: str, done: int, total: int) -> None:
    """Progress that nobody looks at."""


@pytest.fixture(scope="module")
def material(post_home: Path) -> Material:
    return Material(tuple(load_corpus()), post_home, ())


def test_names_are_chosen_once_and_all_are_those_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert chosen(["askpost", "bm25", "askpost"]) == ("askpost", "bm25")
    assert chosen(["bm25", "chat:ollama:x"]) == ("bm25", "chat:ollama:x")
    monkeypatch.setitem(registry.SYSTEMS, "peer", Entry("not there", lambda material: None, "no_such_package"))  # type: ignore[arg-type,return-value] # never made
    assert chosen(["all"])[0] == "askpost"
    assert "peer" not in chosen(["all"])
    with pytest.raises(UnknownSystemError, match=r"no_such_package.*make peers"):
        chosen(["peer"])
    with pytest.raises(UnknownSystemError, match="sentence-transformers"):
        chosen(["blind guess"])


@pytest.mark.parametrize("part", ["reader", "second", "dense", "lexical", "context"])
def test_an_ablation_answers_in_verbatim_quotes_without_its_part(material: Material, part: str) -> None:
    system, whole = make(f"askpost-no-{part}", material), make("askpost", material)
    try:
        response, usual = system.respond(ASKED), whole.respond(ASKED)
        assert system.name.startswith(f"askpost-no-{part}")
        texts = {document.source.id: document.text for document in material.documents}
        assert response.best is not None
        assert all(is_verbatim(span, texts) for span in (*response.citations, *response.ranking))
        if part in ("dense", "lexical"):
            assert response.ranking != usual.ranking
        else:
            assert response.ranking == usual.ranking
            assert response.confidence != usual.confidence
    finally:
        system.close()
        whole.close()


def test_without_words_nothing_is_lexical_and_without_embeddings_nothing_has_a_cosine(post_home: Path) -> None:
    from eval.systems import ablations

    wordless, dense = ablations.without_lexical(post_home), ablations.without_dense(post_home)
    assert {c.lexical for c in wordless.retrieve(ASKED.question, 8)} == {0.0}
    assert {c.cosine for c in dense.retrieve(ASKED.question, 8)} == {0.0}
    assert dense.ask("zyxwv qponm?").abstained  # no word is found
    wordless.close()
    dense.close()


def test_bm25_ranks_sentences_by_words_and_finds_nothing_without_any(material: Material) -> None:
    bm25 = BM25(material.documents)
    found = bm25.search("Does docker share the kernel?", 3)
    assert len(found) == 3
    assert "kernel" in found[0][0].quote
    assert [score for _, score in found] == sorted((score for _, score in found), reverse=True)
    assert bm25.search("zyxwv qponm", 3) == []
    assert bm25.respond(replace(ASKED, question="zyxwv")).abstained


class Chunks(RankingSystem):
    """The sentences of the fake corpus, in order."""

    name = "chunks"

    def search(self, question: str, limit: int) -> list[tuple[Span, float]]:
        return [(unit, 1.0) for unit in self._units[:limit]]


class Says:
    """A chat model that says one thing, or fails."""

    name = "fake:one"

    def __init__(self, text: str) -> None:
        self.text = text
        self.sent: Sequence[Message] = ()

    def stream(self, messages: Sequence[Message]) -> Iterator[str]:
        self.sent = messages
        if not self.text:
            raise BackendError("away")
        yield from self.text


def chat(said: object) -> ChatModel:
    text = said if isinstance(said, str) else json.dumps(said)
    return ChatModel(Says(text), Chunks(SENTENCES))  # type: ignore[arg-type] # as LanguageModel streams


def test_a_chat_model_is_scored_by_the_quotes_it_copies() -> None:
    response = chat({"verdict": "yes", "quotes": [{"text": 2, "quote": "bark at night"}]}).respond(QUESTIONS[1])
    assert (response.verdict, response.abstained, response.confidence) == ("yes", False, 1.0)
    (citation,) = response.citations
    assert is_verbatim(citation, TEXTS)
    assert citation.quote == "bark at night"


def test_what_a_chat_model_makes_up_is_not_verbatim() -> None:
    response = chat({"quotes": [{"text": 1, "quote": "Cats purr."}, {"text": 9, "quote": "x"}, 3]}).respond(
        QUESTIONS[0]
    )
    (citation,) = response.citations
    assert not is_verbatim(citation, TEXTS)
    assert not response.abstained


def test_a_chat_model_abstains_by_quoting_nothing_and_is_wrong_where_it_fails() -> None:
    silent = chat({"verdict": "no", "quotes": []}).respond(QUESTIONS[3])
    assert (silent.abstained, silent.verdict, silent.citations) == (True, None, ())
    for said in ("", "no JSON here", "[1]", "{broken}"):
        failed = chat(said).respond(QUESTIONS[3])
        assert (failed.abstained, failed.citations, failed.verdict) == (False, (), None)


def test_a_system_in_a_process_of_its_own_scores_the_same_and_has_a_memory(material: Material) -> None:
    here, told = run_here("bm25", material, [ASKED]), []
    alone = run_alone("bm25", material, [ASKED], lambda *step: told.append(step))
    assert alone.cost.memory_mb is None or alone.cost.memory_mb > 20
    assert here.cost.memory_mb is None
    timeless = [replace(o.response, elapsed_ms=0.0) for report in (here, alone) for o in report.outcomes]
    assert timeless[0] == timeless[1]
    assert told == [(alone.name, 1, 1)]


def test_an_error_in_a_process_of_its_own_is_raised_here(material: Material) -> None:
    with pytest.raises(BackendError, match="nothing"):
        run_alone("chat:nothing", material, [ASKED], quiet)


def test_the_system_under_test_is_asked_as_a_user_would(material: Material) -> None:
    system = make("askpost", material)
    assert isinstance(system, AskpostSystem)
    assert system.respond(ASKED).verdict == "yes"
    system.close()
