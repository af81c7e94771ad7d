"""The HTTP interface: `/ask`, and OpenAI's `/v1/models` and `/v1/chat/completions`."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import anyio
from anyio.to_thread import run_sync
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter
from starlette.exceptions import HTTPException
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import JSONResponse, Response, StreamingResponse

from app.assistant import MAX_QUESTION, Assistant
from app.contract import CONTRACT_VERSION, Answer, Turn
from app.serving import chat
from app.serving.limits import Gate, Limits, error
from corpus.errors import AskpostError, QuestionError

LOOPBACK = ("127.0.0.1", "localhost")
T = TypeVar("T")


class AskTurn(BaseModel):
    """An earlier exchange."""

    model_config = ConfigDict(extra="forbid")

    question: str
    answer: str


class AskRequest(BaseModel):
    """A question, with the conversation so far."""

    model_config = ConfigDict(extra="forbid")

    question: str = Field(max_length=MAX_QUESTION)
    history: list[AskTurn] = Field(default=[], max_length=100)


def answer_schema() -> dict[str, Any]:
    """The JSON schema of the answer contract."""
    schema = TypeAdapter(Answer).json_schema(mode="serialization", ref_template="#/$defs/{model}")
    schema["properties"].pop("considered")
    schema["$defs"].pop("Considered")
    schema["properties"] = {"version": {"const": CONTRACT_VERSION}, **schema["properties"]}
    schema["required"] = list(schema["properties"])
    return schema


class BusyError(Exception):
    """More questions wait than the limits allow."""


class _Desk:
    """Answers in threads, so many at once and so many waiting."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._places: anyio.CapacityLimiter | None = None

    async def run(self, work: Callable[[], T]) -> T:
        """Do the work in a thread, within the time limit.

        Raises:
            BusyError: too many wait.
            TimeoutError: it is not done in time.
        """
        self._places = self._places or anyio.CapacityLimiter(self._limits.at_once)
        if self._places.statistics().tasks_waiting >= self._limits.waiting:
            raise BusyError
        with anyio.fail_after(self._limits.seconds):
            return await run_sync(work, limiter=self._places, abandon_on_cancel=True)


def create_app(assistant: Assistant, *, limits: Limits | None = None, token: str = "", host: str = "") -> FastAPI:
    """The application over one assistant, which it closes at shutdown.

    Only requests that name this machine (or ``host``) are answered, so that no web page can reach the server
    under a name of its own (DNS rebinding).
    """
    limits = limits or Limits()

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        assistant.close()

    app = FastAPI(title="askpost", lifespan=lifespan, docs_url=None, redoc_url=None)
    app.add_middleware(Gate, limits=limits, token=token)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=[*LOOPBACK, *([host] if host else [])])
    _add_errors(app)
    _add_routes(app, assistant, _Desk(limits))
    return app


def _add_routes(app: FastAPI, assistant: Assistant, desk: _Desk) -> None:
    schema = answer_schema()

    @app.post("/ask", responses={200: {"description": "The answer contract; its JSON schema is at /ask/schema."}})
    async def ask(request: AskRequest) -> Response:
        """Answer a question with the contract."""
        history = [Turn(turn.question, turn.answer) for turn in request.history]
        answer = await desk.run(lambda: assistant.ask(request.question, history))
        return JSONResponse(answer.to_json())

    @app.get("/ask/schema")
    async def ask_schema() -> Response:
        """The JSON schema of the answer contract."""
        return JSONResponse(schema)

    @app.get("/v1/models")
    async def models() -> Response:
        """The one model there is."""
        model = {"id": chat.MODEL, "object": "model", "created": 0, "owned_by": "askpost"}
        return JSONResponse({"object": "list", "data": [model]})

    @app.post("/v1/chat/completions")
    async def completions(request: chat.ChatRequest) -> Response:
        """Answer the last message of a chat."""
        if request.model != chat.MODEL:
            return error(
                404, f"There is no model {request.model!r} here, only {chat.MODEL!r}.", "invalid_request_error"
            )
        question, history = chat.conversation(request.messages)
        if not request.stream:
            answer = await desk.run(lambda: assistant.ask(question, history))
            return JSONResponse(chat.completion(answer))
        steps = assistant.stream(question, history)
        first = await desk.run(lambda: next(steps))  # a bad question is an error, not a stream
        return StreamingResponse(_stream(desk, chat.events(_chain(first, steps))), media_type="text/event-stream")


def _chain(first: T, rest: Iterator[T]) -> Iterator[T]:
    yield first
    yield from rest


async def _stream(desk: _Desk, events: Iterator[str]) -> AsyncIterator[str]:
    """The events, each made in a thread; a time limit ends the stream."""
    try:
        while (event := await desk.run(lambda: next(events, None))) is not None:
            yield event
    except (BusyError, TimeoutError):
        yield 'data: {"error": {"message": "The answer took too long.", "type": "timeout_error"}}\n\n'


def _add_errors(app: FastAPI) -> None:
    def say(status: int, kind: str) -> Callable[[Request, Exception], Response]:
        return lambda _, problem: error(status, str(problem), kind)

    def invalid(_: Request, problem: Exception) -> Response:
        first = problem.errors()[0] if isinstance(problem, RequestValidationError) else {"loc": (), "msg": ""}
        where = ".".join(str(part) for part in first["loc"])
        return error(422, f"{where}: {first['msg']}", "invalid_request_error")

    def missing(_: Request, problem: Exception) -> Response:
        status = problem.status_code if isinstance(problem, HTTPException) else 404
        return error(status, getattr(problem, "detail", ""), "invalid_request_error")

    def busy(_: Request, __: Exception) -> Response:
        return error(503, "Too many questions wait; try again later.", "overloaded_error", {"Retry-After": "5"})

    app.add_exception_handler(QuestionError, say(400, "invalid_request_error"))
    app.add_exception_handler(AskpostError, say(500, "api_error"))
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, missing)
    app.add_exception_handler(BusyError, busy)
    app.add_exception_handler(TimeoutError, lambda _, __: error(504, "The answer took too long.", "timeout_error"))
