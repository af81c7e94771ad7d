"""What speaks for and against a sentence that cites quotes: numbers by name, each with a reason in words.

`app.leash.weighing` weighs them. Nothing here needs a model.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise

from app.leash import wording
from app.leash.quotes import Quote
from app.leash.roles import contradictions
from app.verdict.grammar import is_content, word_class
from app.verdict.negation import negations
from app.verdict.words import Token, tokenize

_LISTS = wording.LISTS
_HEDGES = word_class("partial") | frozenset(_LISTS["hedges"].split())
_SURE = frozenset(_LISTS["sure"].split())
_CAUSES = frozenset(_LISTS["causes"].split())
_SAYS = frozenset(_LISTS["says"].split())
_EDGES = " .!?,;:"
_STOPS = frozenset(". , ; : ! ? —  – ( )".split())
_FIRST = frozenset("i me my mine we us our ours myself".split())
_AUTHOR = frozenset(("author", "writer", "blogger"))
_CLAUSE_ENDS = frozenset(
    ", ; : . ! ? ( ) — – and but or while whereas although though which who because so since".split()
)
_PART_ENDS = _CLAUSE_ENDS | {"than", "instead", "where"}
_MOST = 3
_ENOUGH_PAIRS = 3
_SPOKEN_OF = 0.5


@dataclass(frozen=True, slots=True)
class Signal:
    """How strongly something holds of a sentence, and what it would be struck for; empty where that is no reason."""

    value: float
    why: str = ""


def stands(sentence: str, quotes: Sequence[Quote]) -> bool:
    """Whether a quote says just this in its own words, from the beginning of one of its clauses to the end of one."""
    words = [token.word for token in tokenize(sentence.strip(_EDGES))]
    for quote in quotes:
        own = [".", *(token.word for token in tokenize(quote.text)), "."]
        for at in range(1, len(own) - len(words)):
            end = at + len(words)
            if own[at:end] == words and own[at - 1] in _STOPS and own[end] in _STOPS:
                return True
    return False


def measure(sentence: str, quotes: Sequence[Quote]) -> dict[str, Signal]:
    """The signals of a sentence by name; those left out are 0."""
    said = tokenize(sentence)
    own = tuple(token for quote in quotes for token in tokenize(quote.text))
    missing = wording.unsupported(sentence, quotes)
    lost = {one.word: one for one in missing}
    found = {name: Signal(1.0, why) for name, why in contradictions(sentence, [q.evidence for q in quotes]).items()}
    found |= _missing(missing, sum(map(is_content, said)))
    found |= _wording(said, own, lost)
    found |= _polarity(said, own)
    found |= _strength(said, own)
    found |= _cause(said, own, lost)
    found |= _speaker(said, own)
    found |= _order(said, quotes)
    return {name: signal for name, signal in found.items() if signal.value}


def _missing(missing: Sequence[wording.Unsupported], words: int) -> dict[str, Signal]:
    """How many words of each kind have no counterpart in the quotes."""
    found: dict[str, Signal] = {}
    kinds: tuple[wording.Kind, ...] = ("number", "name", "opposite", "word")
    for kind in kinds:
        of_kind = [one for one in missing if one.kind == kind]
        if of_kind:
            found[f"{kind}_missing"] = Signal(float(min(_MOST, len(of_kind))), of_kind[0].why)
    why = missing[0].why if missing else ""
    found["any_missing"] = Signal(float(bool(missing)), why)
    found["share_missing"] = Signal(len(missing) / max(1, words), why)
    return found


def _wording(said: Sequence[Token], own: Sequence[Token], lost: dict[str, wording.Unsupported]) -> dict[str, Signal]:
    """How closely the quotes' words are followed: a foreign word in their midst is graver than a paraphrase."""
    lemmas, here = {token.lemma for token in own}, {token.lemma for token in said}
    beside = {(a.lemma, b.lemma) for a, b in pairwise(own)}
    inside = [(a.lemma, b.lemma) for a, b in pairwise(said)]
    verbatim = sum(pair in beside for pair in inside) / max(1, len(inside))
    content = [token for token in said if is_content(token)]
    kept = sum(token.lemma in lemmas for token in content) / max(1, len(content))
    between = {(a.lemma, c.lemma): b for a, b, c in zip(own, own[1:], own[2:], strict=False)}
    replaced = ""
    for before, token, after in zip(said, said[1:], said[2:], strict=False):
        other = between.get((before.lemma, after.lemma))
        if other and token.lemma not in lemmas and other.lemma not in here and is_content(token):
            replaced = replaced or f"it says “{token.word}” where the quotes say “{other.word}”"
    why = next(iter(lost.values())).why if lost else ""
    return {
        "verbatim": Signal(verbatim),
        "kept": Signal(kept),
        "verbatim_missing": Signal(verbatim * bool(lost), why),
        "kept_missing": Signal(kept * bool(lost), why),
        "replaced": Signal(float(bool(replaced)), replaced),
    }


def _polarity(said: Sequence[Token], own: Sequence[Token]) -> dict[str, Signal]:
    """What is denied here and affirmed there, or the other way round."""
    here, there = _signs(said), _signs(own)
    both = [lemma for lemma in here if lemma in there]
    differ = [lemma for lemma in both if {here[lemma], there[lemma]} == {True, False}]
    denied_here, denied_there = len(negations(said)), len(negations(own))
    return {
        "polarity": Signal(len(differ) / max(1, len(both)), "the quotes affirm what it denies, or the reverse"),
        "polarity_any": Signal(float(bool(differ))),
        "negation_added": Signal(float(denied_here > denied_there), "it denies more than the quotes do"),
        "negation_gone": Signal(float(denied_there > 0 == denied_here), "the quotes deny something, and it does not"),
    }


def _signs(tokens: Sequence[Token]) -> dict[str, bool | None]:
    """By lemma: affirmed, denied (False), or both at different places (None)."""
    found: dict[str, bool | None] = {}
    for clause in _split(tokens, _CLAUSE_ENDS):
        denials = negations(clause)
        for at, token in enumerate(clause):
            if is_content(token):
                sign = sum(denial.denies(at) for denial in denials) % 2 == 0
                found[token.lemma] = sign if found.get(token.lemma, sign) == sign else None
    return found


def _split(tokens: Sequence[Token], ends: frozenset[str]) -> list[list[Token]]:
    parts: list[list[Token]] = [[]]
    for token in tokens:
        if token.word in ends:
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


def _strength(said: Sequence[Token], own: Sequence[Token]) -> dict[str, Signal]:
    """Whether more is claimed than the quotes do: "some" made "all", "may" made "will", a hedge left out."""
    here, there = {token.word for token in said}, {token.word for token in own}
    sure = sorted((here & _SURE) - there)
    lemmas = {token.lemma for token in said}
    # a hedge counts where the sentence says most of what is hedged
    spoken = [clause for clause in _split(own, _CLAUSE_ENDS) if _share(clause, lemmas) >= _SPOKEN_OF]
    hedged, kept = sorted({token.word for clause in spoken for token in clause} & _HEDGES), here & _HEDGES
    return {
        "strengthened": Signal(float(bool(sure)), f"the quotes do not say “{sure[0]}”" if sure else ""),
        "strengthened_hedge": Signal(
            float(bool(sure and hedged)), f"it says “{sure[0]}”, the quotes “{hedged[0]}”" if sure and hedged else ""
        ),
        "hedge_dropped": Signal(
            float(bool(hedged) and not kept), f"the quotes say “{hedged[0]}”, which it leaves out" if hedged else ""
        ),
        "hedge_added": Signal(float(bool(kept) and not hedged)),
        "will": Signal(float("will" in here - there), "the quotes do not say that it will be so"),
    }


def _share(clause: Sequence[Token], lemmas: Collection[str]) -> float:
    """How much of what a clause says is among the words."""
    content = [token.lemma for token in clause if is_content(token) and token.word not in _HEDGES]
    return sum(lemma in lemmas for lemma in content) / max(1, len(content))


def _cause(said: Sequence[Token], own: Sequence[Token], lost: dict[str, wording.Unsupported]) -> dict[str, Signal]:
    """A reason that the quotes do not give."""
    at = next((at for at, token in enumerate(said) if token.word in _CAUSES), None)
    if at is None:
        return {}
    after = [token for token in said[at + 1 :] if is_content(token)]
    foreign = sum(token.word in lost for token in after) / max(1, len(after))
    return {"cause_missing": Signal(foreign, "the quotes do not give this cause")}


def _speaker(said: Sequence[Token], own: Sequence[Token]) -> dict[str, Signal]:
    """Something put into the mouth of another than the quotes do."""
    here, lemmas = {token.word for token in said}, {token.lemma for token in said}
    lost = ""
    for at, token in enumerate(own):
        if at and token.word in _SAYS and own[at - 1].word not in _FIRST:
            subject = [each for each in own[max(0, at - 3) : at] if is_content(each)]
            if subject and not any(each.lemma in lemmas for each in subject):
                lost = f"the quotes have it of “{subject[-1].word}”"
    of_author = bool(here & _AUTHOR and here & _SAYS) and not {token.word for token in own} & _FIRST
    return {
        "speaker_lost": Signal(float(bool(lost)), lost),
        "author_unfounded": Signal(float(of_author), "the quotes do not say this of the author"),
    }


def _order(said: Sequence[Token], quotes: Sequence[Quote]) -> dict[str, Signal]:
    """Words in another order than a quote's, and parts that take halves from two parts of a quote."""
    inversions, crossing = 0.0, False
    parts = [_lemmas(part) for part in _split(said, _PART_ENDS)]
    for quote in quotes:
        own = tokenize(quote.text)
        places: dict[str, list[int]] = {}
        for at, token in enumerate(own):
            places.setdefault(token.lemma, []).append(at)
        order = [places[t.lemma][0] for t in said if is_content(t) and len(places.get(t.lemma, ())) == 1]
        pairs = [(a, b) for at, a in enumerate(order) for b in order[at + 1 :]]
        if len(pairs) >= _ENOUGH_PAIRS:
            inversions = max(inversions, sum(a > b for a, b in pairs) / len(pairs))
        sides = [_lemmas(part) for part in _split(own, _PART_ENDS)]
        for at, one in enumerate(sides):
            crossing |= any(
                sum(bool(part & (one - other)) and bool(part & (other - one)) for part in parts) > 1
                for other in sides[at + 1 :]
            )
    return {
        "inversions": Signal(inversions),
        "crossing": Signal(float(crossing), "it joins what the quotes say of different things"),
    }


def _lemmas(tokens: Sequence[Token]) -> frozenset[str]:
    return frozenset(token.lemma for token in tokens if is_content(token))
