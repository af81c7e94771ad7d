"""A chat model by name, through LangChain: Ollama, any OpenAI-compatible server, Anthropic and others."""

import os
import queue
import threading
import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from app.backends.prompt import Message
from corpus.errors import ModelError
from index.configuration import load_settings

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

TIMEOUT = 60.0  # seconds for a whole answer
MAX_TOKENS = 400  # of an answer; a weak model may never end by itself
_END = object()
_FINISHED = ("finish_reason", "stop_reason", "done_reason")  # what providers say with the last piece of a whole answer


class BackendError(ModelError):
    """A language model cannot be opened, failed, or took too long."""


class LanguageModel:
    """A chat model that must be done within a time limit."""

    def __init__(self, name: str, model: "BaseChatModel", timeout: float = TIMEOUT) -> None:
        """Wrap a LangChain chat model; ``name`` is what the answer's ``backend`` says."""
        self.name = name
        self._model = model
        self._timeout = timeout

    @classmethod
    def open(cls, name: str, *, url: str = "", timeout: float = TIMEOUT) -> "LanguageModel":
        """Open a model by "provider:name", such as "ollama:llama3.2" or "openai:gpt-4o-mini".

        ``url`` is the address of an OpenAI-compatible or Ollama server; if not given, the setting backend_url.

        Raises:
            BackendError: the name is not of that form, or a package for the provider is not installed.
        """
        provider, _, model = name.partition(":")
        if not provider or not model:
            raise BackendError(f"{name!r} names no language model; write PROVIDER:MODEL, such as ollama:llama3.2.")
        try:
            from langchain.chat_models import init_chat_model
        except ImportError as error:
            raise BackendError("Language models need LangChain: pip install 'askpost[backends]'.") from error
        options = _options(provider, url or load_settings().backend_url, timeout)
        try:
            return cls(name, init_chat_model(model, model_provider=provider, **options), timeout)
        except ImportError as error:
            raise BackendError(
                f"The backend {name!r} needs a package that is not installed: {error}".rstrip(".") + "."
            ) from error
        except Exception as error:  # each provider's package raises its own kinds (no key, unknown option)
            raise BackendError(f"The backend {name!r} cannot be opened: {_first_line(error)}") from error

    def stream(self, messages: Sequence[Message]) -> Iterator[str]:
        """The model's text, piece by piece.

        Raises:
            BackendError: the model failed, or was not done in time.
        """
        pieces: queue.Queue[object] = queue.Queue()
        stopped = threading.Event()
        # A thread of its own, since a client's own time limit counts from piece to piece: a slow drip passes it.
        threading.Thread(target=self._pump, args=(messages, pieces, stopped), daemon=True).start()
        deadline = time.monotonic() + self._timeout
        try:
            while True:
                piece = pieces.get(timeout=max(0.0, deadline - time.monotonic()))
                if isinstance(piece, Exception):
                    raise BackendError(f"The language model {self.name} failed: {_first_line(piece)}") from piece
                if not isinstance(piece, str):
                    return
                yield piece
        except queue.Empty:
            raise BackendError(f"The language model {self.name} was not done in {self._timeout:g} seconds.") from None
        finally:
            stopped.set()

    def _pump(self, messages: Sequence[Message], pieces: "queue.Queue[object]", stopped: threading.Event) -> None:
        try:
            finished = False
            for chunk in self._model.stream(list(messages)):
                if stopped.is_set():
                    return
                finished = finished or any(chunk.response_metadata.get(key) for key in _FINISHED)
                pieces.put(chunk.text)
            pieces.put(_END if finished else ConnectionError("it broke off in the middle"))
        except Exception as error:  # noqa: BLE001 - whatever it is, the reader of the queue reports it
            pieces.put(error)


def _options(provider: str, url: str, timeout: float) -> dict[str, Any]:
    """Settings in the provider's own words: no sampling, no retries, and a time limit."""
    if provider == "ollama":
        return {
            "temperature": 0,
            "num_predict": MAX_TOKENS,
            "client_kwargs": {"timeout": timeout},
            **({"base_url": url} if url else {}),
        }
    options: dict[str, Any] = {"temperature": 0, "max_tokens": MAX_TOKENS, "timeout": timeout, "max_retries": 0}
    if url:
        options["base_url"] = url
        if provider == "openai" and not os.environ.get("OPENAI_API_KEY"):
            options["api_key"] = "none"  # the client insists on a key; a server on this machine asks for none
    return options


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
