"""A transport for httpx that connects to checked addresses only, within a budget of time and bytes.

The name is resolved once, every address that it has is checked, and the connection is made to one of
those very addresses: between check and connect nothing is resolved again. TLS still verifies the name.
A refused address means that no socket is opened. Proxies are not used: they would resolve by themselves.
"""

import socket
import time
from collections.abc import Callable, Iterable, Iterator
from ssl import SSLContext
from typing import Any

import httpcore
import httpx

from corpus.fetching.addresses import check_ip
from corpus.fetching.errors import GoneError, LimitError, RefusedAddressError

Resolve = Callable[[str, int], list[str]]


class Budget:
    """What one page may cost: seconds until the deadline, and bytes over the wire."""

    def __init__(self, seconds: float, max_bytes: int) -> None:
        self._seconds = seconds
        self._deadline = time.monotonic() + seconds
        self._max_bytes = max_bytes
        self._bytes = 0

    def extend(self, seconds: float) -> None:
        """Leave out of account a time that was spent on manners."""
        self._deadline += seconds

    def left(self) -> float:
        """Seconds that are left.

        Raises:
            LimitError: none are.
        """
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise LimitError(f"The page took longer than {self._seconds:g} seconds.")
        return left

    def take(self, count: int) -> None:
        """Take ``count`` bytes.

        Raises:
            LimitError: there are not as many left.
        """
        self._bytes += count
        if self._bytes > self._max_bytes:
            raise LimitError(f"The page is larger than {self._max_bytes:,} bytes.")


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a host, in the system's order of preference.

    Raises:
        GoneError: there is no such host.
        httpcore.ConnectError: the names cannot be resolved just now.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        if error.errno in (socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)):
            raise GoneError(f"There is no host {host}.") from error
        raise httpcore.ConnectError(f"{host} cannot be resolved ({error.strerror})") from error
    except (UnicodeError, OverflowError) as error:
        raise RefusedAddressError(f"{host!r} is not the name of a host ({error}).") from error
    return list(dict.fromkeys(str(place[0]) for *_, place in found))


class GuardedBackend(httpcore.NetworkBackend):
    """Resolves, checks each address, and connects to one of those checked."""

    def __init__(
        self,
        budget: Budget,
        *,
        allow_loopback: bool = False,
        resolve: Resolve = resolve,
        inner: httpcore.NetworkBackend | None = None,
    ) -> None:
        self._budget = budget
        self._allow_loopback = allow_loopback
        self._resolve = resolve
        self._inner = inner or httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first address of the host that answers; refuse if any of them is not public."""
        addresses = self._resolve(host, port)
        for address in addresses:
            check_ip(address, host, allow_loopback=self._allow_loopback)
        failure: Exception = httpcore.ConnectError(f"{host} has no address")
        for address in addresses:
            wait = min(timeout or self._budget.left(), self._budget.left())
            try:
                stream = self._inner.connect_tcp(address, port, wait, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return _GuardedStream(stream, self._budget)
        raise failure

    def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore.NetworkStream:
        """Refuse: pages do not live in sockets on the disk."""
        raise RefusedAddressError(f"{path} is refused: only http and https addresses are fetched.")


class _GuardedStream(httpcore.NetworkStream):
    """A stream whose every read is paid from the budget, whatever dribbles in: headers, body or handshake."""

    def __init__(self, inner: httpcore.NetworkStream, budget: Budget) -> None:
        self._inner = inner
        self._budget = budget

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        try:
            data = self._inner.read(max_bytes, min(timeout or self._budget.left(), self._budget.left()))
        except httpcore.ReadTimeout:
            self._budget.left()  # says so if it was the deadline that passed
            raise
        self._budget.take(len(data))
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, min(timeout or self._budget.left(), self._budget.left()))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        left = self._budget.left()
        return _GuardedStream(
            self._inner.start_tls(ssl_context, server_hostname, min(timeout or left, left)), self._budget
        )

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class GuardedTransport(httpx.BaseTransport):
    """Sends requests of httpx over a guarded backend, one connection a request. Raises httpcore's errors."""

    def __init__(self, backend: GuardedBackend, ssl_context: SSLContext) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=ssl_context, network_backend=backend, max_keepalive_connections=0
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request."""
        response = self._pool.handle_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(
                    scheme=request.url.raw_scheme,
                    host=request.url.raw_host,
                    port=request.url.port,
                    target=request.url.raw_path,
                ),
                headers=request.headers.raw,
                extensions=request.extensions,
            )
        )
        return httpx.Response(response.status, headers=response.headers, stream=_Body(response))

    def close(self) -> None:
        """Close what is open."""
        self._pool.close()


class _Body(httpx.SyncByteStream):
    def __init__(self, response: httpcore.Response) -> None:
        self._response = response

    def __iter__(self) -> Iterator[bytes]:
        yield from self._response.iter_stream()

    def close(self) -> None:
        self._response.close()
