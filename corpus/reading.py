"""Read one file into a document: decode, repair, render, and place sections and sentences."""

import datetime
import re
from dataclasses import replace
from pathlib import Path

import ftfy

from corpus.documents import Document, Extract, Section, Sentence, SentenceKind, Source
from corpus.errors import UnreadableFileError
from corpus.render import Block, Rendered, render_html, render_markdown, render_plain
from corpus.sentences import split_sentences

SUFFIXES = (".md", ".markdown", ".txt", ".html", ".htm")
MAX_BYTES = 50_000_000

# Not U+0080 to U+009F: mojibake is repaired from them, and rendering takes out those that are left.
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_REPAIR = ftfy.TextFixerConfig(
    unescape_html=False,
    fix_latin_ligatures=False,
    fix_character_width=False,
    uncurl_quotes=False,
    normalization=None,
)
_HEAD_KEYS = {"title": "Title", "date": "Date", "author": "Author", "categories": "Categories", "tags": "Tags"}


def read_text(path: Path) -> str:
    """The file's characters: UTF-8 (or UTF-16 with its mark), mojibake repaired, LF line ends.

    Raises:
        UnreadableFileError: the file cannot be opened, is too large, or is not text.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise UnreadableFileError(f"{path} is larger than {MAX_BYTES:,} bytes; split it, or leave it out.")
        data = path.read_bytes()
    except OSError as error:
        raise UnreadableFileError(f"{path} cannot be read ({error.strerror}); check its permissions.") from error
    return clean_text(_decode(data, path))


def _decode(data: bytes, path: Path) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    if b"\x00" in data[:4096]:
        raise UnreadableFileError(f"{path} is not a text file; askpost reads {', '.join(SUFFIXES)}.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def clean_text(text: str) -> str:
    """LF line ends, no control characters, mojibake such as "â€“" repaired line by line."""
    text = _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return ftfy.fix_text(text, _REPAIR) if not text.isascii() else text


def read_document(source: Source, text: str, *, markdown: bool = True) -> Document:
    """The document that a reader of the rendered ``text`` sees.

    A title missing from the source is taken from the front matter, the first heading, or the id.
    """
    return _place(source, render_markdown(text) if markdown else render_plain(text))


def read_extract(source: Source, extract: Extract) -> Document:
    """The document that a reader of an extracted page or file sees; what it states of itself is its head."""
    render = {"html": render_html, "markdown": render_markdown, "plain": render_plain}[extract.format]
    rendered = render(clean_text(extract.text))
    stated = {"title": extract.title, "date": extract.date, "author": extract.author}
    meta = {key: clean_text(value) for key, value in stated.items() if value}
    return _place(source, replace(rendered, meta={**meta, **rendered.meta}))


def _place(source: Source, rendered: Rendered) -> Document:
    title = source.title or rendered.meta.get("title") or _first_heading(rendered) or source.id
    source = replace(source, title=title, date=source.date or rendered.meta.get("date", ""))
    return _Layout(source, rendered).document()


def _first_heading(rendered: Rendered) -> str:
    return next((block.text for block in rendered.blocks if block.kind == "heading"), "")


class _Layout:
    """Lays blocks out as one text and notes where each sentence and section lies in it."""

    def __init__(self, source: Source, rendered: Rendered) -> None:
        self._source = source
        self._rendered = rendered
        self._parts: list[str] = []
        self._length = 0
        self._block = 0
        self._sections: list[Section] = [Section("", 0, 0)]
        self._sentences: list[Sentence] = []

    def document(self) -> Document:
        self._lines(_head(self._rendered.meta), "head")
        for block in self._rendered.blocks:
            self._add(block)
        links = self._rendered.links
        if links:
            self._open_section("Links")
            self._lines([f"Link: {link.text or link.url} ({link.url})" for link in links], "link")
        sections = [
            Section(section.title, section.start, following.start if following else self._length)
            for section, following in zip(self._sections, [*self._sections[1:], None], strict=True)
        ]
        return Document(self._source, "".join(self._parts), tuple(sections), tuple(self._sentences), links)

    def _add(self, block: Block) -> None:
        if block.kind == "heading":
            self._open_section(block.text)
            self._place(block.text, "heading", whole=True)
        else:
            self._place(block.text, block.kind, whole=False)

    def _open_section(self, title: str) -> None:
        start = self._length + len("\n\n") if self._parts else 0
        self._sections.append(Section(title, start, start))

    def _lines(self, lines: list[str], kind: SentenceKind) -> None:
        for number, line in enumerate(lines):
            self._place(line, kind, whole=True, gap="\n" if number else "\n\n")

    def _place(self, text: str, kind: SentenceKind, *, whole: bool, gap: str = "\n\n") -> None:
        if self._parts:
            self._write(gap)
        start = self._length
        self._write(text)
        spans = [(0, len(text))] if whole else split_sentences(text)
        section = len(self._sections) - 1
        self._sentences.extend(Sentence(start + a, start + b, kind, section, self._block) for a, b in spans)
        self._block += 1

    def _write(self, text: str) -> None:
        self._parts.append(text)
        self._length += len(text)


def _head(meta: dict[str, str]) -> list[str]:
    """The front matter's lines that a reader is told: title, date in words, author, categories."""
    lines = [(label, meta[key]) for key, label in _HEAD_KEYS.items() if meta.get(key)]
    return [f"{label}: {_date_in_words(value) if label == 'Date' else value}" for label, value in lines]


def _date_in_words(value: str) -> str:
    """ "2014-02-13 12:17:09 -0600" as "13 February 2014 (2014-02-13 12:17:09 -0600)"."""
    try:
        day = datetime.date.fromisoformat(value[:10])
    except ValueError:
        return value
    return f"{day.day} {day:%B %Y} ({value})"
