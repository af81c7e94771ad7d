"""A page as the Wayback Machine kept it, nearest to a date."""

import json
import re
from urllib.parse import urlencode

from corpus.fetching.client import Fetcher, Page
from corpus.fetching.errors import FetchError, GoneError

_CAPTURE = re.compile(r"/web/(\d{4,14})(?:[a-z]{2}_)?/")


class Archive:
    """Asks the availability service; after it failed to answer once, no more in this run.

    The service is meant for programs, so its robots.txt, which is meant for crawlers, is not asked; the
    pause between requests is kept.
    """

    def __init__(self, fetcher: Fetcher, service: str) -> None:
        self._fetcher = fetcher
        self._service = service

    def nearest(self, address: str, date: str, known: str = "") -> tuple[Page, str]:
        """The capture of ``address`` nearest to ``date`` (YYYY-MM-DD or less; empty for the newest), and its date.

        ``known`` is an address of a capture to fall back on.

        Raises:
            FetchError: there is none, or it cannot be had.
        """
        capture = self._find(address, date) or known
        if not capture:
            raise GoneError("The Wayback Machine has no copy.")
        # With id_ the Wayback Machine gives the bytes as it got them, without its own banner and links.
        original = _CAPTURE.sub(lambda match: f"/web/{match[1]}id_/", capture, count=1)
        page = self._fetcher.get(original, robots=False)
        if page is None:
            raise FetchError("The Wayback Machine gave no page.")
        stamp = _CAPTURE.search(page.address) or _CAPTURE.search(capture)
        return page, _as_date(stamp[1]) if stamp else "an unknown date"

    def _find(self, address: str, date: str) -> str:
        if not self._service:
            return ""
        digits = re.sub(r"\D", "", date)[:8]
        query = {"url": address, **({"timestamp": digits} if digits else {})}
        try:
            page = self._fetcher.get(f"{self._service}?{urlencode(query)}", robots=False)
            closest = json.loads(page.body if page else b"{}").get("archived_snapshots", {}).get("closest", {})
            return str(closest["url"]) if closest.get("available") and closest.get("status", "200") == "200" else ""
        except GoneError:
            return ""
        except FetchError:
            self._service = ""
            return ""
        except (ValueError, KeyError, AttributeError, TypeError):
            return ""  # an answer of another shape holds no copy


def _as_date(stamp: str) -> str:
    """ "20140210093012" as "2014-02-10"."""
    return "-".join(part for part in (stamp[:4], stamp[4:6], stamp[6:8]) if part)
