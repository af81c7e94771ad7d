"""The contract over HTTP, and what the server refuses: in process, with a stub where time matters."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("fastapi")

from fastapi.testclient import TestClient
from jsonschema import Draft202012Validator
from typer.testing import CliRunner

from app import Answer, Assistant
from app.serving import Limits, create_app


class Shared:
    """An assistant that outlives the application, which closes its own at shutdown."""

    def __init__(self, assistant: Assistant) -> None:
        self.ask = assistant.ask
        self.stream = assistant.stream
        self.closed = False

    def close(self) -> None:
        self.closed = True


class Slow(Shared):
    """Takes its time, and counts how many ask at once."""

    def __init__(self, assistant: Assistant, seconds: float) -> None:
        super().__init__(assistant)
        self._lock = threading.Lock()
        self._seconds = seconds
        self.now = self.most = 0
        self._answer = assistant.ask("What is docker?")
        self.ask = self._ask

    def _ask(self, *_: Any) -> Answer:
        with self._lock:
            self.now += 1
            self.most = max(self.most, self.now)
        time.sleep(self._seconds)
        with self._lock:
            self.now -= 1
        return self._answer


def client(assistant: Any, **options: Any) -> TestClient:
    return TestClient(create_app(assistant, **options), base_url="http://127.0.0.1")


@pytest.fixture
def server(assistant: Assistant) -> Iterator[TestClient]:
    shared = Shared(assistant)
    with client(shared) as running:
        yield running
    assert shared.closed


def test_ask_gives_the_contract(server: TestClient, assistant: Assistant) -> None:
    schema = server.get("/ask/schema").json()
    Draft202012Validator.check_schema(schema)
    for question in ("Does docker share the kernel?", "Who won the 1998 world cup?"):
        answer = server.post("/ask", json={"question": question}).json()
        Draft202012Validator(schema).validate(answer)
        expected = assistant.ask(question).to_json()
        assert {**answer, "elapsed_ms": 0} == {**_plain(expected), "elapsed_ms": 0}


def _plain(data: dict[str, Any]) -> Any:
    import json

    return json.loads(json.dumps(data))


def test_history_makes_a_follow_up(server: TestClient) -> None:
    history = [{"question": "What is packer?", "answer": "a way to create base or gold VM images"}]
    answer = server.post("/ask", json={"question": "Has the author tried it?", "history": history}).json()
    assert "packer" in answer["understood_as"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"question": " "}, 400),
        ({}, 422),
        ({"question": "x" * 2_001}, 422),
        ({"question": 5}, 422),
        ({"question": "What is docker?", "surprise": 1}, 422),
        ({"question": "What is docker?", "history": "none"}, 422),
    ],
)
def test_bad_questions_are_errors_in_one_shape(server: TestClient, body: dict[str, Any], status: int) -> None:
    response = server.post("/ask", json=body)
    assert response.status_code == status
    assert set(response.json()["error"]) == {"message", "type", "param", "code"}
    assert response.json()["error"]["message"]


def test_what_is_not_there_and_not_json(server: TestClient) -> None:
    assert server.get("/nothing").json()["error"]["type"] == "invalid_request_error"
    assert server.get("/ask").status_code == 405
    broken = {"content": b"{", "headers": {"content-type": "application/json"}}
    assert server.post("/ask", **broken).status_code == 422
    # a web page can send text/plain across origins without asking first: it must not count as a question
    plain = {"content": b'{"question": "What is docker?"}', "headers": {"content-type": "text/plain"}}
    assert server.post("/ask", **plain).status_code == 422


def test_another_name_for_this_machine_is_refused(server: TestClient) -> None:
    assert server.get("/v1/models", headers={"host": "evil.example"}).status_code == 400
    assert server.get("/v1/models", headers={"host": "localhost:8600"}).status_code == 200


def test_large_bodies_are_refused_whatever_their_length_is_said_to_be(assistant: Assistant) -> None:
    with client(Shared(assistant), limits=Limits(body=1_000)) as server:
        assert server.post("/ask", content=b"x" * 2_000).status_code == 413

        def pieces() -> Iterator[bytes]:
            for _ in range(20):
                yield b"x" * 100

        assert server.post("/ask", content=pieces()).status_code == 413


def test_the_rate_is_limited(assistant: Assistant) -> None:
    with client(Shared(assistant), limits=Limits(rate=3)) as server:
        statuses = [server.get("/v1/models").status_code for _ in range(5)]
        assert statuses == [200, 200, 200, 429, 429]
        assert int(server.get("/v1/models").headers["retry-after"]) >= 1


def test_the_token_is_needed(assistant: Assistant) -> None:
    with client(Shared(assistant), token="t0ken") as server:
        for header in ({}, {"authorization": "Bearer wrong"}, {"authorization": "t0ken"}):
            assert server.post("/ask", json={"question": "What is docker?"}, headers=header).status_code == 401
        right = {"authorization": "Bearer t0ken"}
        assert server.post("/ask", json={"question": "What is docker?"}, headers=right).status_code == 200


def test_so_many_at_once_and_so_many_waiting(assistant: Assistant) -> None:
    slow = Slow(assistant, 0.5)
    statuses: list[int] = []
    with client(slow, limits=Limits(at_once=2, waiting=2)) as server:

        def ask() -> None:
            statuses.append(server.post("/ask", json={"question": "What is docker?"}).status_code)

        threads = [threading.Thread(target=ask) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert slow.most == 2
    assert set(statuses) == {200, 503}
    assert statuses.count(200) >= 4


def test_an_answer_that_takes_too_long_is_an_error(assistant: Assistant) -> None:
    with client(Slow(assistant, 2.0), limits=Limits(seconds=0.2)) as server:
        started = time.perf_counter()
        response = server.post("/ask", json={"question": "What is docker?"})
        assert (response.status_code, response.json()["error"]["type"]) == (504, "timeout_error")
        assert time.perf_counter() - started < 1.5


def test_an_open_server_is_refused(post_home: Path) -> None:
    import typer

    from app.commands_serve import register

    app = typer.Typer()
    register(app)
    result = CliRunner().invoke(app, ["serve", "--host", "0.0.0.0", "--index", str(post_home)])
    assert result.exit_code != 0
    assert "token" in str(result.exception)
