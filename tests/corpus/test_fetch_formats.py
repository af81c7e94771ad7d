"""Bytes of kinds other than HTML to the text that a reader sees, and hostile bytes of any kind to an error."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.fetching.errors import FetchError, LimitError, UnsupportedFormatError
from corpus.fetching.formats import Kind, extract, kind_of
from tests.corpus.conftest import document, text


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


@settings(max_examples=40, deadline=None)
@given(
    st.binary(max_size=400), st.sampled_from(["text/html", "text/plain", "text/x-rst", "application/pdf", "text/xml"])
)
def test_any_bytes_are_read_or_refused(body: bytes, content_type: str) -> None:
    with contextlib.suppress(FetchError):
        document(body, content_type)
