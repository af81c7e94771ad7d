"""How a clause bears on a question: what of it the clause covers, and whether it affirms or denies that."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.verdict.clauses import Clause
from app.verdict.grammar import (
    AUXILIARIES,
    DETERMINERS,
    DO,
    EMPTY_VERBS,
    LIGHT_VERBS,
    MODALS,
    POINTERS,
    PREPOSITIONS,
    PUNCTUATION,
    is_content,
    word_class,
)
from app.verdict.initialisms import fold_initialisms
from app.verdict.negation import COVERING, negations
from app.verdict.quantities import value_of
from app.verdict.questions import Question
from app.verdict.subjects import about
from app.verdict.words import Token, is_verb, lemma, relate

_NECESSITY = word_class("necessity_lemmas")
_REPLACED = _NECESSITY | {lemma(verb) for verb in ("have", "include", "contain", "use", "own", "support", "possess")}
# verbs that may go unsaid: "stays quiet" and "is quiet"
_STATES = EMPTY_VERBS | {lemma(verb) for verb in ("stay", "keep", "remain", "seem", "become")}
_PRO_FORMS = POINTERS | {"one", "ones", "any", "some", "so", "none", "neither", "them"}
_BORROWED = 0.85  # what a word is worth that a pronoun or a condition stands for


@dataclass(frozen=True)
class Match:
    """One clause read against a question.

    `coverage`: share of what is asked that the clause speaks of.
    `objects`: the same without the verb.
    `about`: how surely the clause is about the question's subject (see subjects.about).
    `sign`: 1 where it affirms what is asked, -1 where it denies it.
    `missing`: the question's words that it says nothing of; `positions`: where it says the others.
    `negations`, `opposed`: how many negators and antonyms bear on it.
    `other_verb`: the clause has another main verb than the question; `verb_said`: it has the same one,
    or the question has none of its own.
    """

    clause: Clause
    tokens: tuple[Token, ...]
    coverage: float
    objects: float
    about: float
    sign: int
    missing: tuple[Token, ...]
    positions: frozenset[int]
    negations: int
    asked_negations: int
    opposed: int
    other_verb: bool
    verb_said: bool


def terms(tokens: Sequence[Token]) -> list[Token]:
    """The words of a question that the evidence must speak of."""
    return [t for t in tokens if is_content(t) and value_of(t.word) is None]


def weight(token: Token, first: bool) -> float:
    """How much of the question rests on a word: names most, verbs and adverbs less."""
    if token.lemma in EMPTY_VERBS:
        return 0.0
    if token.lemma in LIGHT_VERBS:
        return 0.3
    return 0.6 if (is_verb(token.word) and first) or token.word.endswith("ly") else 1.0


@dataclass(frozen=True)
class _Found:
    """What the clause says of one of the question's words: where and with which sign, or by a pronoun."""

    term: Token
    share: float
    sign: int
    at: int | None
    borrowed: bool

    @property
    def worth(self) -> float:
        return 1.0 if self.at is not None else _BORROWED if self.borrowed else 0.0


def read(
    question: Question,
    clause: Clause,
    heading: tuple[Token, ...] = (),
    condition: tuple[Token, ...] = (),
    context: tuple[Token, ...] = (),
) -> Match:
    """Match a clause with the question.

    `condition` are the words of the sentence's "if" or "when"; `context` what the clause's pronouns may stand for.
    """
    tokens = fold_initialisms(clause.tokens, question.subject + question.body)
    asked = fold_initialisms(question.body, tokens)
    wanted = terms(asked)
    nearness, subject_at = about(question, clause, tokens, heading)
    denials = negations(tokens)
    covering = any(tokens[n.at].lemma in COVERING for n in denials)
    pro_forms = {at for at in range((clause.verb or 0) + 1, len(tokens)) if _is_pro_form(tokens, at)}
    # words that name the subject do not name what is said of it
    taken = set(subject_at) if nearness > 0 else set()
    found: list[_Found] = []
    for place, term in enumerate(wanted):
        sign, at = _find(term, tokens, taken)
        if at is not None:
            taken.add(at)
        borrowed = at is None and (
            (place == 0 and covering and term.lemma in _REPLACED)
            or (bool(pro_forms) and _find(term, heading, set())[0] == 1)
            # a pronoun stands for one thing of what was said before
            or (bool(pro_forms) and not any(f.borrowed for f in found) and _find(term, context, set())[0] == 1)
            or _find(term, condition, set())[0] == 1
        )
        found.append(_Found(term, weight(term, place == 0), sign, at, borrowed))
    said = {f.term for f in found if f.at is not None}
    positions = frozenset(f.at for f in found if f.at is not None)
    bearing = positions | subject_at | (pro_forms if any(f.borrowed for f in found) else set())
    # a negator that itself answers a word of the question ("allow", "forbidden") has been counted with it
    denied = sum(n.at not in positions and (not said or any(n.denies(at) for at in bearing)) for n in denials)
    asked_denied = sum(
        asked[n.at] not in said and any(n.denies(at) for at, t in enumerate(asked) if t in said)
        for n in negations(asked)
    )
    opposed = sum(f.sign == -1 for f in found)
    total = sum(f.share for f in found)
    objects = [f for place, f in enumerate(found) if place or not is_verb(f.term.word)]
    missing = tuple(f.term for f in found if not f.worth)
    return Match(
        clause=clause,
        tokens=tokens,
        coverage=sum(f.share * f.worth for f in found) / total if total and said else 0.0,
        objects=sum(f.worth for f in objects) / len(objects) if objects else 0.0,
        about=nearness,
        sign=1 if (denied + asked_denied + opposed) % 2 == 0 else -1,
        missing=missing,
        positions=positions,
        negations=denied,
        asked_negations=asked_denied,
        opposed=opposed,
        other_verb=not covering and _other_verb(question, clause, tokens, wanted),
        verb_said=not wanted or wanted[0] not in missing or not is_verb(wanted[0].word) or wanted[0].lemma in _STATES,
    )


def _is_pro_form(tokens: Sequence[Token], at: int) -> bool:
    """Whether a word stands for a thing: "it", "one", and "this" or "any" where no noun follows."""
    if tokens[at].word not in _PRO_FORMS:
        return False
    following = tokens[at + 1] if at + 1 < len(tokens) else None
    return tokens[at].word not in DETERMINERS or following is None or following.word in PREPOSITIONS | PUNCTUATION


def _find(term: Token, tokens: Sequence[Token], taken: set[int]) -> tuple[int, int | None]:
    """Best counterpart of a term: the same word, else a synonym or antonym."""
    best: tuple[int, int | None] = (0, None)
    for at, token in enumerate(tokens):
        if at in taken:
            continue
        if token.lemma == term.lemma:
            return 1, at
        sign = relate(term, token)
        if sign and (best[1] is None or sign > best[0]):
            best = (sign, at)
    return best


def _other_verb(question: Question, clause: Clause, tokens: Sequence[Token], wanted: Sequence[Token]) -> bool:
    """Whether question and clause do two different things."""
    if not wanted or not is_verb(wanted[0].word) or wanted[0].lemma in LIGHT_VERBS or question.existential:
        return False
    if clause.verb is None or any(relate(wanted[0], token) for token in tokens):
        return False
    main = main_verb(clause)
    return main is not None and main.lemma not in LIGHT_VERBS


def main_verb(clause: Clause) -> Token | None:
    """The verb that says what is done; after "does not" any word that carries content."""
    if clause.verb is None:
        return None
    helped = clause.tokens[clause.verb].word in DO | MODALS
    for token in clause.tokens[clause.verb :]:
        if token.word not in AUXILIARIES and (is_verb(token.word) or (helped and is_content(token))):
            return token
    return None


def needs(tokens: Sequence[Token]) -> bool:
    """Whether the words speak of what must be."""
    return any(token.lemma in _NECESSITY for token in tokens)
