"""Language models as backends: a scripted server lies, stalls, breaks off and garbles; the quotes still stand."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app import Answer, Assistant
from app.backends import BackendError, LanguageModel, Phrasing
from app.backends.drafts import Draft, read
from tests.serving.lying_server import LyingServer, lying_server

pytest.importorskip("langchain_openai")

QUESTION = "Does docker share the kernel?"
Ask = Callable[..., Answer]


@pytest.fixture(scope="module")
def server() -> Iterator[LyingServer]:
    with lying_server() as running:
        yield running


@pytest.fixture(scope="module")
def extractive(assistant: Assistant) -> Answer:
    answer = assistant.ask(QUESTION)
    told = next(c for c in answer.citations if "docker shares the kernel and base os" in c.quote)
    assert answer.verdict == "yes"
    # the scripts cite quote 1, wherever the reader puts it
    return replace(answer, citations=(replace(told, n=1), *(c for c in answer.citations if c.n != told.n and c.n != 1)))


@pytest.fixture
def phrase(server: LyingServer, assistant: Assistant, extractive: Answer, monkeypatch: pytest.MonkeyPatch) -> Ask:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)

    def ask(name: str, timeout: float = 20.0) -> Answer:
        model = LanguageModel.open(f"openai:{name}", url=server.url, timeout=timeout)
        return Phrasing(model, assistant.store, assistant.entailment).phrase(extractive)

    return ask


def unchanged(answer: Answer, extractive: Answer) -> bool:
    """What a model has no say in."""
    return (answer.verdict, answer.citations, answer.confidence, answer.abstained) == (
        extractive.verdict,
        extractive.citations,
        extractive.confidence,
        extractive.abstained,
    )


def test_true_sentences_become_the_answer(phrase: Ask, extractive: Answer) -> None:
    answer = phrase("honest")
    assert answer.answer == "Yes. docker shares the kernel and the base os, while a VM is its own entity. [1]"
    assert (answer.backend, answer.notice) == ("openai:honest", "")
    assert [one.supported for one in answer.checked] == [True]
    assert unchanged(answer, extractive)


def test_lies_are_struck_and_the_quotes_stand_in(phrase: Ask, extractive: Answer) -> None:
    answer = phrase("liar")
    assert answer.answer == extractive.answer
    assert "No sentence of openai:liar is borne out" in answer.notice
    assert not any(one.supported for one in answer.checked)
    assert all(one.why for one in answer.checked)
    whys = " | ".join(one.why for one in answer.checked)
    for reason in ("the quotes say", "12", "stands nowhere", "cites no quote", "was not given"):
        assert reason in whys, (reason, whys)
    assert unchanged(answer, extractive)


def test_what_is_struck_is_replaced_by_the_quotes(phrase: Ask, extractive: Answer) -> None:
    answer = phrase("mixed")
    assert [one.supported for one in answer.checked] == [True, False]
    assert "twelve" not in answer.answer
    assert answer.answer.startswith("Yes. docker shares the kernel. [1]")
    assert answer.answer.endswith(extractive.answer)


@pytest.mark.parametrize("name", ["plain", "fenced"])
def test_other_wrappings_are_read(phrase: Ask, name: str) -> None:
    answer = phrase(name)
    assert answer.checked[0].supported
    assert answer.checked[0].citations == (1,)
    assert "Oracle" not in answer.answer


@pytest.mark.parametrize("name", ["garbled", "silent", "error", "break"])
def test_a_failing_model_leaves_the_extractive_answer_with_a_notice(phrase: Ask, extractive: Answer, name: str) -> None:
    answer = phrase(name)
    assert answer.answer == extractive.answer
    assert answer.notice.endswith("The answer is made of quotes only.")
    assert unchanged(answer, extractive)


@pytest.mark.parametrize("name", ["stall", "drip"])
def test_a_slow_model_is_cut_off(phrase: Ask, extractive: Answer, name: str, server: LyingServer) -> None:
    server.released.clear()
    started = time.perf_counter()
    answer = phrase(name, timeout=1.0)
    assert time.perf_counter() - started < 3
    assert "was not done in 1 seconds" in answer.notice
    assert answer.answer == extractive.answer
    server.released.set()


def test_injection_reaches_nobody(phrase: Ask, extractive: Answer) -> None:
    answer = phrase("injector")
    assert answer.answer == extractive.answer
    assert not any(one.supported for one in answer.checked)


def test_a_flood_is_cut_off(phrase: Ask) -> None:
    assert len(phrase("flood").checked) <= 12


def test_only_question_and_quotes_are_sent(
    phrase: Ask, server: LyingServer, assistant: Assistant, extractive: Answer
) -> None:
    phrase("honest")
    body = server.requests[-1]
    sent = "\n\n".join(message["content"] for message in body["messages"])
    assert sent == Phrasing(
        LanguageModel.open("openai:honest", url=server.url), assistant.store, assistant.entailment
    ).sent(extractive)
    assert QUESTION in sent
    assert all(" ".join(citation.quote.split()) in sent for citation in extractive.citations)


def test_an_abstention_is_not_put_to_the_model(server: LyingServer, assistant: Assistant) -> None:
    before = len(server.requests)
    answer = assistant.ask("What is the boiling point of tungsten?")
    assert answer.abstained
    assert (
        Phrasing(LanguageModel.open("openai:liar", url=server.url), assistant.store, assistant.entailment).phrase(
            answer
        )
        == answer
    )
    assert len(server.requests) == before


def test_sentences_come_before_the_model_is_done(server: LyingServer, assistant: Assistant, extractive: Answer) -> None:
    server.released.clear()
    phrasing = Phrasing(
        LanguageModel.open("openai:stall", url=server.url, timeout=2.0), assistant.store, assistant.entailment
    )
    assert next(phrasing.stream(extractive)).supported
    server.released.set()


def test_the_assistant_opens_with_a_backend(
    server: LyingServer, post_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASKPOST_BACKEND_URL", server.url)
    assistant = Assistant.open(post_home, backend="openai:honest")
    assert assistant.ask(QUESTION).backend == "openai:honest"
    assistant.close()


@pytest.mark.parametrize("name", ["", "ollama", ":x", "nosuchprovider:x", "ollama:"])
def test_a_bad_name_is_a_clear_error(name: str) -> None:
    with pytest.raises(BackendError):
        LanguageModel.open(name)


def test_drafts_are_read_in_any_pieces() -> None:
    text = 'Sure!\n{"sentence": "One.", "citations": [1, 2, 2]}\n{"sentence": 3}\n{"citations": [1]}'
    text += '{"sentence": "Two.", "citations": "x"}'
    expected = [Draft("One.", (1, 2)), Draft("Two.", ())]
    for size in (1, 3, 1000):
        assert list(read(text[at : at + size] for at in range(0, len(text), size))) == expected


def test_plain_marks_belong_to_their_sentence() -> None:
    assert list(read(["One is here [1]. Two is there. [2][3] Three has none."])) == [
        Draft("One is here.", (1,)),
        Draft("Two is there.", (2, 3)),
        Draft("Three has none.", ()),
    ]
