"""Questions about the post itself: its title, date, author, categories and links.

Those are answered from the document's head and from its links, not from its sentences.
"""

import re
from collections.abc import Sequence
from typing import Literal

from corpus import Source
from index.stopwords import content_words, words
from index.text_store import StoredSentence, TextStore

_POST = r"(post|article|blog|entry|page|piece|document|text|write-?up|cheat ?sheet)"
_WRITE = (
    r"(written|posted|published|dated|released|put (up|online)|come out|came out|go (up|live|online)|went (up|live)"
    r"|write|wrote|post|publish|appear|posted (this|it))"
)
_DATE = re.compile(
    rf"^(and |so )?(when|(on |in |from |at )?(what|which) (date|day|year|month|time))\b.*\b({_WRITE}|{_POST} from)\b"
    rf"|^how (old|long ago|recent)\b.*\b({_POST}|{_WRITE})\b"
    rf"|\b(publication|publishing|posting) (date|year|time)\b|(?<!to )(?<!to-)(?<!of )\bdates?\b"
)
_TITLE = re.compile(
    rf"\b(title|titled|headline)\b|\b(named|called|name)\b.*\b{_POST}\b|\b{_POST}\b.*\b(called|named)\b"
)
_AUTHOR = re.compile(
    rf"\bwho (wrote|is the author|authored|is behind|posted|published)\b.*\b({_POST}|this)\b"
    rf"|\b(author['’]?s name|name of the (author|blogger|writer)|who(['’]s| is) the (author|blogger|writer))\b(?!['’])"
)
_CATEGORIES = re.compile(
    r"\b(categor(y|ies)|tags?|tagged|categori[sz]ed|(filed|classified)( \w+)? (under|with|as|in))\b"
)
_LINK = re.compile(
    rf"\b(links?|linked|hyperlinks?|urls?|web ?address(es)?)\b"
    rf"|\b(what|which) (web ?)?(sites?|pages?)\b.*\b({_POST}|refer|point|cite|mention)"
    rf"|\baddress(es)?\b.*\b{_POST}\b|\b{_POST}\b.*\baddress(es)?\b"
    r"|\bwhere does .* (point|lead)\b"
)
# Names the post, or asks what it links to: then the question is about the document, whatever else it names.
_NAMES_THE_POST = re.compile(
    rf"\b(the|this|that|his|her|your|whole) ([\w-]+ ){{0,3}}?{_POST}s?\b|\b(links?|linked|point|refer)(ing|s)? to\b"
)
# Asks for one link: about the document if it has such a link.
_OF_A_LINK = re.compile(
    r"\b(links?|linked|urls?|address(es)?) (of|on|for|about|given|go(es)?|points?|leads?)\b"
    r"|^(to )?(which|what) (links?|pages?|urls?|address(es)?)\b"
    r"|\bwhere (can|could|do|should) (i|we|you|one) (read|learn|find) .*\b(about|on)\b"
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
    r"^(title[ds]?|headline|named?|called|date[ds]?|written|wrote|write|posted|publish(ed)?|publication|publishing"
    r"|released|year|day|month|time|come|came|go|went|live|online|appear|old|recent|long|ago|categor\w+|tag(s|ged)?"
    r"|filed|classified|placed|sorted|give|gives|list|show|name|exact|full)$"
)
MAX_LINKS = 10


def asked_labels(question: str) -> tuple[str, ...]:
    """Which lines of a document's head (or its links) a question asks for; none for other questions.

    A question that names something else and not the post is about that: "when was it published" asks for the
    post's date, "when was the first edition published" does not.
    """
    text = " ".join(question.lower().split())
    of_post = _is_of_the_post(text)
    labels = [label for label, pattern in _LABELS.items() if pattern.search(text) and (of_post or label == "Link")]
    return tuple(labels) or (("Link",) if _OF_A_LINK.search(text) else ())


def about_lines(question: str, store: TextStore) -> list[StoredSentence]:
    """The head and link lines that answer a question about a document; empty where none does.

    The document is the one that the question names by its title, else the post, else the only one.
    """
    labels = asked_labels(question)
    sources = subject_sources(question, store.sources()) if labels else []
    return next(filter(None, (_lines_of(source, labels, question, store) for source in sources)), [])


def _lines_of(source: Source, labels: Sequence[str], question: str, store: TextStore) -> list[StoredSentence]:
    lines = [
        sentence
        for sentence in store.sentences_of_source(source.id)
        if sentence.kind in ("head", "link") and sentence.text.split(":", 1)[0] in labels
    ]
    links = [line for line in lines if line.kind == "link"]
    of_post = _is_of_the_post(question)
    named = _named_links(question, links) if of_post or _OF_A_LINK.search(question.lower()) else []
    chosen = named or (links if of_post else [])
    return [line for line in lines if line.kind == "head"] + chosen[:MAX_LINKS]


def _is_of_the_post(question: str) -> bool:
    return bool(_NAMES_THE_POST.search(question.lower())) or not _others_named(question)


def _others_named(question: str) -> list[str]:
    """What a question names besides the post and what is asked of it."""
    return [word for word in content_words(question) if not _LINK_WORDS.match(word) and not _LABEL_WORDS.match(word)]


def about_verdict(question: str, lines: Sequence[str]) -> Literal["yes", "no"] | None:
    """Whether the lines hold what a yes/no question names ("is it tagged as X?"); None where it names nothing."""
    named = _others_named(question)
    if not named:
        return None
    held = " ".join(lines).lower()
    return "yes" if all(word in held for word in named) else "no"


def subject_sources(question: str, sources: Sequence[Source]) -> list[Source]:
    """The sources that may be asked about, the likeliest first: named by title, the post, the only one."""
    named = set(content_words(question))
    titled = [source for source in sources if source.title and set(content_words(source.title)) <= named]
    posts = [source for source in sources if source.kind == "post" and source not in titled]
    return [*titled, *posts] or (list(sources) if len(sources) == 1 else [])


def _named_links(question: str, links: Sequence[StoredSentence]) -> list[StoredSentence]:
    """The links that share most telling words with the question, if any shares one."""
    asked = [word for word in content_words(question) if not _LINK_WORDS.match(word)]
    shared = [sum(any(_alike(word, other) for other in words(link.text)) for word in asked) for link in links]
    most = max(shared, default=0)
    return [link for link, count in zip(links, shared, strict=True) if count == most and most]


def _alike(one: str, other: str) -> bool:
    """The same word, or the longer begins with the shorter ("worm", "worms", "wormbin")."""
    short, long = sorted((one, other), key=len)
    return one == other or (len(short) >= 4 and long.startswith(short))
