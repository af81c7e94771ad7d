"""The process that extracts: it may hang, die or eat memory, and tells its errors."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator

import pytest

from corpus.fetching import sandbox as sandbox_module
from corpus.fetching.errors import FetchError, LimitError, UnsupportedFormatError
from corpus.fetching.sandbox import Sandbox


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(1.0) as sandbox:
        yield sandbox


def _sleep(*_: object) -> None:
    time.sleep(60)


def _die(*_: object) -> None:
    os.kill(os.getpid(), 9)


def _eat(*_: object) -> None:
    b"x" * (sandbox_module.MAX_MEMORY + 1)


@pytest.mark.parametrize(("act", "error"), [(_sleep, LimitError), (_die, FetchError), (_eat, FetchError)])
def test_the_worker_may_hang_die_or_eat_memory(
    act: object, error: type[FetchError], sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert sandbox.extract(b"Words.", "text/plain", "")[1].text == "Words."
    with monkeypatch.context() as patch:
        patch.setattr(sandbox_module, "extract", act)
        with pytest.raises(error):
            sandbox.extract(b"", "", "")
    assert sandbox.extract(b"Words again.", "text/plain", "")[1].text == "Words again."


def test_the_worker_tells_its_errors(sandbox: Sandbox) -> None:
    with pytest.raises(UnsupportedFormatError):
        sandbox.extract(b"", "image/png", "")
