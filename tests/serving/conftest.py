"""The HTTP server as a process of its own, as `askpost serve` starts it."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

COMMAND = "import typer; from app.commands_serve import register; app = typer.Typer(); register(app); app()"
ROOT = Path(__file__).parents[2]
Start = Callable[..., tuple[subprocess.Popen[str], str]]


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@pytest.fixture(scope="session")
def start(post_home: Path) -> Iterator[Start]:
    """Start a server with more options; its process and its address."""
    processes: list[subprocess.Popen[str]] = []

    def run(*options: str) -> tuple[subprocess.Popen[str], str]:
        port = free_port()
        command = [sys.executable, "-c", COMMAND, "serve", "--index", str(post_home), "--port", str(port), *options]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        processes.append(process)
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline and process.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return process, f"http://127.0.0.1:{port}"
            time.sleep(0.1)
        raise AssertionError(f"the server did not start: {process.stdout and process.stdout.read()}")

    yield run
    for process in processes:
        process.terminate()
        process.wait(30)


@pytest.fixture(scope="session")
def url(start: Start) -> str:
    """The address of a server that runs for the whole session, with a generous rate."""
    return start("--rate", "100000")[1]
