"""What a caller may do: who, how much at once, how often. Checked before anything of the request is read."""

import hmac
import time
from collections import OrderedDict
from dataclasses import dataclass

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_CALLERS = 4_096  # addresses whose rate is remembered


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of the server.

    ``body`` bytes of a request; ``rate`` requests a minute from one address; ``at_once`` answers in work,
    ``waiting`` more in the queue; ``seconds`` for one answer.
    """

    body: int = 256_000
    rate: int = 600
    at_once: int = 4
    waiting: int = 256
    seconds: float = 120.0


def error(status: int, message: str, kind: str, headers: dict[str, str] | None = None) -> JSONResponse:
    """An error in the shape that OpenAI's clients read."""
    body = {"error": {"message": message, "type": kind, "param": None, "code": None}}
    return JSONResponse(body, status, headers)


class Gate:
    """ASGI middleware: the token, the rate, and the size of the body."""

    def __init__(self, app: ASGIApp, limits: Limits, token: str = "") -> None:
        """Guard an application; without a token anyone who reaches the port may ask."""
        self._app = app
        self._limits = limits
        self._token = token.encode()
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it with an error."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        refusal = self._refuse(headers, (scope.get("client") or ("", 0))[0])
        if refusal is None:
            body = await self._body(receive)
            refusal = None if body is not None else self._too_large()
        if refusal is not None:
            await refusal(scope, receive, send)
            return
        await self._app(scope, _replay(body or b"", receive), send)

    def _refuse(self, headers: dict[bytes, bytes], caller: str) -> JSONResponse | None:
        if self._token and not hmac.compare_digest(headers.get(b"authorization", b""), b"Bearer " + self._token):
            return error(401, "Send the server's token: Authorization: Bearer TOKEN.", "invalid_request_error")
        wait = self._take(caller)
        if wait:
            return error(
                429,
                f"More than {self._limits.rate} requests a minute; try again later.",
                "rate_limit_error",
                {"Retry-After": str(int(wait) + 1)},
            )
        length = headers.get(b"content-length", b"0")
        return self._too_large() if not length.isdigit() or int(length) > self._limits.body else None

    def _too_large(self) -> JSONResponse:
        return error(413, f"The request is larger than {self._limits.body:,} bytes.", "invalid_request_error")

    def _take(self, caller: str) -> float:
        """Take from the caller's bucket (it fills evenly over a minute); the seconds to wait if it is empty."""
        now = time.monotonic()
        per_second = self._limits.rate / 60
        level, last = self._buckets.pop(caller, (float(self._limits.rate), now))
        level = min(self._limits.rate, level + (now - last) * per_second)
        taken = level >= 1
        self._buckets[caller] = (level - taken, now)
        if len(self._buckets) > _CALLERS:
            self._buckets.popitem(last=False)
        return 0.0 if taken else (1 - level) / per_second

    async def _body(self, receive: Receive) -> bytes | None:
        """The whole body; None if it is too large, whatever its length was said to be."""
        body = bytearray()
        while True:
            message = await receive()
            body += message.get("body", b"")
            if len(body) > self._limits.body:
                return None
            if not message.get("more_body"):
                return bytes(body)


def _replay(body: bytes, receive: Receive) -> Receive:
    """The body once, then whatever comes (the caller's leaving)."""
    sent = False

    async def replay() -> Message:
        nonlocal sent
        if sent:
            return await receive()
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay
