"""A source's text set in type from its sentences, every character in its place, with passages marked."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from app.web.text import as_html
from index.text_store import StoredSentence

_TAGS = {"heading": "h4", "list": "li", "code": "pre", "head": "p", "link": "p", "prose": "p"}


@dataclass(frozen=True, slots=True)
class Mark:
    """The characters [start:end] to highlight; ``target`` is the one to scroll to."""

    start: int
    end: int
    target: bool = False


def typeset(text: str, sentences: Sequence[StoredSentence], marks: Iterable[Mark] = ()) -> str:
    """The text as HTML: one element a block. Text that no sentence covers is set as paragraphs."""
    spans = _flatten(
        sorted((mark for mark in marks if mark.start < mark.end), key=lambda mark: (not mark.target, mark.start)),
        len(text),
    )
    parts: list[str] = []
    at = 0
    for _, group in groupby(sentences, key=lambda sentence: (sentence.block, sentence.kind)):
        block = list(group)
        start, end = max(block[0].start, at), block[-1].end
        if text[at:start].strip():
            parts.append(_element("prose", _marked(text, at, start, spans)))
        parts.append(_element(block[0].kind, _marked(text, start, end, spans)))
        at = max(at, end)
    if text[at:].strip():
        parts.append(_element("prose", _marked(text, at, len(text), spans)))
    return f'<div class="ap-source">{"".join(parts)}</div>'


def _element(kind: str, body: str) -> str:
    tag = _TAGS[kind]
    item = f'<{tag} class="ap-{kind}" dir="auto">{body}</{tag}>'
    return f"<ul>{item}</ul>" if tag == "li" else item


def _flatten(marks: Sequence[Mark], length: int) -> list[Mark]:
    """The marks without overlaps, in order; where two meet, the one named first keeps the place."""
    taken: list[Mark] = []
    for mark in marks:
        free = [(max(mark.start, 0), min(mark.end, length))]
        for other in taken:
            free = [
                piece
                for start, end in free
                for piece in ((start, min(end, other.start)), (max(start, other.end), end))
                if piece[0] < piece[1]
            ]
        taken += [Mark(start, end, mark.target) for start, end in free]
    return sorted(taken, key=lambda mark: mark.start)


def _marked(text: str, start: int, end: int, marks: Sequence[Mark]) -> str:
    parts: list[str] = []
    at = start
    for mark in marks:
        a, b = max(mark.start, start), min(mark.end, end)
        if a < b:
            kind = "ap-target" if mark.target else "ap-seen"
            parts += [as_html(text[at:a]), f'<mark class="{kind}">{as_html(text[a:b])}</mark>']
            at = b
    return "".join([*parts, as_html(text[at:end])])
