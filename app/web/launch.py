"""Start the chat: Streamlit with askpost's options, on this machine only, asking no other host."""

import os
import socket
import sys
import threading
import webbrowser
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

from corpus.errors import AskpostError

PORT = 8501
_TRIES = 20
_SOON = 0.5  # seconds from the server's start to its first answer, amply
_MAIN = Path(__file__).parent / "main.py"


class NoPortError(AskpostError):
    """No port is free for the page."""


def launch(
    home: Path | None = None,
    corpus: Path | None = None,
    port: int = PORT,
    *,
    backend: str = "",
    address: str = "localhost",
    open_browser: bool = True,
) -> None:
    """Serve the chat until it is interrupted.

    Args:
        home: the index home; None for the corpus's default.
        corpus: the folder of documents; None for the one that the index was built from.
        port: the port to serve on; if it is taken, the next free one is used.
        backend: a language model to phrase answers; empty for none.
        address: the address to listen on. The chats kept are one reader's: widen it with care.
        open_browser: open the page in a browser, where there is a desktop to open it on.

    Raises:
        NoPortError: the port and those after it are taken.
    """
    from streamlit.starlette import App

    from app.web.frame import frame_routes

    _tell_page(home, corpus, backend)
    free = free_port(address, port)
    if free != port:
        sys.stderr.write(f"Port {port} is taken; using {free}.\n")
    here = f"http://{address}:{free}"
    shown = open_browser and _has_desktop()

    @asynccontextmanager
    async def running(_app: App) -> AsyncIterator[None]:
        sys.stderr.write(f"The chat is at {here}; Ctrl-C ends it.\n")
        if shown:  # Streamlit opens a browser for bare scripts only
            threading.Timer(_SOON, webbrowser.open, [here]).start()
        yield

    App(_MAIN, routes=frame_routes(), lifespan=running).run(config=server_options(free, address))


def _tell_page(home: Path | None, corpus: Path | None, backend: str) -> None:
    """The page's script takes no arguments; it reads what to open from the environment."""
    if home is not None:
        os.environ["ASKPOST_INDEX"] = str(home.resolve())
    if corpus is not None:
        os.environ["ASKPOST_CORPUS"] = str(corpus.resolve())
    os.environ["ASKPOST_BACKEND"] = backend


def server_options(port: int, address: str) -> dict[str, object]:
    """Every Streamlit option that the page is served with."""
    from app.web.theme import theme_options

    return {
        "server.port": port,
        "server.address": address,
        "server.headless": True,
        "server.fileWatcherType": "none",
        "server.showEmailPrompt": False,
        "browser.gatherUsageStats": False,
        "client.toolbarMode": "minimal",
        "client.showErrorDetails": "none",
        "client.showErrorLinks": False,
        "runner.magicEnabled": False,
        "logger.level": "warning",
        "logger.hideWelcomeMessage": True,
        **theme_options(),
    }


def free_port(address: str, first: int) -> int:
    """The first port from ``first`` on that nobody listens on."""
    last = min(first + _TRIES, 65_536)
    for port in range(first, last):
        if _is_free(address, port):
            return port
    raise NoPortError(f"Ports {first} to {last - 1} are taken; choose another with --port.")


def _is_free(address: str, port: int) -> bool:
    family, _, _, _, place = socket.getaddrinfo(address, port, type=socket.SOCK_STREAM)[0]
    with closing(socket.socket(family, socket.SOCK_STREAM)) as probe:
        if os.name == "posix":  # elsewhere this option lets two servers share a port
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(place)
        except OSError:
            return False
    return True


def _has_desktop() -> bool:
    return sys.platform != "linux" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
