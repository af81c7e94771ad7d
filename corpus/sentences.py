"""Split a block of text into sentences with exact offsets.

The rules of sentence ends are pysbd's (Sadvilkar and Neumann, 2020, "PySBD: Pragmatic Sentence
Boundary Disambiguation"), which copes with loose style: lower-case starts, quotes that hold the
full stop, abbreviations. This module only finds its sentences again in the text, so that offsets
are exact whatever the segmenter did to the characters, and keeps their length in bounds.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pysbd import Segmenter

Span = tuple[int, int]

MAX_SENTENCE = 600  # characters; longer runs (minified code, word salad) are cut at a space
MAX_BLOCK = 4_000  # pysbd's time grows faster than its input, so it sees at most this much at once

_ASIDE = re.compile(r"\([^()]*\)[.!?]?")


@cache
def _segmenter() -> "Segmenter":
    from pysbd import Segmenter

    return Segmenter(language="en", clean=False)


def split_sentences(text: str) -> list[Span]:
    """Spans of the sentences of one block, in order, without white space around them.

    Spans never overlap, are never empty, and together hold every character that is not white
    space. An aside in parentheses between two sentences belongs to the one before it.
    """
    spans: list[Span] = []
    for start, end in _pieces(text, 0, len(text), MAX_BLOCK):
        spans.extend(_segment(text, start, end))
    return [piece for span in _join_asides(text, spans) for piece in _pieces(text, *span, MAX_SENTENCE)]


def _segment(text: str, start: int, end: int) -> Iterator[Span]:
    """The segmenter's sentences inside [start:end], placed by their non-space characters."""
    position = start
    for sentence in _segmenter().segment(text[start:end]):
        letters = "".join(str(sentence).split())
        if not letters:
            continue
        found = _advance(text, position, end, len(letters))
        if found > position:
            yield from _trimmed(text, position, found)
        position = found
    if position < end:
        yield from _trimmed(text, position, end)


def _advance(text: str, position: int, end: int, letters: int) -> int:
    """The position after the next ``letters`` characters that are not white space."""
    while position < end and letters:
        letters -= not text[position].isspace()
        position += 1
    return position


def _trimmed(text: str, start: int, end: int) -> Iterator[Span]:
    """The span without white space at its ends; nothing if it holds only white space."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        yield start, end


def _join_asides(text: str, spans: list[Span]) -> list[Span]:
    joined: list[Span] = []
    for start, end in spans:
        if joined and _ASIDE.fullmatch(text, start, end):
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


def _pieces(text: str, start: int, end: int, limit: int) -> Iterator[Span]:
    """Cut [start:end] into trimmed spans of at most ``limit`` characters, at white space if any."""
    while end - start > limit:
        cut = next((i for i in range(start + limit, start, -1) if text[i - 1].isspace()), start + limit)
        yield from _trimmed(text, start, cut)
        start = cut
    yield from _trimmed(text, start, end)
