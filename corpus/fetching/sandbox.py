"""Extract in a process of its own, with limits on time and memory: parsers meet hostile input there."""

import multiprocessing
from concurrent.futures import TimeoutError as FutureTimeoutError
from types import TracebackType
from typing import Self

from pebble import ProcessExpired, ProcessPool

from corpus.documents import Extract
from corpus.fetching.errors import FetchError, LimitError
from corpus.fetching.formats import Kind, extract

MAX_MEMORY = 2_000_000_000  # bytes of address space


class Sandbox:
    """One worker process that extracts; it is started when first needed, and replaced when it must be killed."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._pool: ProcessPool | None = None

    def extract(self, body: bytes, content_type: str, address: str) -> tuple[Kind, Extract]:
        """As ``formats.extract``.

        Raises:
            LimitError: it took longer than the limit.
            FetchError: it cannot be read, or brought the worker down.
        """
        if self._pool is None:
            # Spawned, not forked: the worker holds none of this process's files, threads or memory.
            context = multiprocessing.get_context("spawn")
            self._pool = ProcessPool(max_workers=1, initializer=_limit, context=context)
            self._pool.schedule(_ready).result()  # its start is not on the page's time
        try:
            return self._pool.schedule(extract, args=[body, content_type, address], timeout=self._seconds).result()
        except (FutureTimeoutError, TimeoutError) as error:
            raise LimitError(f"It took longer than {self._seconds:g} seconds to read.") from error
        except ProcessExpired as error:
            raise FetchError("It brought down the process that read it.") from error
        except (FetchError, LimitError):
            raise
        except Exception as error:  # whatever a parser raises: the page is at fault, not the run
            raise FetchError(f"It cannot be read ({type(error).__name__}: {error}).") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool:
            self._pool.stop()  # type: ignore[no-untyped-call] # pebble leaves it untyped
            self._pool.join()


def _ready() -> None:
    import trafilatura  # noqa: F401 - loaded ahead of the first page


def _limit() -> None:
    try:
        import resource
    except ImportError:  # Windows
        return
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
