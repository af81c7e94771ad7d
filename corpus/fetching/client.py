"""Fetch one page: redirects checked one by one, robots.txt, a polite rate, retries, limits."""

import datetime
import email.utils
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import httpcore
import httpx
import tenacity

from corpus.fetching.addresses import check_url
from corpus.fetching.coding import ACCEPTED, decode_body
from corpus.fetching.errors import FetchError, GoneError, LimitError, TransientError
from corpus.fetching.politeness import AGENT, Politeness
from corpus.fetching.settings import FetchSettings
from corpus.fetching.transport import Budget, GuardedBackend, GuardedTransport, Resolve, resolve

LONGEST_WAIT = 60.0  # seconds between two attempts, whatever Retry-After says
_REDIRECTS = {301, 302, 303, 307, 308}
_BUSY = {408, 425, 429, 500, 502, 503, 504}
_HEADERS = {
    "User-Agent": f"{AGENT}/0.1 (reads the pages that a blog post links to)",
    "Accept": "text/html, application/xhtml+xml, text/markdown, application/pdf, text/plain, */*;q=0.1",
    "Accept-Encoding": ACCEPTED,
    "Connection": "close",
}


@dataclass(frozen=True, slots=True)
class Page:
    """A page as it came: its address after redirects, the headers that matter, and the decompressed body.

    ``fetched`` is UTC, ISO 8601; ``licence`` the target of a Link header with rel="license".
    """

    requested: str
    address: str
    content_type: str
    body: bytes
    fetched: str
    etag: str = ""
    last_modified: str = ""
    licence: str = ""


@dataclass(frozen=True, slots=True)
class Validators:
    """What the last response said of its version, for asking whether there is a newer one."""

    address: str
    etag: str = ""
    last_modified: str = ""

    def headers(self, url: httpx.URL) -> dict[str, str]:
        """Headers of a conditional request to the address they belong to; none to another."""
        if str(url) != self.address:
            return {}
        known = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in known.items() if value}


class Fetcher:
    """Fetches pages within limits. One object keeps the manners towards each host."""

    def __init__(
        self,
        settings: FetchSettings | None = None,
        *,
        resolve: Resolve = resolve,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        self._settings = settings or FetchSettings()
        self._resolve = resolve
        self._ssl_context = ssl_context or httpx.create_ssl_context(trust_env=False)
        self._politeness = Politeness(self._settings.delay, self._robots)

    def get(self, address: str, validators: Validators | None = None, *, robots: bool = True) -> Page | None:
        """The page at ``address``; None if it is the one that the validators know.

        Raises:
            FetchError: it was not fetched; the kind of error says why.
        """
        url = check_url(address)
        return self._patiently(lambda: self._once(url, validators, robots=robots))

    def _patiently(self, attempt: Callable[[], Page | None]) -> Page | None:
        backoff = tenacity.wait_random_exponential(self._settings.backoff, max=LONGEST_WAIT)

        def wait(state: tenacity.RetryCallState) -> float:
            error = state.outcome.exception() if state.outcome else None
            asked = error.after if isinstance(error, TransientError) else 0.0
            return max(backoff(state), min(asked, LONGEST_WAIT))

        retrying = tenacity.Retrying(
            stop=tenacity.stop_after_attempt(self._settings.attempts),
            wait=wait,
            retry=tenacity.retry_if_exception_type(TransientError),
            reraise=True,
        )
        return retrying(attempt)

    def _once(self, url: httpx.URL, validators: Validators | None, *, robots: bool) -> Page | None:
        settings, asked = self._settings, str(url)
        budget = Budget(settings.seconds, settings.max_bytes)
        for _ in range(settings.max_redirects + 1):
            manners = time.monotonic()
            if robots:
                self._politeness.check(url)
            self._politeness.pause(url)
            budget.extend(time.monotonic() - manners)
            answer = self._send(url, budget, validators.headers(url) if validators else {})
            if isinstance(answer, httpx.URL):
                url = answer
                continue
            if answer is None:
                return None
            headers, body = answer
            return Page(
                requested=asked,
                address=str(url),
                content_type=headers.get("content-type", ""),
                body=body,
                fetched=_now(),
                etag=headers.get("etag", ""),
                last_modified=headers.get("last-modified", ""),
                licence=httpx.Response(200, headers=headers).links.get("license", {}).get("url", ""),
            )
        raise LimitError(f"{asked} redirects more than {settings.max_redirects} times.")

    def _send(
        self, url: httpx.URL, budget: Budget, extra: Mapping[str, str]
    ) -> httpx.URL | tuple[httpx.Headers, bytes] | None:
        """One request: where it redirects to, or headers and body, or None for "not modified"."""
        backend = GuardedBackend(budget, allow_loopback=self._settings.allow_loopback, resolve=self._resolve)
        try:
            with (
                # No proxies, cookies, .netrc or other things of the environment: trust_env is off.
                httpx.Client(
                    transport=GuardedTransport(backend, self._ssl_context),
                    headers=_HEADERS,
                    timeout=self._settings.seconds,
                    trust_env=False,
                ) as client,
                client.stream("GET", url, headers=extra) as response,
            ):
                if response.status_code == 304 and extra:
                    return None
                if response.status_code in _REDIRECTS and "location" in response.headers:
                    return check_url(_target(url, response.headers["location"]))
                _check_status(url, response)
                encoding = response.headers.get("content-encoding", "")
                return response.headers, decode_body(response.iter_raw(), encoding, self._settings.max_decoded)
        except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError, httpx.HTTPError) as error:
            raise TransientError(f"{url} cannot be fetched ({error or type(error).__name__}).") from error

    def _robots(self, url: httpx.URL) -> str:
        """A robots.txt; empty where there is none, which allows everything."""
        try:
            page = self._once(url, None, robots=False)  # the page's own attempts retry this too
        except GoneError:
            return ""
        return page.body.decode("utf-8", errors="replace") if page else ""


def _target(url: httpx.URL, location: str) -> str:
    try:
        return str(url.join(location))
    except (httpx.InvalidURL, ValueError) as error:
        raise FetchError(f"{url} redirects to what is not an address ({error}).") from error


def _check_status(url: httpx.URL, response: httpx.Response) -> None:
    status = response.status_code
    if status in _BUSY:
        raise TransientError(f"{url} answers {status}.", _seconds(response.headers.get("retry-after", "")))
    if status != 200:
        raise GoneError(f"{url} answers {status}.")


def _seconds(retry_after: str) -> float:
    """Retry-After, given in seconds or as a date, in seconds; 0 if it says nothing."""
    if retry_after.strip().isdigit():
        return float(retry_after)
    try:
        moment = email.utils.parsedate_to_datetime(retry_after)
        return max(0.0, (moment - datetime.datetime.now(datetime.UTC)).total_seconds())
    except (TypeError, ValueError):
        return 0.0


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
