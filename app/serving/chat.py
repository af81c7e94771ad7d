"""Between OpenAI's chat messages and questions with a history, and between answers and completions."""

import json
import time
import uuid
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from app.backends import spoken
from app.contract import Answer, Checked, Turn
from corpus.errors import QuestionError

MODEL = "askpost"
_RECEIPTS = "\n\nSources:\n"  # before the list of places; cut off again when the answer comes back as history


class Part(BaseModel):
    """A part of a message; only text is read."""

    type: str
    text: str = ""


class Message(BaseModel):
    """A chat message."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[Part] | None = None

    @property
    def text(self) -> str:
        """Its words."""
        if isinstance(self.content, list):
            return "\n".join(part.text for part in self.content if part.type == "text")
        return self.content or ""


class ChatRequest(BaseModel):
    """The part of OpenAI's request that means something here; sampling settings and tools are ignored."""

    model_config = ConfigDict(extra="ignore")

    model: str
    messages: list[Message] = Field(min_length=1, max_length=200)
    stream: bool = False


def conversation(messages: Sequence[Message]) -> tuple[str, list[Turn]]:
    """The last user message as the question, and the exchanges before it.

    Raises:
        QuestionError: the last message is not a user's.
    """
    spoken = [message for message in messages if message.role in ("user", "assistant")]
    if not spoken or spoken[-1].role != "user":
        raise QuestionError("The last message must be the user's question.")
    turns = [
        Turn(asked.text, said.text.partition(_RECEIPTS)[0])
        for asked, said in pairwise(spoken)
        if (asked.role, said.role) == ("user", "assistant")
    ]
    return spoken[-1].text, turns


def receipts(answer: Answer) -> str:
    """Where the quotes stand, for a client that shows nothing but text."""
    lines = [
        f"[{c.n}] {c.title}" + (f", {c.section}" if c.section else "") + (f" — {c.text_fragment_url}" if c.url else "")
        for c in answer.citations
    ]
    return _RECEIPTS + "\n".join(lines) if lines else ""


def content(answer: Answer) -> str:
    """The answer as one text, with its notice and its receipts."""
    return answer.answer + (f"\n\n({answer.notice})" if answer.notice else "") + receipts(answer)


def completion(answer: Answer) -> dict[str, Any]:
    """A chat completion; the whole contract is in the field ``askpost``."""
    message = {"role": "assistant", "content": content(answer)}
    return _frame("chat.completion") | {
        "choices": [{"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}],
        "usage": {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0},
        "askpost": answer.to_json(),
    }


def events(steps: Iterable[Checked | Answer]) -> Iterator[str]:
    """Server-sent events of a completion: supported sentences as they come, then what stands in for the others."""
    frame = _frame("chat.completion.chunk")

    def chunk(delta: dict[str, str], reason: str | None = None, **more: Any) -> str:
        choice = {"index": 0, "delta": delta, "finish_reason": reason}
        return f"data: {json.dumps(frame | {'choices': [choice]} | more, ensure_ascii=False)}\n\n"

    yield chunk({"role": "assistant", "content": ""})
    shown = ""
    answer: Answer | None = None
    for step in steps:
        if isinstance(step, Answer):
            answer = step
        elif step.supported:
            verdict = answer.verdict if answer else None
            piece = (" " if shown else "") + spoken(step, verdict, not shown)
            shown += piece
            yield chunk({"content": piece})
    if answer is not None:
        # what has been shown stays shown: the rest follows, or the whole answer where the model failed half-way
        whole = content(answer)
        rest = whole.removeprefix(shown) if whole.startswith(shown) else f"\n\n{whole}"
        for line in rest.splitlines(keepends=True):
            yield chunk({"content": line})
        yield chunk({}, "stop", askpost=answer.to_json())
    yield "data: [DONE]\n\n"


def _frame(kind: str) -> dict[str, Any]:
    return {"id": f"chatcmpl-{uuid.uuid4().hex}", "object": kind, "created": int(time.time()), "model": MODEL}
