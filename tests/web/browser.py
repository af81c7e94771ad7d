"""A real Chromium and a real server of the page, for tests and screenshots."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Error, Playwright

ROOT = Path(__file__).parent.parent.parent
ARTIFACTS = ROOT / "artifacts"  # screenshots, which CI keeps
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_COMMAND = ("-c", "from app.cli import main; main()", "chat")
_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def launch_chromium(playwright: Playwright) -> Browser:
    """The installed Chromium, else Playwright's own. None of them is a failure, never a skip."""
    path = next(filter(None, map(shutil.which, _NAMES)), None)
    try:
        return playwright.chromium.launch(executable_path=path, args=list(_FLAGS))
    except Error as error:
        raise RuntimeError(f"No Chromium starts here ({error.message}); run `make browser`.") from error


@contextmanager
def serve(home: Path, command: Sequence[str] = _COMMAND) -> Iterator[str]:
    """The page on an index home, served by a process of its own; its address."""
    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        port = probe.getsockname()[1]
    log = home.parent / f"{home.name}-server.log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            [sys.executable, *command, "--index", str(home), "--port", str(port), "--no-browser"],
            cwd=ROOT,
            env={**os.environ, "OMP_NUM_THREADS": "2"},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait_for(f"http://localhost:{port}/_stcore/health", server, log)
            yield f"http://localhost:{port}"
        finally:
            server.terminate()
            server.wait(10)


def _wait_for(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"The server did not start:\n{log.read_text(errors='replace')}")
