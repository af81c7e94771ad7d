"""Turn markdown, HTML or plain text into the blocks that a reader sees.

Markdown is rendered by markdown-it-py and the resulting HTML is read with lxml, so raw HTML inside
markdown comes out as a browser would show it. Nothing is executed; scripts and styles are dropped.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

import yaml
from lxml import etree, html
from markdown_it import MarkdownIt
from mdit_py_plugins.front_matter import front_matter_plugin

from corpus.documents import Link

BlockKind = Literal["heading", "prose", "list", "code"]

_HIDDEN = {"script", "style", "template", "noscript", "head", "iframe", "object", "svg"}
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_BLOCKS = _HEADINGS | {
    "address", "article", "aside", "blockquote", "body", "dd", "details", "div", "dl", "dt",
    "fieldset", "figcaption", "figure", "footer", "form", "header", "hr", "html", "li", "main",
    "nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead",
    "tr", "ul",
}  # fmt: skip
# Control characters, which character references such as &#27; bring too: a terminal would obey them.
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff]")
_WRAPPED_LINE = 50  # characters: a paragraph whose lines are this long was wrapped by an editor


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph, heading, list item or code block, as plain text."""

    kind: BlockKind
    text: str


@dataclass(frozen=True, slots=True)
class Rendered:
    """The blocks of a document, its front matter (values as written) and its links."""

    blocks: tuple[Block, ...]
    meta: dict[str, str] = field(default_factory=dict)
    links: tuple[Link, ...] = ()


def render_markdown(text: str) -> Rendered:
    """Blocks, front matter and links of a markdown document."""
    markdown = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).use(front_matter_plugin)
    tokens = markdown.parse(text)
    front = next((token.content for token in tokens if token.type == "front_matter"), "")
    rendered = render_html(markdown.renderer.render(tokens, markdown.options, {}))
    return Rendered(rendered.blocks, _front_matter(front), rendered.links)


def render_html(text: str) -> Rendered:
    """Blocks and links of an HTML fragment or page."""
    if not text.strip():
        return Rendered(())
    parser = html.HTMLParser(huge_tree=True, remove_comments=True, remove_pis=True)
    root = html.fragment_fromstring(text, create_parent="div", parser=parser)
    reader = _HtmlReader()
    reader.read(root)
    return Rendered(tuple(reader.blocks), {}, tuple(dict.fromkeys(reader.links)))


def render_plain(text: str) -> Rendered:
    """Blocks of plain text: paragraphs part at blank lines, and short lines stand for themselves."""
    blocks: list[Block] = []
    for paragraph in re.split(r"\n\s*\n", text):
        lines = [_collapse(line) for line in paragraph.split("\n") if line.strip()]
        if all(len(line) >= _WRAPPED_LINE for line in lines[:-1]):
            lines = [" ".join(lines)] if lines else []
        blocks.extend(Block("prose", line) for line in lines)
    return Rendered(tuple(blocks))


class _HtmlReader:
    """Walks an element tree without recursion and collects blocks and links in reading order."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.links: list[Link] = []
        self._buffer: list[str] = []
        self._open: list[str] = []
        self._link: tuple[str, int] | None = None

    def read(self, root: html.HtmlElement) -> None:
        hidden = 0
        for event, element in etree.iterwalk(root, events=("start", "end")):
            tag = element.tag
            if event == "start":
                hidden += tag in _HIDDEN
                if not hidden:
                    self._enter(tag, element)
                continue
            if not hidden:
                self._leave(tag)
            hidden -= tag in _HIDDEN
            if not hidden and element.tail:
                self._buffer.append(element.tail)
        self._flush()

    def _enter(self, tag: str, element: html.HtmlElement) -> None:
        if tag in _BLOCKS:
            self._flush()
            self._open.append(tag)
        elif tag == "br":
            self._buffer.append("\n" if "pre" in self._open else " ")
        elif tag == "img":
            self._buffer.append(element.get("alt") or "")
        elif tag == "a" and (element.get("href") or "").startswith(("http://", "https://")):
            self._link = (element.get("href", ""), len(self._buffer))
        if element.text:
            self._buffer.append(element.text)

    def _leave(self, tag: str) -> None:
        if tag in _BLOCKS:
            self._flush()
            self._open.pop()
        elif tag == "a" and self._link:
            url, start = self._link
            self.links.append(Link(_collapse("".join(self._buffer[start:])), _CONTROLS.sub("", url)))
            self._link = None

    def _flush(self) -> None:
        text = "".join(self._buffer)
        self._buffer.clear()
        kind = self._kind()
        text = _CONTROLS.sub("", text).strip("\n").rstrip() if kind == "code" else _collapse(text)
        if text.strip():
            self.blocks.append(Block(kind, text))

    def _kind(self) -> BlockKind:
        if "pre" in self._open:
            return "code"
        if self._open and self._open[-1] in _HEADINGS:
            return "heading"
        return "list" if {"li", "td", "th"} & set(self._open) else "prose"


def _collapse(text: str) -> str:
    """White space as a browser shows it: any run is one space, none at the ends."""
    return re.sub(r"\s+", " ", _CONTROLS.sub("", text)).strip()


def _front_matter(front: str) -> dict[str, str]:
    """Keys and values as written; front matter that is not a YAML mapping counts as none."""
    try:
        # BaseLoader builds nothing but strings, lists and mappings, so it is as safe as safe_load
        # and keeps a date's own spelling.
        values = yaml.load(front, Loader=yaml.BaseLoader)  # noqa: S506 # nosec B506 - see above
    except (yaml.YAMLError, RecursionError):
        return {}
    return dict(_flat(values)) if isinstance(values, dict) else {}


def _flat(values: dict[object, object]) -> Iterator[tuple[str, str]]:
    for key, value in values.items():
        if isinstance(value, list):
            # Words only: a list of lists, each named many times in the next, would write out without end.
            value = ", ".join(item for item in value if isinstance(item, str))
        if isinstance(value, str) and value.strip():
            yield str(key).lower(), _collapse(value)
