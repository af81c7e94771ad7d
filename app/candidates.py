"""Which retrieved sentences may be evidence, which of them are read, with what around them, and which go first."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from app.evidence.definitions import opens_with_definition
from app.evidence.shape import is_question, points_elsewhere
from app.quoting import Scored
from app.reader import Context
from index.retrieval import Candidate
from index.text_store import StoredSentence

READ = 6
MOST_DEFINITIONS = 6
LIKELY_DEFINITION = 0.1  # probability: a definition below it is one of something else
NOT_EVIDENCE = ("head", "heading", "link")  # lines about a document: answers only to questions about it


def shortlist(candidates: Sequence[Candidate], promise: NDArray[np.float64], defines: NDArray[np.float64]) -> list[int]:
    """The numbers of the candidates to read: the `READ` most promising, and a few behind them.

    These are what stands between two of them, which costs little to read along, and for a question such as "what is
    X?" what ``defines`` it, whatever its rank, `MOST_DEFINITIONS` at most.
    """
    order = [int(number) for number in np.argsort(-promise, kind="stable")]
    best, rest = order[:READ], order[READ:]
    ids = {candidates[number].sentence.id for number in best}
    between = [n for n in rest if {candidates[n].sentence.id - 1, candidates[n].sentence.id + 1} <= ids]
    defining = [n for n in rest if defines[n] and n not in between]
    return [*best, *between, *defining[:MOST_DEFINITIONS]]


def definitions_first(scored: Sequence[Scored], term: str) -> list[Scored]:
    """For "what is X?", likely definitions go first; the rest keeps its order.

    The post's go before any other's, and those that a sentence opens with before those that it comes to in a later
    clause, among other things ("in short, A is ..., and X is ...").
    """

    def rank(candidate: Scored) -> tuple[bool, bool, bool]:
        sentence = candidate.sentence
        defining = candidate.signals["defines"] > 0 and candidate.probability >= LIKELY_DEFINITION
        of_post = defining and sentence.source.kind == "post"
        return not defining, not of_post, not (defining and opens_with_definition(term, sentence.text))

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
