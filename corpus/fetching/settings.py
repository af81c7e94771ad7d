"""The limits and manners of fetching."""

from dataclasses import dataclass

ARCHIVE = "https://archive.org/wayback/available"


@dataclass(frozen=True, slots=True)
class FetchSettings:
    """Sizes are in bytes, times in seconds.

    ``max_bytes`` counts what comes over the wire, headers included; ``max_decoded`` what it is after
    decompression. ``seconds`` holds for one page with all its redirects; ``delay`` is the pause
    between two requests to one host. ``archive`` is the Wayback Machine's availability service;
    empty asks no archive. ``allow_loopback`` opens this machine's own addresses, for tests.
    """

    max_bytes: int = 10_000_000
    max_decoded: int = 30_000_000
    max_redirects: int = 5
    max_pages: int = 50
    seconds: float = 30.0
    extraction_seconds: float = 30.0
    delay: float = 1.0
    attempts: int = 3
    backoff: float = 1.0
    archive: str = ARCHIVE
    allow_loopback: bool = False
