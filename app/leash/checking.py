"""The leash: is a model's sentence borne out by the quotes that it cites?"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from app.contract import VerdictValue
from app.entailment import Entailment
from app.leash.placing import Shelf, quotations
from app.leash.quotes import Quote, in_their_words
from app.leash.reading import measure_reading
from app.leash.signals import measure, stands
from app.leash.weighing import objection
from app.verdict import is_yes_no

_SAID_OF = r"(?:the |this )?(?:blog )?(?:post|author|article|text|source|page|digest|blog|writer|quotes?)"
_SAYS = r"(?:says?|states?|notes?|mentions?|explains?|writes?|claims?|tells us|adds?|reports?|describes?)"
_FRAME = re.compile(
    rf"^(?:according to {_SAID_OF}(?:'s \w+)?,?\s+|(?:as )?{_SAID_OF} (?:also )?{_SAYS},? (?:that )?"
    r"|(?:in short|in summary|in a nutshell|overall|so|therefore|thus|additionally|furthermore|however|also),?\s+)",
    re.IGNORECASE,
)
_VERDICT = re.compile(r"^(yes|no)\b[\s,.;:—–-]*", re.IGNORECASE)
_WORD = re.compile(r"\w+")
_LEAST = 2  # words, for there to be something said of something
_MARKS = re.compile(r"\s*\[\d+(?:\s*,\s*\d+)*\]")


@dataclass(frozen=True, slots=True)
class Finding:
    """Whether a sentence may be shown as supported, and why not."""

    supported: bool
    why: str = ""


def check_sentence(
    sentence: str,
    quotes: Sequence[Quote],
    entailment: Entailment,
    *,
    question: str = "",
    verdict: VerdictValue | None = None,
    shelf: Shelf | None = None,
) -> Finding:
    """Check one sentence of a model's against the quotes that it cites.

    With a ``shelf``, every quotation must stand in a cited source. To a yes/no ``question``, a sentence that opens
    with yes or no must agree with the ``verdict`` of the answer in quotes.
    """
    if not quotes:
        return Finding(False, "it cites no quote")
    if shelf is not None:
        for quotation in quotations(sentence):
            placement = shelf.place(quotation, {quote.source_id for quote in quotes})
            if placement.kind != "found":
                return Finding(False, f"“{quotation}” {placement.why}")
    said, text = claim(sentence)
    if said:
        judged = verdict if is_yes_no(question) else said
        if judged != said:
            return Finding(
                False, f"it answers {said}, but the quotes " + (f"say {judged}" if judged else "do not settle it")
            )
    if len(_WORD.findall(text)) < _LEAST:
        return Finding(False, "it says nothing that could be checked")
    if stands(text, quotes):
        return Finding(True)
    against = objection(measure(text, quotes) | measure_reading(text, quotes, entailment))
    return Finding(not against, in_their_words(against, [*(quote.text for quote in quotes), text]))


def claim(sentence: str) -> tuple[str, str]:
    """The yes or no that a sentence opens with, if any, and what it claims, without marks and "the author says"."""
    text = _MARKS.sub("", sentence).strip()
    opening = _VERDICT.match(text)
    if opening:
        text = text[opening.end() :]
    return opening[1].lower() if opening else "", _FRAME.sub("", text)
