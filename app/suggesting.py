"""Questions to start with, or to go on with: made from the sources, and kept only if they are answered."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from app.contract import Turn
from corpus import Source
from index.stopwords import content_words
from index.text_store import TextStore

POOL = 24  # candidates that are tried, at most
_DEFINITION = re.compile(
    r"^(?P<term>(?:an? )?[\w][\w .+#-]{1,28}?)(?:, [^,]{3,40},)? (?P<verb>is|are) (?:an?|the) ", re.IGNORECASE
)
_NOT_A_TERM = re.compile(
    r"^(the|it|this|that|there|here|what|which|he|she|they|we|you|i|one|these|those|all|some|part)\b", re.IGNORECASE
)


def candidate_questions(store: TextStore) -> list[str]:
    """Questions that the sources' own headings and definitions suggest, the post's first; not yet tried."""
    sources = sorted(store.sources(), key=lambda source: source.kind != "post")
    found: dict[str, str] = {}
    for source in sources:
        for question in _of_source(source, store):
            found.setdefault(question.casefold(), question)
        if len(found) >= POOL:
            break
    return list(found.values())[:POOL]


def _of_source(source: Source, store: TextStore) -> Iterator[str]:
    headings = [section.title for section in store.sections(source.id) if _is_term(section.title)]
    if source.kind == "post":
        yield "what is this post about?"
        yield from (f"how do {one} and {other} differ?" for one, other in pairwise(headings[:3]))
    yield from _definitions(source, store)
    if source.kind == "post":
        yield from (f"what does the post say about {heading}?" for heading in headings)
        yield "when was this post written?"


def _definitions(source: Source, store: TextStore) -> Iterator[str]:
    for sentence in store.sentences_of_source(source.id):
        defined = _DEFINITION.match(sentence.text) if sentence.kind in ("prose", "list") else None
        if defined and _is_term(defined["term"]):
            yield f"what {defined['verb']} {re.sub('^An? ', lambda article: article[0].lower(), defined['term'])}?"


def _is_term(text: str) -> bool:
    return 0 < len(text.split()) <= 3 and text != "Links" and not _NOT_A_TERM.match(text)


def order(questions: Sequence[str], history: Sequence[Turn]) -> list[str]:
    """Those not asked yet; the ones about what was last asked about first, then about what was answered."""
    asked = {" ".join(content_words(turn.question)) for turn in history}
    spoken = [set(content_words(text)) for turn in history[-1:] for text in (turn.question, turn.answer)]
    open_ = [question for question in questions if " ".join(content_words(question)) not in asked]
    return sorted(open_, key=lambda question: [-len(words & set(content_words(question))) for words in spoken])
