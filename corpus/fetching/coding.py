"""Undo Content-Encoding within a bound, so that a small response cannot become a huge one."""

import zlib
from collections.abc import Iterable

from corpus.fetching.errors import FetchError, LimitError, TransientError

ACCEPTED = "gzip, deflate"

_WINDOWS = {"gzip": zlib.MAX_WBITS | 16, "x-gzip": zlib.MAX_WBITS | 16, "deflate": zlib.MAX_WBITS}


def decode_body(chunks: Iterable[bytes], encoding: str, limit: int) -> bytes:
    """The bytes of a body that came in ``encoding``, at most ``limit`` of them.

    Raises:
        LimitError: it is larger than that. No more than ``limit`` bytes are ever held.
        TransientError: the compressed body was cut off.
        FetchError: the encoding was not asked for (encodings in a chain among them), or is broken.
    """
    encoding = encoding.strip().lower()
    if encoding in ("", "identity"):
        body = bytearray()
        for chunk in chunks:
            body += chunk
            _check(len(body), limit)
        return bytes(body)
    if encoding not in _WINDOWS:
        raise FetchError(f"The page came in the encoding {encoding!r}, which was not asked for.")
    try:
        return _inflate(chunks, _WINDOWS[encoding], limit)
    except zlib.error as error:
        raise FetchError(f"The page's {encoding} encoding is broken ({error}).") from error


def _inflate(chunks: Iterable[bytes], window: int, limit: int) -> bytes:
    inflater = zlib.decompressobj(window)
    body = bytearray()
    first = True
    for chunk in chunks:
        data = chunk
        if first and window == zlib.MAX_WBITS and chunk:
            # "deflate" means zlib's format; some servers send the bare stream, which has no zlib header.
            inflater = zlib.decompressobj(window if chunk[0] & 0x0F == 8 else -window)
        first = first and not chunk
        while data:
            body += inflater.decompress(data, limit + 1 - len(body))
            _check(len(body), limit)
            if inflater.eof and inflater.unused_data:  # the next member of a gzip file
                data = inflater.unused_data
                inflater = zlib.decompressobj(window)
            else:
                data = inflater.unconsumed_tail
    if not inflater.eof and not first:
        raise TransientError("The page was cut off on its way.")
    return bytes(body)


def _check(size: int, limit: int) -> None:
    if size > limit:
        raise LimitError(f"The page is larger than {limit:,} bytes once decompressed.")
