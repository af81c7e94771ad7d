"""A real HTTP server on loopback, whose pages a test sets."""

from __future__ import annotations

import gzip
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

Answer = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Reply:
    """A whole response."""

    body: bytes | str = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "text/html"})

    def __call__(self, handler: BaseHTTPRequestHandler) -> None:
        body = self.body.encode() if isinstance(self.body, str) else self.body
        handler.send_response(self.status)
        for name, value in {"Content-Length": str(len(body)), **self.headers}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)


class Site:
    """The pages by path, and what was asked for: paths with their query, headers and times."""

    def __init__(self, port: int) -> None:
        self.pages: dict[str, Answer | list[Answer]] = {}
        self.asked: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.times: list[float] = []
        self.connections = 0
        self.port = port

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    def answer(self, path: str) -> Answer:
        """The page at a path: the next of a list, whose last one stays; 404 if there is none."""
        found = self.pages.get(path, self.pages.get(path.partition("?")[0], Reply(b"not here", 404)))
        if isinstance(found, list):
            return found.pop(0) if len(found) > 1 else found[0]
        return found


@contextmanager
def serving(tls: ssl.SSLContext | None = None) -> Iterator[Site]:
    """A site on a free port of 127.0.0.1, for the length of a `with` block; over TLS with a context."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            site.asked.append(self.path)
            site.headers.append({name.lower(): value for name, value in self.headers.items()})
            site.times.append(time.monotonic())
            # The client has had enough in the middle of it: that is what some tests are about.
            with suppress(BrokenPipeError, ConnectionResetError):
                site.answer(self.path)(self)
            self.close_connection = True

        def log_message(self, *_: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def get_request(self) -> Any:
            site.connections += 1
            return super().get_request()

        def handle_error(self, *_: Any) -> None:
            pass

    with Server(("127.0.0.1", 0), Handler) as server:
        if tls:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        site = Site(server.server_port)
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield site
        finally:
            server.shutdown()
            thread.join()


def redirect(to: str, status: int = 302) -> Reply:
    return Reply(b"", status, {"Location": to})


def gzipped(body: bytes, encoding: str = "gzip") -> Reply:
    return Reply(gzip.compress(body), headers={"Content-Type": "text/html", "Content-Encoding": encoding})


def dribbling(parts: Iterator[bytes], pause: float, head: bytes = b"HTTP/1.1 200 OK\r\n\r\n") -> Answer:
    """Send raw bytes with a pause before each part: slow, endless or broken responses."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(head)
        for part in parts:
            time.sleep(pause)
            handler.wfile.write(part)

    return answer


def article(title: str, *paragraphs: str, head: str = "", menu: str = "") -> str:
    """A page with a menu and a footer around an article."""
    text = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return (
        f"<!DOCTYPE html><html><head><title>{title}</title>{head}</head><body>"
        f'<nav><ul><li><a href="/">Home</a></li><li><a href="/shop">Shop our merchandise</a></li></ul>{menu}</nav>'
        f"<article><h1>{title}</h1>{text}</article>"
        "<footer><p>Subscribe to our newsletter. All cookies accepted.</p></footer></body></html>"
    )


FILLER = (
    "The harbour was quiet in the early morning, and the boats lay side by side along the old stone wall. "
    "Nobody had told the keeper that the lamp would be replaced before the winter came to the coast."
)
