"""Pages that came and are not what was linked."""

from __future__ import annotations

import time

import pytest

from corpus.documents import Extract
from corpus.fetching.client import Page
from corpus.fetching.verdict import why_wrong
from tests.corpus.servers import FILLER


def wrong(title: str, body: str, asked: str = "http://a.example/b", got: str = "http://a.example/b") -> str:
    return why_wrong(Page(asked, got, "text/html", b"", ""), Extract("html", f"<p>{body}</p>", title))


@pytest.mark.parametrize(
    "title",
    [
        "404",
        "Page not found | Lamps",
        "Error 404 - Not Found",
        "The page you want does not exist",
        "This domain is for sale",
    ],
)
def test_a_page_that_says_that_it_is_not_there_is_wrong(title: str) -> None:
    assert wrong(title, "Try our search.")
    assert wrong("Lamps", f"<h1>{title}</h1> Try our search.") or "does not" in title


def test_an_article_about_pages_not_found_is_not_wrong() -> None:
    assert not wrong("How to make a page not found page", FILLER * 20)
    assert not wrong("Lamps", "The lamp was not found by the keeper's son that morning, and nobody knew why. " * 3)


@pytest.mark.parametrize(
    ("asked", "got", "bad"),
    [
        ("http://a.example/deep/page", "http://a.example/", True),
        ("http://a.example/deep/page", "https://b.example/en/", True),
        ("http://a.example/?p=12", "http://a.example/", True),
        ("http://a.example/", "https://www.b.example/", False),
        ("http://a.example/index.html", "http://a.example/", False),
        ("http://a.example/old", "http://a.example/new", False),
    ],
)
def test_a_deep_link_that_leads_to_a_front_page_is_wrong(asked: str, got: str, bad: bool) -> None:
    assert bool(wrong("Lamps", FILLER, asked, got)) is bad


def test_judging_a_page_takes_no_time_whatever_is_on_it() -> None:
    started = time.monotonic()
    why_wrong(Page("http://a.example/b", "http://a.example/b", "", b"", ""), Extract("plain", "<" * 3_000_000))
    assert time.monotonic() - started < 0.5
