"""Chunk documents into passages: runs of whole sentences of one section."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from langchain_text_splitters import RecursiveCharacterTextSplitter

from corpus import Document, Sentence

_MARK = "\x1e"  # record separator: control characters never survive reading, so it parts sentences safely


@dataclass(frozen=True, slots=True)
class Passage:
    """Whole sentences of one section; the characters from the first's start to the last's end."""

    sentences: tuple[Sentence, ...]

    @property
    def start(self) -> int:
        """Offset of the first character."""
        return self.sentences[0].start

    @property
    def end(self) -> int:
        """Offset after the last character."""
        return self.sentences[-1].end


def in_context(title: str, heading: str, text: str) -> str:
    """A text under its title and heading, which say what its "it" stands for; this is what is embedded."""
    return f"{title} - {heading}: {text}" if heading else f"{title}: {text}"


def split_passages(document: Document, passage_chars: int) -> Iterator[Passage]:
    """Passages of at most ``passage_chars`` characters, unless one sentence is longer.

    Headings are context of their passages, not sentences in them, unless a heading is all that a
    section has. The head and the links form passages of their own, one a line.
    """
    splitter = RecursiveCharacterTextSplitter(
        separators=[_MARK], chunk_size=passage_chars, chunk_overlap=0, keep_separator=False, strip_whitespace=False
    )
    for _, group in groupby(document.sentences, key=lambda sentence: sentence.section):
        section = list(group)
        body = [sentence for sentence in section if sentence.kind not in ("heading", "head", "link")]
        for sentence in section:
            if sentence.kind in ("head", "link") or (sentence.kind == "heading" and not body):
                yield Passage((sentence,))
        remaining = iter(body)
        for chunk in splitter.split_text(_MARK.join(document.quote(sentence) for sentence in body)):
            yield Passage(tuple(next(remaining) for _ in chunk.split(_MARK)))
