"""Whether a page that came with status 200 is the page that was linked. A modest judge: it looks for plain signs."""

import re
from urllib.parse import urlsplit

from corpus.documents import Extract
from corpus.fetching.client import Page

_NOT_FOUND = re.compile(
    r"\b404\b|\b(?:page|file|document|article|site|content)\b.{0,20}\b(?:not|no longer|cannot be|can't be)\b.{0,10}"
    r"\b(?:found|exist|exists|available)\b|\bnot found\b|\bno such page\b"
    r"|\bdomain\b.{0,20}\b(?:for sale|parked|expired)\b|\baccount suspended\b",
    re.IGNORECASE,
)
_FRONT = re.compile(r"/?(?:(?:index|default|home)(?:\.\w+)?|[a-z]{2}(?:[-_][a-z]{2})?)?/?", re.IGNORECASE)
_SHORT = 1_500  # characters; a page that says so and goes on for longer than this is an article about it
_NOTICE = 120  # characters; all of a page that is no longer than this is its notice
_LOOKED_AT = 20_000  # characters
_TAG = re.compile(r"<[^>]*>")
_HEADING = re.compile(r"<h[12][^>]*>(.*?)</h[12]>", re.DOTALL)


def why_wrong(page: Page, extract: Extract) -> str:
    """Why this is hardly the page that was linked; empty if nothing speaks against it.

    - Its title or first heading says "not found", "for sale" or the like, and there is little else on it.
    - It says nothing else at all.
    - The link led to a page deep in a site, and was redirected to the site's front page.
    """
    start = extract.text[:_LOOKED_AT]
    html = start if extract.format == "html" else ""
    text = " ".join((_TAG.sub(" ", html) or start).split())
    heading = _HEADING.search(html)
    names = [extract.title, _TAG.sub(" ", heading[1]) if heading else "", text if len(text) < _NOTICE else ""]
    if len(text) < _SHORT and any(_NOT_FOUND.search(name) for name in names):
        return "the page says that it is not there"
    asked, got = urlsplit(page.requested), urlsplit(page.address)
    if _FRONT.fullmatch(got.path) and not got.query and not (_FRONT.fullmatch(asked.path) and not asked.query):
        return "the link now leads to a front page"
    return ""
