"""Start the chat: Streamlit with askpost's options, on this machine only, asking no other host."""

import json
import os
import socket
import sys
from contextlib import closing
from pathlib import Path

from corpus.errors import AskpostError

PORT = 8501
_TRIES = 20
_MAIN = Path(__file__).parent / "main.py"


class NoPortError(AskpostError):
    """No port is free for the page."""


def launch(
    home: Path | None = None,
    corpus: Path | None = None,
    port: int = PORT,
    *,
    address: str = "localhost",
    open_browser: bool = True,
) -> None:
    """Serve the chat until it is interrupted.

    Args:
        home: the index home; None for the corpus's default.
        corpus: the folder of documents; None for the one that the index was built from.
        port: the port to serve on; if it is taken, the next free one is used.
        address: the address to listen on. The chats kept are one reader's: widen it with care.
        open_browser: open the page in a browser, where there is a desktop to open it on.

    Raises:
        NoPortError: the port and those after it are taken.
    """
    from streamlit.web import cli

    _tell_page(home, corpus)
    free = free_port(address, port)
    if free != port:
        sys.stderr.write(f"Port {port} is taken; using {free}.\n")
    options = server_options(free, address, headless=not (open_browser and _has_desktop()))
    cli.main(["run", str(_MAIN), *_flags(options)], prog_name="askpost chat")


def _tell_page(home: Path | None, corpus: Path | None) -> None:
    """The page's script takes no arguments; it reads what to open from the environment."""
    if home is not None:
        os.environ["ASKPOST_INDEX"] = str(home.resolve())
    if corpus is not None:
        os.environ["ASKPOST_CORPUS"] = str(corpus.resolve())


def server_options(port: int, address: str, *, headless: bool) -> dict[str, object]:
    """Every Streamlit option that the page is served with."""
    from app.web.theme import theme_options

    return {
        "server.port": port,
        "server.address": address,
        "server.headless": headless,
        "server.fileWatcherType": "none",
        "server.showEmailPrompt": False,
        "browser.gatherUsageStats": False,
        "client.toolbarMode": "minimal",
        "client.showErrorDetails": "none",
        "client.showErrorLinks": False,
        "runner.magicEnabled": False,
        "logger.level": "warning",
        **theme_options(),
    }


def _flags(options: dict[str, object]) -> list[str]:
    """The options as command-line flags; all but plain text as JSON, which Streamlit reads."""
    return [f"--{key}={value if isinstance(value, str) else json.dumps(value)}" for key, value in options.items()]


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
