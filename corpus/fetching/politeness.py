"""Manners: a pause between two requests to one host, and each site's robots.txt (RFC 9309)."""

import time
from collections.abc import Callable

import httpx
from protego import Protego

from corpus.fetching.errors import FetchError, GoneError, RefusedAddressError, RobotsError, TransientError

AGENT = "askpost"
LONGEST_DELAY = 30.0  # seconds; a robots.txt that asks for more gets this much
_ROBOTS_CHARS = 500_000  # RFC 9309: a crawler reads at least 500 KiB of it


class Politeness:
    """Keeps the pause between requests, and knows what each site's robots.txt allows.

    ``get`` fetches a robots.txt and gives its text.
    """

    def __init__(self, delay: float, get: Callable[[httpx.URL], str]) -> None:
        self._delay = delay
        self._get = get
        self._last: dict[str, float] = {}
        self._robots: dict[str, Protego] = {}

    def check(self, url: httpx.URL) -> None:
        """See to it that the site lets programs have this page.

        Raises:
            RobotsError: it does not.
            TransientError: its robots.txt cannot be had just now, which RFC 9309 takes for a no.
        """
        if not self._rules(url).can_fetch(str(url), AGENT):
            raise RobotsError(f"{url.host}'s robots.txt asks programs not to fetch {url}.")

    def pause(self, url: httpx.URL) -> None:
        """Wait until the host may be asked again."""
        rules = self._robots.get(_origin(url))
        asked = rules.crawl_delay(AGENT) if rules else None
        delay = max(self._delay, min(asked or 0.0, LONGEST_DELAY))
        ready = self._last.get(url.host, -delay) + delay
        time.sleep(max(0.0, ready - time.monotonic()))
        self._last[url.host] = time.monotonic()

    def _rules(self, url: httpx.URL) -> Protego:
        origin = _origin(url)
        if origin not in self._robots:
            try:
                text = self._get(httpx.URL(f"{origin}/robots.txt"))
            except (TransientError, RefusedAddressError):
                raise
            except GoneError:  # a host that does not exist is found out with the page itself
                text = ""
            except FetchError as error:
                raise RobotsError(f"{url.host}'s robots.txt cannot be read ({error})") from error
            self._robots[origin] = Protego.parse(text[:_ROBOTS_CHARS])
        return self._robots[origin]


def _origin(url: httpx.URL) -> str:
    return f"{url.scheme}://{url.netloc.decode('ascii')}"
