"""Which words of a sentence the evidence does not bear out: numbers, names, and other words with content."""

import json
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from itertools import pairwise
from typing import Literal

from app.leash.quotes import Quote
from app.verdict.grammar import is_content, verb_at, word_class
from app.verdict.initialisms import fold_initialisms, is_initialism
from app.verdict.quantities import Number, numbers, value_of
from app.verdict.words import Token, base_form, lemma, relate, tokenize

Kind = Literal["number", "name", "opposite", "word"]

LISTS = json.loads(files(__package__).joinpath("data/words.json").read_text("utf-8"))
# verbs that carry little of a sentence's claim: their objects are checked, they are not
_LIGHT = frozenset(map(lemma, LISTS["light"].split()))
# nouns that restate what kind of thing is spoken of, and words that qualify or connect
_GENERIC = frozenset(map(lemma, LISTS["generic"].split()))
_FREE = frozenset(LISTS["free"].split())
_GROUPS: dict[str, frozenset[int]] = {}
for _number, _group in enumerate(LISTS["synonyms"]):
    for _word in _group:
        _GROUPS[lemma(_word)] = _GROUPS.get(lemma(_word), frozenset()) | {_number}
_NAME = re.compile(r"(?<![.!?:“\"]\s)(?<!^)\b[A-Z][\w'’-]*")
# small words that turn a sentence round when one takes the other's place
_POLES = frozenset(pair for a, b in LISTS["poles"] for pair in ((a, b), (b, a)))
_ORDINALS = word_class("ordinals")
_MAGNITUDES = frozenset(("dozens", "hundreds", "thousands", "millions", "billions"))
_ENDINGS = frozenset(
    "abl ibl al an ern ian er or ur ion ation ition ment ness iti ful ous ish ic ist ism ant ent anc enc y i".split()
)
_NOTHING = Token("", "")
_STEM = 3  # letters that two words of one family share at least ("fix", "fixable")
_COMPOUND = re.compile(r"-(\w+(?:ed|en|ing|based|free|like))\b")


@dataclass(frozen=True, slots=True)
class Unsupported:
    """A word of the sentence without a counterpart in the evidence."""

    word: str
    kind: Kind

    @property
    def why(self) -> str:
        """The finding in words."""
        return {
            "number": f"the quotes do not give the number {self.word}",
            "name": f"the quotes do not name {self.word}",
            "opposite": f"the quotes say the opposite of “{self.word}”",
            "word": f"nothing in the quotes says “{self.word}”",
        }[self.kind]


def unsupported(sentence: str, quotes: Sequence[Quote]) -> list[Unsupported]:
    """The words and numbers of a sentence that the quotes say nothing of, the gravest first.

    What a quote's pronoun may stand for, in the sentence before it, counts for the sentence's subject only;
    the title of the source only for what is said of it.
    """
    said = tokenize(sentence)
    given = tuple(token for quote in quotes for token in tokenize(quote.words))
    before = tuple(token for quote in quotes for token in tokenize(quote.pointed_to))
    titles = tuple(token for quote in quotes for token in tokenize(quote.title))
    said, given = _folded(said, given), _folded(given, said)
    names = {name.lower().removesuffix("'s").removesuffix("’s") for name in _NAME.findall(sentence)}
    # "battery-driven", "radio-controlled": the first half makes the claim
    halves = {half.lower() for half in _COMPOUND.findall(sentence)}
    verb = max(verb_at(said, 1) or 0, _reach(said, before))
    found = [
        *_numbers(said, given),
        *_turned(said, given),
        *_words(said[:verb], (*given, *before), names, halves),
        *_words(said[verb:], (*given, *titles), names, halves),
    ]
    order: list[Kind] = ["number", "name", "opposite", "word"]
    return sorted(dict.fromkeys(found), key=lambda one: order.index(one.kind))


def _numbers(said: Sequence[Token], given: Sequence[Token]) -> list[Unsupported]:
    """Numbers that the evidence does not give, or gives of something else."""
    values = {value_of(token.word) for token in given}
    written = {token.word for token in given}
    counted = numbers(given)
    missing = [Unsupported(t.word, "number") for t in said if ":" in t.word[1:] and t.word not in written]
    for number in numbers(said):
        same = [other for other in counted if other.value == number.value]
        elsewhere = [other for other in counted if other.value != number.value and other.units & number.units]
        if number.value not in values or (same and elsewhere and not any(_may_agree(number, one) for one in same)):
            missing.append(Unsupported(f"{number.value:g}", "number"))
    return missing


def _may_agree(a: Number, b: Number) -> bool:
    return not a.units or not b.units or bool(a.units & b.units)


def _folded(tokens: Sequence[Token], others: Sequence[Token]) -> tuple[Token, ...]:
    """Spelt-out names as the initialisms that the others use, unless the word stands here as well."""
    own = {token.word for token in tokens}
    return fold_initialisms(tokens, [token for token in others if token.word not in own])


def _reach(said: Sequence[Token], before: Sequence[Token]) -> int:
    """How many words of the sentence lie before the first that the sentence before the quote does not have."""
    known = {token.lemma for token in before}
    return next((at for at, t in enumerate(said) if is_content(t) and t.lemma not in known), 0)


def _turned(said: Sequence[Token], given: Sequence[Token]) -> list[Unsupported]:
    """Small words whose opposite pole the evidence has, and "the longest" of what is the second longest."""
    stated, present = {token.word for token in said}, {token.word for token in given}
    found = [
        Unsupported(word, "opposite")
        for word in stated - present
        if any(one == word and pole in present and pole not in stated for one, pole in _POLES)
    ]
    ordered = {b.word for a, b in pairwise(given) if a.word in _ORDINALS and b.word.endswith("est")}
    return found + [Unsupported(word, "opposite") for word in ordered & stated if not stated & _ORDINALS]


def _words(
    said: Sequence[Token], given: Sequence[Token], names: Collection[str], halves: Collection[str]
) -> list[Unsupported]:
    missing: list[Unsupported] = []
    present = {token.word for token in given}
    # "the FDM one": what the noun after that word is, the quote leaves to its context
    unnamed = {a.lemma for a, b in pairwise(given) if is_content(a) and b.word in ("one", "ones", "kind")}
    for previous, token in pairwise((_NOTHING, *said)):
        named = token.word in names
        if token.word in _MAGNITUDES - present:
            missing.append(Unsupported(token.word, "number"))
        if value_of(token.word) is not None or not (named or (is_content(token) and token.word not in _FREE)):
            continue
        relations = {relation(token, other) for other in given}
        idle = token.lemma in _LIGHT or token.lemma in _GENERIC or token.word.endswith("ly") or token.word in halves
        idle |= previous.lemma in unnamed
        if 1 in relations or (idle and not named):
            continue
        kind: Kind = "name" if named else "opposite" if -1 in relations else "word"
        missing.append(Unsupported(token.word, kind))
    return missing


@lru_cache(maxsize=50_000)
def relation(a: Token, b: Token) -> int:
    """1 where two words say the same or are of one family, -1 where they say opposites, else 0."""
    known = relate(a, b)
    if known:
        return known
    if _GROUPS.get(a.lemma, frozenset()) & _GROUPS.get(b.lemma, frozenset()):
        return 1
    if _GROUPS.get(base_form(a.word), frozenset()) & _GROUPS.get(base_form(b.word), frozenset()):
        return 1
    if is_initialism(a.word, b.word.split("-")) or is_initialism(b.word, a.word.split("-")):
        return 1
    return 1 if _derived(a.lemma, b.lemma) or _derived(b.lemma, a.lemma) else 0


def _derived(stem: str, other: str) -> bool:
    """ "Romania" and "Romanian", "fix" and "fixable": one is the other with an ending."""
    return len(stem) >= _STEM and other.startswith(stem) and other[len(stem) :] in _ENDINGS
