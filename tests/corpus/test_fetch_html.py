"""HTML to the text that a reader sees: without what surrounds it, scripts, or orders to a terminal."""

from __future__ import annotations

import pytest

from corpus.fetching.errors import GoneError
from corpus.fetching.formats import extract
from corpus.render import render_html
from tests.corpus.conftest import document, text
from tests.corpus.servers import FILLER, article


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
