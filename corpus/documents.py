"""What is known about a source: its record, its text, and exact places in that text."""

from dataclasses import dataclass, field
from typing import Literal

SourceKind = Literal["post", "digest", "page"]
SentenceKind = Literal["head", "heading", "prose", "list", "code", "link"]
Format = Literal["markdown", "html", "plain"]


@dataclass(frozen=True, slots=True)
class Source:
    """One source: the post, a digest of a page that it links to, or any other document.

    Addresses are empty where there is none. ``linked`` is the address as the post links to it,
    ``today`` where that page lives now, ``archive`` a copy near the post's date.
    """

    id: str
    title: str
    kind: SourceKind = "page"
    linked: str = ""
    today: str = ""
    archive: str = ""
    date: str = ""
    author: str = ""
    basis: str = ""
    licence: str = ""

    @property
    def url(self) -> str:
        """The address to open: today's if known, else the one linked."""
        return self.today or self.linked


@dataclass(frozen=True, slots=True)
class Extract:
    """The readable part of a page or file, without what surrounds it, and what the page says of itself.

    HTML here is a plain fragment of headings, paragraphs, lists, tables, code and links.
    """

    format: Format
    text: str
    title: str = ""
    date: str = ""
    author: str = ""
    licence: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A link found in a document: the words that carry it and its address."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what follows it, as the characters [start:end] of the document's text."""

    title: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Sentence:
    """The characters [start:end] of a document's text that form one sentence.

    ``section`` is an index into the document's sections, ``block`` the number of the paragraph,
    list item or other block that holds it.
    """

    start: int
    end: int
    kind: SentenceKind
    section: int
    block: int


@dataclass(frozen=True, slots=True)
class Document:
    """A source with its text as a reader sees it, and the places of its parts in that text."""

    source: Source
    text: str
    sections: tuple[Section, ...] = ()
    sentences: tuple[Sentence, ...] = ()
    links: tuple[Link, ...] = field(default=())

    def quote(self, sentence: Sentence) -> str:
        """The sentence's own characters."""
        return self.text[sentence.start : sentence.end]
