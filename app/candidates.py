"""Which retrieved sentences may be evidence, what is read around them, and which of them go first."""

from collections.abc import Callable, Sequence

from app.evidence.definitions import tells_what
from app.evidence.shape import is_question, points_elsewhere, question_shape
from app.quoting import Scored
from app.reader import Context
from index.text_store import StoredSentence

LIKELY_DEFINITION = 0.1  # probability: a definition below it is one of something else
NOT_EVIDENCE = ("head", "heading", "link")  # lines about a document: answers only to questions about it


def also_wanted(question: str) -> Callable[[str], bool] | None:
    """For "what is X?" and "what does X stand for?": sentences that tell it are read whatever their rank."""
    shape = question_shape(question)
    return (lambda sentence: tells_what(shape, sentence)) if shape.term else None


def definitions_first(scored: Sequence[Scored]) -> list[Scored]:
    """For "what is X?", likely definitions go first, the post's before any other's; the rest keeps its order."""

    def rank(candidate: Scored) -> tuple[bool, bool]:
        defining = candidate.signals["defines"] > 0 and candidate.probability >= LIKELY_DEFINITION
        return not defining, not (defining and candidate.sentence.source.kind == "post")

    return sorted(scored, key=rank)


def can_be_evidence(sentence: StoredSentence) -> bool:
    """Whether a sentence tells something: it is no line about the document, no question, and no mere pointer."""
    # Before its first heading a digest says what it is and what it rests on, which is nothing of its page.
    of_itself = sentence.source.kind == "digest" and not sentence.section
    line = sentence.kind in NOT_EVIDENCE
    return not (line or of_itself or is_question(sentence.text) or points_elsewhere(sentence.text))


def context(sentence: StoredSentence) -> Context:
    """The sentence where it stands, for the reader."""
    return Context(sentence.source.title, sentence.section, sentence.before, sentence.text, sentence.after)
