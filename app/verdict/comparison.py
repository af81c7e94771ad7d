"""Comparisons: "is A faster than B" against "B is faster than A", "A is slower", "as fast as"."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.verdict.grammar import is_content
from app.verdict.negation import negations
from app.verdict.words import Token, base_form, is_comparative, is_verb, relate

_DEGREE = {"more": 1, "less": -1, "fewer": -1}


@dataclass(frozen=True)
class Comparison:
    """left is `quality` (more: 1, less: -1, as: 0) than right; `negated` denies it."""

    left: tuple[Token, ...]
    quality: tuple[Token, ...]
    degree: int
    right: tuple[Token, ...]
    negated: bool


def find(tokens: Sequence[Token], left: Sequence[Token] = ()) -> Comparison | None:
    """The comparison in a clause or question; `left` stands before its tokens."""
    words = [token.word for token in tokens]
    negated = any(n.start == 0 or n.at < len(words) // 2 for n in negations(tokens) if words[n.at] != "than")
    if "prefer" in [t.lemma for t in tokens]:
        verb = next(i for i, t in enumerate(tokens) if t.lemma == "prefer")
        split = next((i for i in range(verb + 1, len(words)) if words[i] in ("to", "over", "than")), None)
        if split is not None:
            return Comparison(tuple(tokens[verb + 1 : split]), (tokens[verb],), 1, tuple(tokens[split + 1 :]), negated)
    if words.count("as") >= 2:
        first = words.index("as")
        second = words.index("as", first + 1)
        before, quality, after = tokens[:first], tokens[first + 1 : second], tokens[second + 1 :]
        if quality:
            return Comparison((*left, *before), _content(quality), 0, tuple(after), negated)
    at = _comparative_at(words)
    if at is None or "rather" in words[max(0, at - 1) : at + 1]:
        return None
    than = next((i for i in range(at + 1, len(words)) if words[i] == "than"), len(words))
    degree = _DEGREE.get(words[at], 1)
    if words[at] in _DEGREE:
        quality = _content(tokens[at + 1 : than])
        if not quality or tokens[at + 1].word in ("for", "about", "of"):
            # "costs more": the verb is what is compared; "is more for reading": only the two sides
            deed = tuple(token for token in tokens[:at] if is_verb(token.word))[-1:]
            before = (*left, *(() if deed else tokens[:at]), *tokens[at + 1 : than])
            return Comparison(before, deed or (tokens[at],), degree, tuple(tokens[than + 1 :]), negated)
    else:
        quality = (Token(words[at], base_form(words[at])),)
    before = (*left, *tokens[:at], *(() if words[at] in _DEGREE else tokens[at + 1 : than]))
    return Comparison(before, quality[:1], degree, tuple(tokens[than + 1 :]), negated)


def _comparative_at(words: Sequence[str]) -> int | None:
    """Where the comparative stands: a known one, else a word in "-er" before "than"."""
    known = [at for at, word in enumerate(words) if word in _DEGREE or is_comparative(word)]
    likely = [at for at, word in enumerate(words[:-1]) if word.endswith("er") and words[at + 1] == "than"]
    return next(iter(known or likely), None)


def find_all(tokens: Sequence[Token], left: Sequence[Token] = ()) -> list[Comparison]:
    """All comparisons of a clause: "X is younger than Y and older than Z" has two of X."""
    cuts = [at for at, token in enumerate(tokens) if token.word == "and" and find(tokens[at + 1 : at + 3]) is not None]
    whole = find(tokens[: cuts[0]] if cuts else tokens, left)
    ends = [*cuts[1:], len(tokens)]
    left = whole.left if whole else left
    more = [find(tokens[start + 1 : end], left) for start, end in zip(cuts, ends, strict=False)]
    return [found for found in (whole, *more) if found is not None]


def _content(tokens: Sequence[Token]) -> tuple[Token, ...]:
    return tuple(token for token in tokens if is_content(token))


def _shared(a: Sequence[Token], b: Sequence[Token]) -> bool:
    return any(relate(x, y) == 1 for x in _content(a) for y in _content(b))


def compare(asked: Comparison, given: Comparison) -> int | None:
    """1 where `given` says that the question's comparison holds, -1 where not, None where open."""
    same_quality = _relation(asked.quality, given.quality)
    if same_quality == 0 or not asked.right:
        return None
    order = _order(asked, given)
    if order is None:
        return None
    direction = same_quality * given.degree * (asked.degree or 1) * order
    if given.degree == 0:
        if asked.degree == 0:
            return -1 if given.negated else 1
        # "as fast as" rules out faster; "B is not as fast as A" says that A is faster
        if not given.negated:
            return -1
        return 1 if order * same_quality * asked.degree == -1 else -1
    if asked.degree == 0:
        holds = direction == 1
        return (-1 if holds else None) if given.negated else (1 if holds else -1)
    if given.negated:
        return -1 if direction == 1 else None
    return direction


def _relation(asked: Sequence[Token], given: Sequence[Token]) -> int:
    return next((sign for a in asked for g in given if (sign := relate(a, g))), 0)


def _order(asked: Comparison, given: Comparison) -> int | None:
    """1 where both put the same thing first, -1 where they swap."""
    if given.right:
        if _shared(asked.right, given.right) and not _distinct(asked.right, given.right):
            return 1
        if _shared(asked.right, given.left) and _shared(asked.left, given.right):
            return -1
        if any(t.word in ("any", "anything", "everything") for t in given.right) and _shared(asked.left, given.left):
            return 1
        return None
    if _shared(asked.left, given.left) and not _shared(asked.right, given.left):
        return 1
    if _shared(asked.right, given.left):
        return -1
    return None


def _distinct(a: Sequence[Token], b: Sequence[Token]) -> bool:
    """Two names of one kind told apart by a word each ("north face", "south face")."""
    left, right = _content(a), _content(b)
    only_left = [x for x in left if all(relate(x, y) != 1 for y in right)]
    only_right = [y for y in right if all(relate(x, y) != 1 for x in left)]
    return bool(only_left) and bool(only_right)
