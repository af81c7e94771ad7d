"""Read a language model's sentences out of its stream, as they come, whatever it wraps them in.

Asked for is one JSON object a line. Taken are also objects inside an array, a larger object or a code fence,
and, from a model that writes no JSON at all, plain sentences with marks such as [1].
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from corpus.sentences import split_sentences

MAX_OUTPUT = 20_000  # characters
MAX_SENTENCE = 600
MAX_SENTENCES = 12
_OBJECT = re.compile(r"\{[^{}]*\}")
_MARK = re.compile(r"\s*\[(\d{1,3}(?:\s*,\s*\d{1,3})*)\]")


@dataclass(frozen=True, slots=True)
class Draft:
    """A sentence as the model wrote it, with the numbers of the quotes that it cites."""

    sentence: str
    citations: tuple[int, ...]


def read(chunks: Iterable[str]) -> Iterator[Draft]:
    """The sentences of a stream, each as soon as it is complete."""
    text = ""
    position = found = 0
    for chunk in chunks:
        text += chunk
        for match in _OBJECT.finditer(text, position):
            position = match.end()
            draft = _parse(match[0])
            if draft:
                found += 1
                yield draft
        if found >= MAX_SENTENCES or len(text) > MAX_OUTPUT:
            return
    if not found and "{" not in text:
        yield from _plain(text[:MAX_OUTPUT])


def _parse(text: str) -> Draft | None:
    try:
        data = json.loads(text)
    except ValueError:
        return None
    sentence, numbers = data.get("sentence"), data.get("citations", [])
    if not isinstance(sentence, str) or not sentence.strip() or len(sentence) > MAX_SENTENCE:
        return None
    cited = [number for number in numbers if type(number) is int] if isinstance(numbers, list) else []
    return Draft(" ".join(sentence.split()), tuple(dict.fromkeys(cited)))


def _plain(text: str) -> Iterator[Draft]:
    """Sentences that carry their citations as marks; a mark after the full stop belongs to the sentence before it."""
    text = re.sub(r"([.!?])((?:\s*\[[\d,\s]+\])+)", r"\2\1", text)
    for start, end in split_sentences(text)[:MAX_SENTENCES]:
        sentence = text[start:end]
        numbers = [int(number) for mark in _MARK.findall(sentence) for number in mark.split(",")]
        bare = " ".join(_MARK.sub("", sentence).split()).lstrip(".,;:) ")
        if any(map(str.isalnum, bare)) and len(bare) <= MAX_SENTENCE:
            yield Draft(bare, tuple(dict.fromkeys(numbers)))
