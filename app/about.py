"""Questions about the post itself: its title, date, author, categories and links.

Those are answered from the document's head and from its links, not from its sentences.
"""

import re
from collections.abc import Sequence
from typing import Literal

from corpus import Source
from index.stopwords import content_words
from index.text_store import StoredSentence, TextStore

_POST = r"(post|article|blog|entry|page|piece|document|text|write-?up|cheat ?sheet)"
_WRITE = (
    r"(written|posted|published|dated|released|put (up|online)|come out|go (up|live)|went up|write|wrote"
    r"|post(ed)? (this|it))"
)
_DATE = re.compile(
    rf"\b(when|(what|which) (date|day|year|month|time)|what['’]?s the date|how (old|long ago|recent))\b.*"
    rf"\b({_POST}|{_WRITE})\b|\b(publication|publishing|posting) (date|year|time)\b|\bdate (of|on) (the|this) {_POST}\b"
)
_TITLE = re.compile(
    rf"\b(title|titled|headline|named|called|name)\b.*\b{_POST}\b|\b{_POST}\b.*\b(title|titled|headline|called|named)\b"
    rf"|^what(['’]s| is) the (title|headline)\W*$"
)
_AUTHOR = re.compile(
    rf"\bwho (wrote|is the author|authored|is behind|posted|published)\b.*\b({_POST}|this)\b"
    rf"|\b(author['’]?s name|name of the (author|blogger|writer)|who(['’]s| is) the (author|blogger|writer))\b"
)
_CATEGORIES = re.compile(
    rf"\b(categor(y|ies)|tags?|tagged|filed|categori[sz]ed|classified)\b.*\b({_POST}|under|with|it|this)\b"
    rf"|\b{_POST}\b.*\b(categor(y|ies)|tags?|tagged|filed under|categori[sz]ed)\b"
    rf"|\bwhat (categor(y|ies)|tags?)\b"
)
_LINK = re.compile(
    rf"\b(links?|linked|hyperlinks?|urls?|web ?address(es)?)\b"
    rf"|\b(what|which) (web ?)?(sites?|pages?)\b.*\b({_POST}|refer|point|cite|mention)"
    rf"|\bwhere does .* (point|lead)\b"
)
_LABELS = {
    "Date": _DATE,
    "Title": _TITLE,
    "Author": _AUTHOR,
    "Categories": _CATEGORIES,
    "Tags": _CATEGORIES,
    "Link": _LINK,
}
_LINK_WORDS = re.compile(
    rf"^({_POST}|links?|linked|linking|urls?|address|addresses|hyperlinks?|sites?|pages?|points?|refers?|go|goes|author|blogger|writer)$"
)
_LABEL_WORDS = re.compile(
    r"^(title[ds]?|headline|named?|called|dated?|written|wrote|posted|published|released|categor\w+|tag(s|ged)?|filed"
    r"|classified|placed|sorted)$"
)
MAX_LINKS = 10


def asked_labels(question: str) -> tuple[str, ...]:
    """Which lines of a document's head (or its links) a question asks for; none for other questions."""
    text = " ".join(question.lower().split())
    return tuple(label for label, pattern in _LABELS.items() if pattern.search(text))


def about_lines(question: str, store: TextStore) -> list[StoredSentence]:
    """The head and link lines that answer a question about a document; empty where none does.

    The document is the one that the question names by its title, else the post, else the only one.
    """
    labels = asked_labels(question)
    source = subject_source(question, store.sources()) if labels else None
    if source is None:
        return []
    lines = [
        sentence
        for sentence in store.sentences_of_source(source.id)
        if sentence.kind in ("head", "link") and sentence.text.split(":", 1)[0] in labels
    ]
    links = [line for line in lines if line.kind == "link"]
    named = _named_links(question, links)
    return [line for line in lines if line.kind == "head"] + (named or links)[:MAX_LINKS]


def about_verdict(question: str, lines: Sequence[str]) -> Literal["yes", "no"] | None:
    """Whether the lines hold what a yes/no question names ("is it tagged as X?"); None where it names nothing."""
    named = [word for word in content_words(question) if not _LINK_WORDS.match(word) and not _LABEL_WORDS.match(word)]
    if not named:
        return None
    held = " ".join(lines).lower()
    return "yes" if all(word in held for word in named) else "no"


def subject_source(question: str, sources: list[Source]) -> Source | None:
    """The source that is asked about."""
    named = set(content_words(question))
    titled = [source for source in sources if source.title and set(content_words(source.title)) <= named]
    posts = [source for source in sources if source.kind == "post"]
    return next(iter(titled + posts + (sources if len(sources) == 1 else [])), None)


def _named_links(question: str, links: list[StoredSentence]) -> list[StoredSentence]:
    """Those links that share a telling word with the question."""
    asked = {word for word in content_words(question) if not _LINK_WORDS.match(word)}
    return [link for link in links if any(word in link.text.lower() for word in asked)]
