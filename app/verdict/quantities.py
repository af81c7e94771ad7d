"""Numbers and quantifiers: what question and clause say of how many and how often."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from app.verdict.grammar import NUMBERS, word_class
from app.verdict.words import Token

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
    """A number with the word after it (its unit) and the bound it stands for ("=", ">=", ...)."""

    value: float
    unit: str
    bound: str


def numbers(tokens: Sequence[Token]) -> list[Number]:
    """The numbers of a text; "one" counts only with "just", "only" or "single"."""
    found: list[Number] = []
    for at, token in enumerate(tokens):
        previous = [t.word for t in tokens[max(0, at - 3) : at]]
        following = tokens[at + 1] if at + 1 < len(tokens) else None
        value = value_of(token.word)
        if value is None or (token.word == "one" and not ({"just", "only", "a", "exactly"} & set(previous))):
            continue
        unit = "$" if token.word[0] in "$€£" else following.lemma if following else ""
        bound = "="
        after = [t.word for t in tokens[at + 1 : at + 4]]
        if "minimum" in previous or "minimum" in after:
            bound = ">="
        elif "maximum" in previous or "maximum" in after:
            bound = "<="
        elif previous[-1:] == ["than"] and len(previous) > 1:
            bound = "<" if previous[-2] in ("less", "fewer", "younger", "shorter", "cheaper", "lower") else ">"
        elif previous[-1:] in (["over"], ["above"], ["after"]):
            bound = ">"
        elif previous[-1:] in (["under"], ["below"], ["before"], ["nearly"], ["almost"]):
            bound = "<"
        found.append(Number(value, unit, bound))
    return found


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
        rivals = [g for g in given if g.unit == number.unit] or list(given)
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
        return sign if sign == -1 or {"two", "and"} & given else None
    if partly_denied and not asked & _ANY:
        # "not all": some do, some do not
        return sign if "only" in given or "just" in given else None
    return sign


def excludes_others(tokens: Sequence[Token]) -> bool:
    """Whether the clause says "only" (not of an amount): what it does not name is ruled out."""
    return any(
        token.word in _STRICT_ONLY and not any(value_of(t.word) is not None for t in tokens[at + 1 : at + 4])
        for at, token in enumerate(tokens)
    )
