"""Bytes of a text to characters, whatever the headers claim."""

import codecs
import re
from collections.abc import Iterator

import charset_normalizer

_BOMS = [
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
]
_META = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{1,40})", re.IGNORECASE)
_HEADER = re.compile(r"charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{1,40})", re.IGNORECASE)
# What is declared Latin-1 or ASCII is read as Windows-1252, as browsers do (WHATWG Encoding Standard).
_AS_CP1252 = {"iso8859-1", "ascii"}
_SAMPLE = 100_000  # bytes looked at to guess an encoding
_META_WITHIN = 4_096  # bytes at the start in which a page may declare its encoding


def decode_text(data: bytes, content_type: str = "") -> str:
    """The characters of ``data``.

    In order: a byte order mark; UTF-8 if the bytes are that (text in another encoding hardly ever
    is by chance); the encoding of the header, then of a meta element, if the bytes are possible in
    it; the guess of charset-normalizer; Windows-1252.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return data.decode(encoding, errors="replace")
    declared = list(_declared(data, content_type))
    # Pure ASCII may be a seven-bit encoding such as ISO-2022-JP, and zero bytes UTF-16: ask those first.
    doubtful = data.isascii() and (b"\x1b" in data or b"\x00" in data)
    for encoding in [*declared, "utf-8"] if doubtful else ["utf-8", *declared]:
        try:
            return data.decode(encoding)
        except (UnicodeError, LookupError):
            continue
    guess = charset_normalizer.from_bytes(data[:_SAMPLE]).best()
    return data.decode(guess.encoding if guess else "cp1252", errors="replace")


def _declared(data: bytes, content_type: str) -> Iterator[str]:
    found = [_HEADER.search(content_type), _META.search(data[:_META_WITHIN])]
    for match in found:
        if match:
            name = match[1].decode("ascii") if isinstance(match[1], bytes) else match[1]
            try:
                encoding = codecs.lookup(name).name
            except LookupError:
                continue
            yield "cp1252" if encoding in _AS_CP1252 else encoding
