"""The server as OpenAI's own client sees it."""

from __future__ import annotations

import asyncio
import re
import signal
import threading
import time

import openai
import pytest
from openai import AsyncOpenAI, OpenAI

from tests.serving.conftest import Start

QUESTION = "Does docker share the kernel?"


@pytest.fixture
def client(url: str) -> OpenAI:
    return OpenAI(base_url=f"{url}/v1", api_key="none", max_retries=0)


def ask(client: OpenAI, *said: str) -> str:
    messages = [{"role": "user" if at % 2 == 0 else "assistant", "content": text} for at, text in enumerate(said)]
    return client.chat.completions.create(model="askpost", messages=messages).choices[0].message.content or ""


def test_models(client: OpenAI) -> None:
    assert [model.id for model in client.models.list()] == ["askpost"]


def test_a_completion_carries_answer_and_receipts(client: OpenAI) -> None:
    messages = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": QUESTION}]
    done = client.chat.completions.create(model="askpost", messages=messages, temperature=0.2)
    text = done.choices[0].message.content
    assert re.match("Yes. “docker .*(shares the kernel|shared underlying OS/kernel)", text)
    assert "Sources:\n[1] docker packer VM oh my" in text
    assert done.choices[0].finish_reason == "stop"
    contract = done.model_extra["askpost"]
    assert contract["citations"][0]["quote"] in text
    assert contract["backend"] == "extractive"


def test_streaming_gives_the_same_text(client: OpenAI) -> None:
    messages = [{"role": "user", "content": QUESTION}]
    chunks = list(client.chat.completions.create(model="askpost", messages=messages, stream=True))
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == ask(client, QUESTION)
    assert chunks[-1].choices[0].finish_reason == "stop"
    assert chunks[-1].model_extra["askpost"]["verdict"] == "yes"


def test_the_chat_so_far_is_history(client: OpenAI) -> None:
    first = ask(client, "What is packer?")
    messages = [
        {"role": "user", "content": "What is packer?"},
        {"role": "assistant", "content": first},
        {"role": "user", "content": [{"type": "text", "text": "Has the author tried it?"}]},
    ]
    done = client.chat.completions.create(model="askpost", messages=messages)
    assert "packer" in done.model_extra["askpost"]["understood_as"]


def test_errors_are_openai_errors(client: OpenAI) -> None:
    with pytest.raises(openai.NotFoundError, match="only 'askpost'"):
        client.chat.completions.create(model="gpt-9", messages=[{"role": "user", "content": "Hi there"}])
    with pytest.raises(openai.BadRequestError, match="empty"):
        ask(client, "???")
    with pytest.raises(openai.BadRequestError, match="empty"):
        list(client.chat.completions.create(model="askpost", messages=[{"role": "user", "content": ""}], stream=True))
    with pytest.raises(openai.BadRequestError, match="last message"):
        ask(client, "What is docker?", "A wrapper.")
    with pytest.raises(openai.UnprocessableEntityError, match="messages"):
        client.chat.completions.create(model="askpost", messages=[])


def test_fifty_clients_at_once_get_the_same_answers_as_one(url: str, client: OpenAI) -> None:
    questions = [QUESTION, "What is packer?", "Do VMs need a hypervisor?", "Who won the 1998 world cup?"]
    alone = {question: ask(client, question) for question in questions}

    async def one(number: int) -> tuple[str, str]:
        async with AsyncOpenAI(base_url=f"{url}/v1", api_key="none", max_retries=0, timeout=120) as caller:
            question = questions[number % len(questions)]
            messages = [{"role": "user", "content": question}]
            if number % 2:
                parts = [
                    chunk.choices[0].delta.content or ""
                    async for chunk in await caller.chat.completions.create(
                        model="askpost", messages=messages, stream=True
                    )
                ]
                return question, "".join(parts)
            done = await caller.chat.completions.create(model="askpost", messages=messages)
            return question, done.choices[0].message.content or ""

    async def everyone() -> list[tuple[str, str]]:
        return await asyncio.gather(*(one(number) for number in range(50)))

    for question, text in asyncio.run(everyone()):
        assert text == alone[question]


def test_shutdown_lets_answers_finish(start: Start) -> None:
    process, url = start()
    client = OpenAI(base_url=f"{url}/v1", api_key="none", max_retries=0, timeout=60)
    ask(client, QUESTION)
    answers: list[str] = []
    refused: list[openai.APIConnectionError] = []

    def one() -> None:
        try:
            answers.append(ask(client, QUESTION))
        except openai.APIConnectionError as error:
            refused.append(error)

    threads = [threading.Thread(target=one) for _ in range(6)]
    for thread in threads:
        thread.start()
    time.sleep(0.3)
    process.send_signal(signal.SIGTERM)
    for thread in threads:
        thread.join()
    assert process.wait(20) in (0, -signal.SIGTERM)
    assert process.stdout is not None
    printed = process.stdout.read()
    assert "Traceback" not in printed, printed
    # those that had been taken in are answered; those that had not are refused, never cut off half-way
    assert len(answers) + len(refused) == 6
    assert answers
    assert all(text.startswith("Yes.") for text in answers)


def test_a_token_is_asked_for(start: Start) -> None:
    process, url = start("--token", "s3cret")
    with pytest.raises(openai.AuthenticationError):
        OpenAI(base_url=f"{url}/v1", api_key="wrong", max_retries=0).models.list()
    assert OpenAI(base_url=f"{url}/v1", api_key="s3cret", max_retries=0).models.list().data
    process.terminate()
