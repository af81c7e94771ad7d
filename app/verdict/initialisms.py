"""Initialisms and what they stand for: "VM" and "virtual machine"."""

from collections.abc import Sequence

from app.verdict.grammar import is_content
from app.verdict.words import Token


def is_initialism(short: str, words: Sequence[str]) -> bool:
    """Whether `short` ("vm", "vms") stands for the first letters of `words`."""
    letters = "".join(word[0] for word in words)
    return len(words) > 1 and short in (letters, letters + "s")


def fold_initialisms(tokens: Sequence[Token], others: Sequence[Token]) -> tuple[Token, ...]:
    """Replace spelt-out names whose initialism is among `others` ("virtual machine" -> "vm")."""
    shorts = {other for other in others if 2 <= len(other.lemma) <= 4 and other.word.isalpha() and is_content(other)}
    folded = list(tokens)
    for short in shorts:
        size = len(short.lemma)
        for at in range(len(folded) - size, -1, -1):
            words = [token.word for token in folded[at : at + size]]
            if is_initialism(short.lemma, words) and all(word[0].isalpha() for word in words):
                folded[at : at + size] = [short]
    return tuple(folded)
