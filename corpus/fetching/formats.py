"""Bytes of a page or file to its readable part, by its kind.

Nothing is executed, no archive is unpacked, and nothing that a document names is read: docutils may
neither insert files nor pass raw text through, XML entities are not expanded, no image is opened.
"""

import io
import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from corpus.documents import Extract, Source
from corpus.fetching.charset import decode_text
from corpus.fetching.errors import FetchError, GoneError, LimitError, UnsupportedFormatError
from corpus.reading import read_extract

if TYPE_CHECKING:
    from docutils.nodes import Node, system_message

Kind = Literal["html", "markdown", "plain", "rst", "pdf", "docbook"]

MAX_PDF_PAGES = 500
MAX_TEXT = 3_000_000  # characters, tags included; a long novel has a third of that
_SPHINX_ROLES = ("ref", "doc", "term", "numref", "file", "option", "envvar", "command", "guilabel", "menuselection")

_BY_TYPE: dict[str, Kind] = {
    "text/html": "html",
    "application/xhtml+xml": "html",
    "text/markdown": "markdown",
    "text/x-markdown": "markdown",
    "text/x-rst": "rst",
    "text/prs.fallenstein.rst": "rst",
    "application/pdf": "pdf",
    "application/x-pdf": "pdf",
    "application/docbook+xml": "docbook",
}
_BY_SUFFIX: dict[str, Kind] = {
    ".html": "html", ".htm": "html", ".xhtml": "html", ".md": "markdown", ".markdown": "markdown", ".txt": "plain",
    ".rst": "rst", ".pdf": "pdf", ".xml": "docbook", ".dbk": "docbook", ".docbook": "docbook",
}  # fmt: skip
_UNSUPPORTED = {
    ".adoc": "AsciiDoc", ".asciidoc": "AsciiDoc", ".sgml": "SGML", ".erb": "An ERB template", ".docx": "Word",
    ".odt": "OpenDocument", ".epub": "EPUB", ".tex": "LaTeX", ".zip": "An archive", ".gz": "An archive",
    ".tar": "An archive",
}  # fmt: skip
SUFFIX_OF: dict[Kind, str] = {
    "html": ".html", "markdown": ".md", "plain": ".txt", "rst": ".rst", "pdf": ".pdf", "docbook": ".xml",
}  # fmt: skip
_VAGUE = {"", "text/plain", "application/octet-stream", "text/xml", "application/xml", "binary/octet-stream"}
_MARKUP = re.compile(rb"\s*(<!doctype html|<html|<head|<body)", re.IGNORECASE)


def kind_of(body: bytes, content_type: str, address: str) -> Kind:
    """What kind of document this is: by its media type; where that is vague, by the name's ending, then its bytes.

    Raises:
        UnsupportedFormatError: none that askpost reads.
    """
    media = content_type.partition(";")[0].strip().lower()
    suffix = PurePosixPath(urlsplit(address).path).suffix.lower()
    if body.startswith(b"%PDF-"):
        return "pdf"
    if media in _BY_TYPE:
        return _BY_TYPE[media]
    if media in _VAGUE:
        if suffix in _UNSUPPORTED:
            raise UnsupportedFormatError(f"{_UNSUPPORTED[suffix]} is not supported; convert it to HTML or markdown.")
        kind = _by_content(body, content_type)
        if suffix in _BY_SUFFIX and kind != "docbook":
            kind = _BY_SUFFIX[suffix]
        if kind:
            return kind
    raise UnsupportedFormatError(
        f"A document of the type {media or suffix or 'unknown'} is not supported; "
        "askpost reads HTML, markdown, text, reStructuredText, DocBook XML and PDF."
    )


def _by_content(body: bytes, content_type: str) -> Kind | None:
    from corpus.fetching.docbook import is_docbook

    if _MARKUP.match(body):
        return "html"
    if b"\x00" in body[:4096] and b"\x00" in decode_text(body[:4096], content_type).encode():
        return None
    return "docbook" if is_docbook(decode_text(body[:20_000], content_type)) else "plain"


def extract(body: bytes, content_type: str, address: str) -> tuple[Kind, Extract]:
    """The kind of a document and its readable part.

    Raises:
        UnsupportedFormatError: askpost does not read documents of this kind.
        GoneError: there is nothing to read in it.
        LimitError: there is too much of it.
        FetchError: it is broken.
    """
    kind = kind_of(body, content_type, address)
    extracted = _extract(kind, body, content_type, address)
    if len(extracted.text) > MAX_TEXT:
        raise LimitError(f"Its text is longer than {MAX_TEXT:,} characters.")
    # Read it as it will be read from now on: what takes too long or breaks there is found out here, in the sandbox.
    document = read_extract(Source(id="page", title=""), extracted)
    if all(sentence.kind in ("head", "link") for sentence in document.sentences):
        raise GoneError("There is no text to read in it (a page drawn by a script, perhaps, or a scan).")
    return kind, extracted


def _extract(kind: Kind, body: bytes, content_type: str, address: str) -> Extract:
    # Each kind's library is loaded only where it is needed.
    if kind == "pdf":
        return _extract_pdf(body)
    text = decode_text(body, content_type)
    if kind == "html":
        from corpus.fetching.pages import extract_html

        return extract_html(text, address)
    if kind == "rst":
        return _extract_rst(text)
    if kind == "docbook":
        from corpus.fetching.docbook import extract_docbook

        return extract_docbook(text)
    return Extract(kind, text)


def _extract_pdf(body: bytes) -> Extract:
    import pypdf
    from pypdf.errors import PyPdfError

    try:
        reader = pypdf.PdfReader(io.BytesIO(body))
        if len(reader.pages) > MAX_PDF_PAGES:
            raise LimitError(f"The PDF has more than {MAX_PDF_PAGES} pages.")
        text = "\n\n".join(page.extract_text() for page in reader.pages)
        meta = reader.metadata
        created = meta.creation_date if meta else None
    except FetchError:
        raise
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
        # A broken PDF makes pypdf raise errors of many kinds.
        raise FetchError(f"The PDF is broken ({error}).") from error
    return Extract(
        "plain",
        text,
        title=(meta.title if meta else None) or "",
        date=created.date().isoformat() if created else "",
        author=(meta.author if meta else None) or "",
    )


def _extract_rst(text: str) -> Extract:
    from docutils.core import publish_parts
    from docutils.parsers.rst import roles

    for name in _SPHINX_ROLES:
        roles.register_local_role(name, _plain_role)  # type: ignore[arg-type] # the stubs allow references only
    parts = publish_parts(
        text,
        writer="html5",
        settings_overrides={
            "file_insertion_enabled": False,
            "raw_enabled": False,
            "_disable_config": True,  # no docutils.conf from the folder that askpost happens to run in
            "report_level": 5,  # Sphinx's own roles and directives are unknown here; that is no error
            "halt_level": 5,
            "embed_stylesheet": False,
            "stylesheet_path": None,
            "math_output": "MathML",
            "syntax_highlight": "none",
            "input_encoding": "unicode",
        },
    )
    body = re.sub(r'<img alt="([^"]*)" src="\1"[^>]*>', "", parts["html_body"])  # an alt that is just the file's name
    return Extract("html", body, title=re.sub(r"<[^>]*>", "", parts["title"]))


def _plain_role(
    name: str, rawtext: str, text: str, lineno: int, inliner: object, options: object = None, content: object = None
) -> "tuple[list[Node], list[system_message]]":
    """A Sphinx cross-reference as its words: "the guide <install>" reads "the guide"."""
    from docutils.nodes import inline

    return [inline(rawtext, re.sub(r"\s*<[^>]*>$", "", text))], []
