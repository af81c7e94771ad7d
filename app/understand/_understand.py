"""Spelling first, then follow-ups: the one entry point of the package."""

from collections.abc import Sequence

from app.contract import Turn
from app.understand._clause import norm, split
from app.understand._context import Resolved
from app.understand._english import COURTESIES
from app.understand._followup import resolve
from app.understand._spelling import correct
from app.understand._types import Understood
from app.understand._vocabulary import Vocabulary

MAX_TURNS = 6  # older turns no longer say what "it" is
MAX_PASSES = 3  # a rewrite may itself hold a reference ("why?" after "does it run?")


def understand(question: str, history: Sequence[Turn], vocabulary: Vocabulary) -> Understood:
    """Correct `question` against `vocabulary` and resolve it against the last turns of `history`."""
    corrected, corrections = correct(question, vocabulary)
    last: Resolved | None = None
    # Earlier questions may be elliptical too, so each is resolved against the ones before it.
    for turn in history[-MAX_TURNS:]:
        asked, _ = correct(turn.question, vocabulary)
        if not set(map(norm, split(asked))) <= COURTESIES:
            last = Resolved(_settle(asked, last, vocabulary), turn.answer, last)
    resolved = _settle(corrected, last, vocabulary)
    return Understood(resolved, resolved if resolved != corrected else None, corrections)


def _settle(question: str, last: Resolved | None, vocabulary: Vocabulary) -> str:
    """Resolve until nothing changes; a question that never settles is left as it was.

    This is what makes `understand` idempotent.
    """
    if last is None:
        return question
    text = question
    for _ in range(MAX_PASSES):
        # The rewrite is spelled as its sources were, and must survive being read again.
        again, _corrections = correct(resolve(text, last, vocabulary), vocabulary)
        if again == text:
            return text
        text = again
    return question
