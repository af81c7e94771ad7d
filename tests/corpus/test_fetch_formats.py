"""Bytes of any kind to the text that a reader sees, and hostile bytes to an error."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.documents import Document, Extract, Source
from corpus.fetching.charset import decode_text
from corpus.fetching.client import Page
from corpus.fetching.errors import FetchError, GoneError, LimitError, UnsupportedFormatError
from corpus.fetching.formats import Kind, extract, kind_of
from corpus.fetching.verdict import why_wrong
from corpus.reading import read_extract
from corpus.render import render_html
from tests.corpus.servers import FILLER, article

WORDS = "Déjà vu — “naïve” café, straße, 12 € and Łódź"


def document(body: bytes | str, content_type: str = "text/html", address: str = "http://a.example/b/c") -> Document:
    data = body.encode() if isinstance(body, str) else body
    return read_extract(Source(id="x", title=""), extract(data, content_type, address)[1])


def text(body: bytes | str, content_type: str = "text/html", address: str = "http://a.example/b/c") -> str:
    return document(body, content_type, address).text


# HTML.


def test_a_page_is_read_without_what_surrounds_it() -> None:
    page = article(
        "On lamps",
        FILLER,
        'The keeper wrote about it on <a href="d.html">a page</a> of his own, and told the story again when he was an '
        'old man, in <a href="https://b.example/">another place</a> that nobody on the coast had ever heard of.',
        head='<meta name="author" content="Ada Keeper"><meta property="article:published_time" content="2014-02-13">'
        '<link rel="license" href="https://creativecommons.org/licenses/by/4.0/">',
    )
    read = document(page)
    assert "The harbour was quiet" in read.text
    assert "merchandise" not in read.text
    assert "newsletter" not in read.text
    assert [link.url for link in read.links] == ["http://a.example/b/d.html", "https://b.example/"]
    assert read.source.title == "On lamps"
    assert read.source.date == "2014-02-13"
    assert read.text.startswith("Title: On lamps\nDate: 13 February 2014")
    assert extract(page.encode(), "text/html", "")[1].licence == "https://creativecommons.org/licenses/by/4.0/"


def test_markup_in_words_stays_words() -> None:
    read = text(article("Marks", FILLER, "Write &lt;b&gt; or *stars* or _lines_ or 1. or # or &amp;lt; and x &lt; y."))
    assert "Write <b> or *stars* or _lines_ or 1. or # or &lt; and x < y." in read


def test_code_keeps_its_lines() -> None:
    code = "<pre class='brush'>$ one\n  two &lt;x&gt;</pre>"
    page = article("Code", FILLER, f"Use <code>ls -l</code> here.</p>{code}<p>After it.")
    assert "Use ls -l here." in text(page)
    assert "$ one\n  two <x>" in text(page)


def test_scripts_and_styles_are_not_text() -> None:
    page = article("Safe", FILLER, "<script>alert('run')</script><style>p{color:red}</style>Words.")
    assert "alert" not in text(page)
    assert "color" not in text(page)


def test_a_terminal_is_not_given_orders() -> None:
    orders = "&#27;[2J and &#27;]0;owned&#7; and &#x9b;31m\x1b[1m\x9b1m\x9d0;owned"
    read = text(
        f"# Codes {orders}\n\n    code {orders}\n\nWords <b>{orders}</b> and [a {orders}](http://b/ 'x').",
        "text/markdown",
    )
    read += text(article(f"Codes {orders}", f"{FILLER} {orders} end."))
    read += text(f"Words {orders}", "text/plain")
    assert not [character for character in read if character < " " and character != "\n"]
    assert not {"\x7f", "\x90", "\x9b", "\x9d"} & set(read)
    assert [block.text for block in render_html(f"<p>{orders}</p><pre>{orders}</pre>").blocks] == [
        "[2J and ]0;owned and ›31m[1m1m0;owned"
    ] * 2


@pytest.mark.parametrize("body", ["", " ", "<html></html>", "<html><body><script>draw()</script></body></html>"])
def test_a_page_without_text_is_gone(body: str) -> None:
    with pytest.raises(GoneError, match="no text"):
        extract(body.encode(), "text/html", "")


def test_a_page_nested_deep_is_read() -> None:
    page = f"<html><body><p>{FILLER}</p>" + "<div>" * 100_000 + "deep" + "</div>" * 100_000 + "</body></html>"
    assert "harbour" in text(page)


@settings(max_examples=40, deadline=None)
@given(
    st.binary(max_size=400), st.sampled_from(["text/html", "text/plain", "text/x-rst", "application/pdf", "text/xml"])
)
def test_any_bytes_are_read_or_refused(body: bytes, content_type: str) -> None:
    with contextlib.suppress(FetchError):
        document(body, content_type)


# Charsets.


@pytest.mark.parametrize(
    ("encoding", "header", "meta"),
    [
        ("utf-8", "utf-8", ""),
        ("utf-8", "iso-8859-1", ""),
        ("utf-8", "", "windows-1252"),
        ("utf-8-sig", "iso-8859-1", ""),
        ("utf-16", "", ""),
        ("utf-16", "utf-8", ""),
        ("cp1252", "iso-8859-1", ""),
        ("cp1252", "utf-8", "windows-1252"),
        ("cp1252", "", "windows-1252"),
        ("cp1252", "no-such-charset", "windows-1252"),
        ("iso-8859-2", "iso-8859-2", ""),
    ],
)
def test_a_wrong_charset_does_no_harm(encoding: str, header: str, meta: str) -> None:
    words = "Łódź i gęś" if encoding == "iso-8859-2" else WORDS.replace("Łódź", "Lodz")
    head = f'<meta charset="{meta}">' if meta else ""
    body = article("Charset", f"{FILLER} {words}.", head=head).encode(encoding)
    assert words in text(body, f"text/html; charset={header}" if header else "text/html")


def test_bytes_that_are_utf8_are_read_as_that_whatever_is_declared() -> None:
    for declared in ("iso-8859-1", "windows-1251", "shift_jis"):
        assert decode_text(WORDS.encode(), f"text/html; charset={declared}") == WORDS


def test_seven_bit_encodings_are_read_as_declared() -> None:
    assert decode_text("日本語".encode("iso-2022-jp"), "text/html; charset=ISO-2022-JP") == "日本語"


def test_an_undeclared_charset_is_guessed() -> None:
    russian = "Гавань была тиха ранним утром, и лодки стояли бок о бок вдоль старой каменной стены. " * 5
    assert decode_text(russian.encode("cp1251")) == russian


@given(st.binary(max_size=300), st.text(max_size=30))
def test_any_bytes_have_characters(data: bytes, charset: str) -> None:
    assert isinstance(decode_text(data, f"text/html; charset={charset}"), str)


# Other kinds.


def test_markdown_and_text_are_read_as_they_are() -> None:
    assert text("# Head\n\nSome *words*.", "text/markdown") == "Head\n\nSome words."
    assert text("Some *words*.\n", "text/plain") == "Some *words*."
    assert text("Some *words*.\n", "text/plain", "http://a.example/README.md") == "Some words."


@pytest.mark.parametrize(
    "front",
    [
        "a0: &a0 [x, y]\n" + "\n".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)),
        "a: " + "[" * 1_000,
        "a: !!python/object/apply:os.system ['exit 1']",
    ],
    ids=["bomb", "deep", "object"],
)
def test_front_matter_does_no_harm(front: str) -> None:
    started = time.monotonic()
    assert text(f"---\n{front}\n---\n\nSome words.\n", "text/markdown").endswith("Some words.")
    assert time.monotonic() - started < 2.0


RST = """
Title
=====

First ``code`` and `a link <http://b.example/>`_ and :ref:`the guide <guide>`.

.. note:: Be careful.

.. include:: {secret}
.. raw:: html

   <p>smuggled words</p>

.. csv-table::
   :file: {secret}

.. image:: {secret}

.. toctree::

   other

- one
- two
"""


def test_restructuredtext_is_read_and_reads_no_files(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the password")
    read = document(RST.format(secret=secret), "text/plain", "http://a.example/faq.rst")
    assert "First code and a link and the guide." in read.text
    assert "Be careful." in read.text
    assert [link.url for link in read.links] == ["http://b.example/"]
    assert "password" not in read.text
    assert "smuggled" not in read.text


DOCBOOK = """<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE chapter PUBLIC "-//OASIS//DTD DocBook XML V4.5//EN" "http://www.oasis-open.org/docbook.dtd" [
<!ENTITY secret SYSTEM "{secret}">
<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">
]>
<chapter xmlns:xlink="http://www.w3.org/1999/xlink"><info><copyright>x</copyright></info><title>Jars</title>
<para>A jar holds &os; &mdash; jam. &secret; &b; <link xlink:href="http://b.example/">Shop</link></para>
<section><title>Lids</title><itemizedlist><listitem><para>Screw &lt;it&gt;.</para></listitem></itemizedlist>
<screen># turn
  lid</screen></section></chapter>
"""


def test_docbook_is_read_without_its_entities(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the password")
    read = document(DOCBOOK.format(secret=secret), "application/xml", "http://a.example/chapter.xml")
    assert read.source.title == "Jars"
    assert "A jar holds &os; — jam. &secret; &b; Shop" in read.text
    assert "Screw <it>." in read.text
    assert "# turn\n  lid" in read.text
    assert [section.title for section in read.sections] == ["", "Jars", "Lids", "Links"]
    assert "password" not in read.text
    assert "lol" not in read.text


def test_docbook_in_sgml_says_that_it_is_not_supported() -> None:
    sgml = '<!DOCTYPE chapter PUBLIC "-//OASIS//DTD DocBook V4.1//EN">\n<chapter id=jails><title>Jars</title><para>Jam'
    with pytest.raises(UnsupportedFormatError, match="SGML is not supported"):
        extract(sgml.encode(), "text/xml", "http://a.example/x.xml")


def pdf(*lines: str, title: str = "") -> bytes:
    """A PDF of one page with these lines."""
    shown = " ".join(f"({line}) Tj 0 -20 Td" for line in lines)
    stream = f"BT /F1 12 Tf 72 700 Td {shown} ET"
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R"
        " /Resources << /Font << /F1 5 0 R >> >> >>",
        f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        f"<< /Title ({title}) >>",
    ]
    out, places = "%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(out))
        out += f"{number} 0 obj\n{content}\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}trailer\n"
    return f"{out}<< /Size {len(objects) + 1} /Root 1 0 R /Info 6 0 R >>\nstartxref\n{start}\n%%EOF".encode()


def test_a_pdf_is_read_whatever_it_is_called() -> None:
    body = pdf("Ships carry lamps.", "Lamps need oil.", title="On ships")
    for content_type in ("application/pdf", "text/html", ""):
        assert text(body, content_type).split("\n\n") == ["Title: On ships", "Ships carry lamps.", "Lamps need oil."]
    assert extract(body, "", "")[1].title == "On ships"


@pytest.mark.parametrize(
    "body", [b"%PDF-1.4\n", pdf("words")[:200], pdf("words").replace(b"Pages 2 0 R", b"Pages 1 0 R")]
)
def test_a_broken_pdf_is_an_error(body: bytes) -> None:
    with pytest.raises(FetchError):
        extract(body, "application/pdf", "")


@pytest.mark.parametrize(
    ("content_type", "address", "body", "kind"),
    [
        ("text/html; charset=x", "", b"x", "html"),
        ("application/xhtml+xml", "", b"x", "html"),
        ("text/plain", "http://a/x.md", b"x", "markdown"),
        ("text/plain", "http://a/x.md?raw=1", b"x", "markdown"),
        ("", "page.html", b"x", "html"),
        ("", "x", b"<!DOCTYPE html><p>x", "html"),
        ("text/plain", "x", b"x", "plain"),
    ],
)
def test_the_kind_is_told_by_type_then_name_then_bytes(
    content_type: str, address: str, body: bytes, kind: Kind
) -> None:
    assert kind_of(body, content_type, address) == kind


@pytest.mark.parametrize(
    ("content_type", "address", "body"),
    [
        ("image/png", "x.png", b"\x89PNG"),
        ("application/zip", "x.zip", b"PK\x03\x04"),
        ("application/octet-stream", "x", b"\x7fELF\x00\x00"),
        ("application/javascript", "x.js", b"alert(1)"),
        ("application/octet-stream", "x.tar.gz", b"\x1f\x8b"),
        ("text/plain", "guide.adoc", b"= Title"),
        ("", "index.html.erb", b"<%= x %>"),
    ],
)
def test_other_kinds_say_that_they_are_not_supported(content_type: str, address: str, body: bytes) -> None:
    with pytest.raises(UnsupportedFormatError, match="not supported"):
        kind_of(body, content_type, address)


def test_more_text_than_a_book_is_refused() -> None:
    with pytest.raises(LimitError, match="characters"):
        extract(b"word " * 700_000, "text/plain", "")


def test_judging_a_page_takes_no_time_whatever_is_on_it() -> None:
    started = time.monotonic()
    why_wrong(Page("http://a.example/b", "http://a.example/b", "", b"", ""), Extract("plain", "<" * 3_000_000))
    assert time.monotonic() - started < 0.5
