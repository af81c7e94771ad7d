"""Evidence as gold quotes: whole sentences, verbatim in the document's text as a reader sees it."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from app.assistant import MAX_QUESTION
from corpus.reading import clean_text
from corpus.render import render_plain
from corpus.sentences import split_sentences
from eval.importers.carried import Asked, Carried, Evidence
from eval.questions import Question
from eval.spans import Span, squash

ANSWERABLE, UNANSWERABLE, JUDGED = "span", "unanswerable-near", "documents"


@lru_cache(maxsize=1_024)
def plain(paragraph: str) -> str:
    """A paragraph as the corpus will show it: on one line, mojibake repaired, no control characters."""
    for _ in range(3):  # a repair may uncover another: until nothing changes, so that reading it again is safe
        once = " ".join(block.text for block in render_plain(clean_text(paragraph)).blocks)
        if once == paragraph:
            break
        paragraph = once
    return paragraph


def place(asked: Asked, documents: Mapping[str, Carried]) -> Question | None:
    """The question with its evidence as gold quotes; None where none of it stands in its document, and for
    a question that nobody can ask: without a letter, or too long.
    """
    if len(asked.question) > MAX_QUESTION or not any(character.isalnum() for character in asked.question):
        return None
    if asked.relevant:
        return Question(asked.id, asked.question, (), asked.split, JUDGED, relevant=asked.relevant)
    placed = [(each, quote) for each in asked.evidence if (quote := _quote(each, documents[each.document]))]
    if asked.evidence and not placed:
        return None
    gold = tuple(dict.fromkeys(Span(each.document, quote) for each, quote in placed))
    first = placed[0][0] if placed else None
    return Question(
        id=asked.id,
        question=asked.question,
        gold=gold,
        split=asked.split,
        type=ANSWERABLE if gold else UNANSWERABLE,
        exact=plain(first.words) if first and first.start is not None else None,
    )


def _quote(evidence: Evidence, document: Carried) -> str:
    """The sentences that hold the evidence; empty where it does not occur."""
    raw = document.paragraphs[evidence.paragraph]
    text, words = plain(raw), plain(evidence.words)
    starts = [match.start() for match in re.finditer(re.escape(words), text)] if words else []
    if not starts:
        return ""
    if evidence.start is None:
        return words
    near = len(plain(raw[: evidence.start]))
    start = min(starts, key=lambda at: abs(at - near))
    inside = [(a, b) for a, b in _sentences(text) if a < start + len(words) and b > start]
    return text[inside[0][0] : inside[-1][1]]


@lru_cache(maxsize=64)
def _sentences(text: str) -> list[tuple[int, int]]:
    return split_sentences(text)


def relocate(questions: Sequence[Question], texts: Mapping[str, str]) -> list[Question]:
    """The questions with their gold quotes in other documents that hold the same words, and without those in none.

    For data whose passages are a user's own documents: an annotation tool's export, say.
    """
    plain_texts = {source: squash(text) for source, text in texts.items()}
    return [kept for question in questions if (kept := _relocated(question, plain_texts))]


def _relocated(question: Question, texts: Mapping[str, str]) -> Question | None:
    relevant = tuple(each for each in question.relevant if each.source in texts)
    gold = tuple(
        Span(source, span.quote)
        for span in question.gold
        for source, text in texts.items()
        if squash(span.quote) in text
    )
    if question.answerable and not gold and not any(each.grade > 0 for each in relevant):
        return None
    exact = question.exact if gold and question.exact and question.exact in gold[0].quote else None
    return Question(question.id, question.question, gold, question.split, question.type, exact=exact, relevant=relevant)
