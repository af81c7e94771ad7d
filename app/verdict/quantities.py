"""Numbers and quantifiers: what question and clause say of how many and how often."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from app.verdict.grammar import AUXILIARIES, DETERMINERS, FUNCTION_WORDS, NUMBERS, PREPOSITIONS, word_class
from app.verdict.words import Token, is_verb

_NUMBER_WORDS = {word: float(value) for word, value in NUMBERS.items()}
_UNIVERSAL = word_class("universal")
_PARTIAL = word_class("partial")
_LIMITS = word_class("limits")
_ANY = word_class("any")
_ONLY = word_class("only")
_STRICT_ONLY = word_class("strict_only")
_TOO = word_class("too")


@dataclass(frozen=True)
class Number:
    """A number, what it counts or names (the words beside it; "year" for a year), and the bound it stands for."""

    value: float
    units: frozenset[str]
    bound: str


def numbers(tokens: Sequence[Token]) -> list[Number]:
    """The numbers of a text; "one" counts only with "just", "only" or "exactly"."""
    found: list[Number] = []
    for at, token in enumerate(tokens):
        previous = [t.word for t in tokens[max(0, at - 3) : at]]
        value = value_of(token.word)
        if value is None or (token.word == "one" and not ({"just", "only", "exactly"} & set(previous))):
            continue
        found.append(Number(value, _units(tokens, at, value), _bound(tokens, at, previous)))
    return found


def _units(tokens: Sequence[Token], at: int, value: float) -> frozenset[str]:
    if tokens[at].word[0] in "$€£":
        return frozenset(("$",))
    if 1000 <= value <= 2100 and value == int(value) and tokens[at].word.isdigit():
        return frozenset(("year",))
    if ":" in tokens[at].word:
        return frozenset((":",))
    beside = [t for t in tokens[max(0, at - 1) : at + 2] if t is not tokens[at] and t.word[0].isalpha()]
    return frozenset(t.lemma for t in beside if t.word not in FUNCTION_WORDS and not is_verb(t.word))


def _bound(tokens: Sequence[Token], at: int, previous: Sequence[str]) -> str:
    after = [t.word for t in tokens[at + 1 : at + 4]]
    last = previous[-1] if previous else ""
    if "minimum" in previous or "minimum" in after:
        return ">="
    if "maximum" in previous or "maximum" in after:
        return "<="
    if last == "than" and len(previous) > 1:
        return "<" if previous[-2] in ("less", "fewer", "younger", "shorter", "cheaper", "lower") else ">"
    if last == "within" or previous[-2:] == ["within", "last"]:
        return "<="
    if last in ("over", "above", "after"):
        return ">"
    return "<" if last in ("under", "below", "before", "nearly", "almost") else "="


def value_of(word: str) -> float | None:
    """The number that a word stands for; ratios such as 1:15 by their second half."""
    if word in _NUMBER_WORDS:
        return _NUMBER_WORDS[word]
    match = re.fullmatch(r"[$€£]?(?:\d+:)?([\d.,]+)", word)
    if match is None:
        return None
    try:
        return float(match[1].rstrip(".,").replace(",", ""))
    except ValueError:
        return None


def compare_numbers(asked: Sequence[Number], given: Sequence[Number]) -> int | None:
    """1 where the clause's numbers hold what is asked, -1 where they rule it out, None where neither."""
    verdict: int | None = None
    for number in asked:
        rivals = [g for g in given if g.units & number.units or not (g.units or number.units)]
        if not rivals:
            return None
        results = [_holds(number, rival) for rival in rivals]
        if 1 in results:
            verdict = verdict or 1
        elif None in results:
            return None
        else:
            verdict = -1
    return verdict


def _holds(asked: Number, given: Number) -> int | None:
    a, g = asked.value, given.value
    if given.bound == "=":
        holds = {"=": g == a, ">": g > a, ">=": g >= a, "<": g < a, "<=": g <= a}[asked.bound]
        return 1 if holds else -1
    if asked.bound == "=":
        return 1 if (given.bound == ">=" and g == a) or (given.bound == "<=" and g == a) else None
    if asked.bound[0] == given.bound[0]:
        return 1 if g == a else None
    outside = g <= a if asked.bound[0] == ">" else g >= a
    return -1 if outside else None


def words(tokens: Sequence[Token]) -> frozenset[str]:
    """The distinct words."""
    return frozenset(token.word for token in tokens)


def quantify(asked: frozenset[str], given: frozenset[str], sign: int, partly_denied: bool) -> int | None:
    """The sign once quantifiers are weighed; None where they leave the question open.

    `partly_denied`: the clause says "not all", "not always" or the like.
    """
    if asked & _ONLY:
        if sign == -1:
            return -1
        if given & _ONLY:
            return -1 if partly_denied else 1
        return -1 if given & _TOO or "and" in given - asked else None
    if asked & _UNIVERSAL:
        if partly_denied or given & (_LIMITS | _PARTIAL) or "but" in given or "only" in given:
            return -1
        if sign == 1 and not given & _UNIVERSAL:
            return None
        return sign
    if "both" in asked and "both" not in given:
        return -1 if partly_denied else sign if sign == -1 or {"two", "and"} & given else None
    if {"else", "other", "others"} & asked and given & _STRICT_ONLY:
        return -1
    if partly_denied and not asked & _ANY:
        # "not all": some do, some do not
        return sign if "only" in given or "just" in given else None
    return sign


def only_at(tokens: Sequence[Token]) -> int | None:
    """Where the clause says that what it does not name is ruled out.

    "Only" opens the clause or stands beside its verb or a preposition: not "the only one", not of an amount.
    """
    for at, token in enumerate(tokens):
        if token.word not in _STRICT_ONLY or any(value_of(t.word) is not None for t in tokens[at + 1 : at + 4]):
            continue
        before = tokens[at - 1] if at else None
        after = tokens[at + 1] if at + 1 < len(tokens) else None
        if before is None or after is None or any(_is_verb(t) or t.word in PREPOSITIONS for t in (before, after)):
            return None if before is not None and before.word in DETERMINERS else at
    return None


def _is_verb(token: Token) -> bool:
    return is_verb(token.word) or token.word in AUXILIARIES
