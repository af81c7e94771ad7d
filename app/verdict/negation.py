"""Negators and the words that each of them denies."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.verdict.grammar import DETERMINERS, word_class
from app.verdict.words import Token

_VERBAL = word_class("verbal_negators")
_WHOLE = word_class("whole_negators")
_NOMINAL = word_class("nominal_negators")
_DENYING = word_class("denying_lemmas")
_UNDENIED = word_class("undenied")
_PARTIAL_DENIAL = word_class("partial_denial")
_IDIOMS = word_class("idioms")
# negators that stand for the verb too: "works without a database" needs none
_PHRASE_ENDS = frozenset((",", "it", "they", "i", "you", "we", "he", "she"))
COVERING = frozenset({"without", "lack", "miss", "absent"})


@dataclass(frozen=True)
class Negation:
    """A negator and the words it denies: [start, end) of its clause."""

    at: int
    start: int
    end: int

    def denies(self, position: int) -> bool:
        """Whether the word at a position is denied."""
        return self.start <= position < self.end


def negations(tokens: Sequence[Token]) -> list[Negation]:
    """The negators of a clause, with their scopes.

    "not" denies its whole clause, or what follows it after a comma; "no" and "without" what follows;
    "nothing", "lacks" and "forbidden" the whole. "Not all" and "not only" deny nothing by themselves.
    """
    found: list[Negation] = []
    size = len(tokens)
    for at, token in enumerate(tokens):
        word = token.word
        following = tokens[at + 1].word if at + 1 < size else ""
        previous = tokens[at - 1].word if at else ""
        if (following in _UNDENIED and word in _VERBAL) or following in _IDIOMS:
            continue
        comma = next((i for i in range(at, size) if tokens[i].word == ","), size)
        if word == "not" and (previous == "," or at == 0):
            found.append(Negation(at, at, comma))
        elif word in _VERBAL:
            start = max((i for i in range(at) if tokens[i].word == ","), default=0)
            found.append(Negation(at, 0 if start < 3 else start, comma))
        elif word in _NOMINAL or (word == "than" and previous == "rather"):
            end = next((i for i in range(at + 1, size) if tokens[i].word == "nor"), size)
            found.append(
                Negation(
                    at, at, comma if word == "unlike" else _phrase_end(tokens, at, end) if word == "without" else end
                )
            )
        elif word in _WHOLE or (token.lemma in _DENYING and not _is_attribute(tokens, at)):
            found.append(Negation(at, 0, size))
    return found


def _is_attribute(tokens: Sequence[Token], at: int) -> bool:
    """ "A missing comma": it says which one, and denies nothing."""
    previous = tokens[at - 1].word if at else ""
    return tokens[at].word.endswith(("ing", "ed")) and previous in DETERMINERS and at + 1 < len(tokens)


def _phrase_end(tokens: Sequence[Token], at: int, end: int) -> int:
    """Where "without X" ends: at a comma, or where a clause's subject begins."""
    return next((i for i in range(at + 1, end) if tokens[i].word in _PHRASE_ENDS), end)


def partly_denied(tokens: Sequence[Token]) -> bool:
    """Whether the words say "not all", "not always", "only some" or the like."""
    words = ["", *(token.word for token in tokens)]
    return any(
        second in ("not", "only") and third in _PARTIAL_DENIAL and first != "if"
        for first, second, third in zip(words, words[1:], words[2:], strict=False)
    )
