"""The one assistant behind all sessions: opened in the background, asked once a turn, replaced with its index.

Nothing here depends on Streamlit. A session holds no model and no future of its own: it names a
turn, and whoever asks for that turn's answer first starts the work for everybody.
"""

import logging
import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import TYPE_CHECKING

from app.contract import Answer, Checked, Turn
from corpus.errors import AskpostError
from index.builds import current_build

if TYPE_CHECKING:
    from app.assistant import Assistant

_THREADS = 4
_BLINK = 0.1  # seconds that a page may wait for what is nearly there
_GRACE = 60.0  # seconds that a replaced build stays open, for pages that still read from it
_log = logging.getLogger(__name__)


def open_assistant(home: Path) -> "Assistant":
    """Open the build in use, warm. Imported here, so that the page shows before the models load."""
    from app.assistant import Assistant

    assistant = Assistant.open(home, backend=os.environ.get("ASKPOST_BACKEND", ""))
    # What is loaded on first use is loaded before anybody waits for it; no language model is asked for that.
    next(assistant.stream("What is this about?"))
    return assistant


class Engine:
    """Opens and asks the assistant on threads of its own; safe to share between sessions."""

    def __init__(self, home: Path, opener: "Callable[[Path], Assistant] | None" = None) -> None:
        """Begin to open the index in ``home``; return at once."""
        self.home = home
        self._open = opener or open_assistant
        self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="askpost")
        self._lock = threading.Lock()
        self._running: dict[str, Future[None]] = {}
        self.steps: dict[str, list[Answer | Checked]] = {}  # of the turns in flight; see `Assistant.stream`
        self._suggested = ""  # the build whose suggestions are there
        self._next: Future[Assistant] | None = None
        self._tried = self._build_in_use()  # one that cannot be opened is not tried again and again
        self._assistant: Future[Assistant] = self._pool.submit(self._open, home)

    @property
    def ready(self) -> bool:
        """Whether the assistant is there (or has failed to open), so that asking for it does not wait."""
        return self._assistant.done()

    def assistant(self, timeout: float | None = None) -> "Assistant":
        """The assistant, waited for if it is still being opened.

        Raises:
            AskpostError: the index cannot be opened; says what to do.
            TimeoutError: it took longer than ``timeout`` seconds.
        """
        self.follow()
        try:
            return self._assistant.result(timeout)
        except (AskpostError, TimeoutError):
            raise
        except Exception as error:
            _log.exception("The index cannot be opened")
            raise AskpostError(f"The index cannot be opened ({type(error).__name__}: {error}).") from error

    def suggestions(self, history: Sequence[Turn], most: int) -> list[str] | None:
        """Questions to start or to go on with; None while the first are being found, once for each build.

        Raises:
            AskpostError: the index cannot be opened.
        """
        assistant = self.assistant()
        if self._suggested != assistant.build:
            wait([self.once("suggestions", lambda: self._suggest(assistant, history, most))], timeout=_BLINK)
        return assistant.suggested_questions(history, most) if self.suggested else None

    @property
    def suggested(self) -> bool:
        """Whether `suggestions` has some, or nothing to find them in."""
        return self.ready and (
            self._assistant.exception() is not None or self._suggested == self._assistant.result().build
        )

    def _suggest(self, assistant: "Assistant", history: Sequence[Turn], most: int) -> None:
        try:
            assistant.suggested_questions(history, most)  # it keeps what it finds
        finally:
            self._suggested = assistant.build

    def follow(self) -> None:
        """Move over to the build in use if it is another one than the assistant's, without a pause.

        The new build is opened in the background; until it is there, the old one goes on answering.
        """
        with self._lock:
            if self._next is not None:
                if self._next.done():
                    self._move_over(self._next)
                    self._next = None
            elif self._assistant.done() and (build := self._build_in_use()) not in ("", self._tried):
                self._tried = build
                opened = self._pool.submit(self._open, self.home)
                if self._assistant.exception() is not None:
                    self._assistant = opened
                else:
                    self._next = opened

    def _build_in_use(self) -> str:
        try:
            return current_build(self.home).name
        except AskpostError:
            return ""

    def _move_over(self, opened: "Future[Assistant]") -> None:
        if opened.exception() is not None and self._assistant.exception() is None:
            _log.error("The new build cannot be opened: %s", opened.exception())
            return
        old, self._assistant = self._assistant, opened
        if old.exception() is None:
            timer = threading.Timer(_GRACE, old.result().close)
            timer.daemon = True
            timer.start()

    def once(self, key: str, work: Callable[[], None]) -> "Future[None]":
        """Do ``work`` in the background; while it runs, the same ``key`` gets the same future."""
        with self._lock:
            running = self._running.get(key)
            if running is None:
                running = self._pool.submit(work)
                self._running[key] = running
                running.add_done_callback(lambda _: self._running.pop(key, None))
            return running

    def close(self) -> None:
        """Finish what is running and release the build."""
        self._pool.shutdown()
        if self._assistant.done() and self._assistant.exception() is None:
            self._assistant.result().close()
