"""What can go wrong in fetching a page. Every message says what is wrong.

FetchError                  the page was not fetched
 ├─ RefusedAddressError     the address may not be opened (private, not http, ...)
 ├─ RobotsError             the site's robots.txt asks programs to stay away
 ├─ LimitError              too many bytes, too long, too many redirects
 ├─ UnsupportedFormatError  askpost does not read this kind of document
 ├─ GoneError               the page is not there, or is not what was linked
 └─ TransientError          it may work later; retried before it is given up
"""

from corpus.errors import CorpusError


class FetchError(CorpusError):
    """The page was not fetched."""


class RefusedAddressError(FetchError):
    """The address may not be opened: not http(s), or it leads into a private network."""


class RobotsError(FetchError):
    """The site's robots.txt asks programs to stay away from the page."""


class LimitError(FetchError):
    """The page is larger, slower or further away than the limits allow."""


class UnsupportedFormatError(FetchError):
    """askpost does not read this kind of document."""


class GoneError(FetchError):
    """The page is not there any more, or what is there is not the page that was linked."""


class TransientError(FetchError):
    """It may work later. ``after`` is the wait in seconds that the server asked for, or 0."""

    def __init__(self, message: str, after: float = 0.0) -> None:
        super().__init__(message)
        self.after = after
