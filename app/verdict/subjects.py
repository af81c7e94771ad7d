"""Whether a clause is about the thing that the question is about."""

from collections.abc import Sequence

from app.verdict.clauses import Clause
from app.verdict.grammar import PERSONS, POINTERS, WH, is_content, verb_at
from app.verdict.initialisms import fold_initialisms
from app.verdict.questions import Question
from app.verdict.words import Token, relate

_MINE = frozenset(("mine", "ours", "yours", "his", "theirs"))
# an author says "I": "he" in the text is somebody else
_THIRD = frozenset(("he", "she", "his", "her"))
_ONE = frozenset(("one", "ones"))


def same(a: Token, b: Token) -> bool:
    """Whether two words name the same."""
    return a.lemma == b.lemma or relate(a, b) == 1


def is_person(tokens: Sequence[Token]) -> bool:
    """Whether the words stand for the author, the reader or people at large."""
    return any(token.word in PERSONS for token in tokens) and not any(
        is_content(token) for token in tokens if token.word not in PERSONS
    )


def names(wanted: Sequence[Token], given: Sequence[Token]) -> float:
    """How far `given` names `wanted`: 1 the same, 0.7 less exactly, 0 not at all, -1 another of its kind."""
    want = [t for t in wanted if is_content(t)]
    give = [t for t in given if is_content(t) and not t.word.endswith("ly")]
    if want and any(t.word in _MINE for t in given) and any(t.word in PERSONS for t in wanted):
        return 1.0
    if not want or not give:
        return 0.0
    found = [t for t in want if any(same(t, g) for g in give)]
    unmatched = [g for g in give if not any(same(t, g) for t in want)]
    if len(found) == len(want):
        return 1.0
    if not found:
        return 0.0
    if unmatched:
        return -1.0
    return 1.0 if any(token.word in _ONE for token in given) else 0.7


def about(
    question: Question, clause: Clause, tokens: Sequence[Token], heading: tuple[Token, ...]
) -> tuple[float, set[int]]:
    """How surely the clause is about the question's subject (-1: about another), and where it names it.

    1 and 0.7: by the clause's subject or what its pronoun stands for; 0.8: named elsewhere in the clause;
    0.9: named by the heading over a clause without a subject of its own;
    0.5: over one whose subject is in the question.
    """
    subject = fold_initialisms(question.subject, tokens)
    wanted = [t for t in subject if is_content(t)]
    if not wanted and (not subject or subject[0].word in POINTERS):
        return 1.0, set()
    if is_person(subject):
        third = any(token.word in _THIRD for token in subject)
        if not third and any(token.word in _THIRD for s in clause.subjects for token in s if is_person(s)):
            return 0.0, set()
        generic = not clause.subjects or any(is_person(s) for s in clause.subjects)
        return (1.0 if generic else 0.6), set()
    where = {at for at, token in enumerate(tokens) if any(same(t, token) for t in wanted)}
    scores = [names(subject, fold_initialisms(s, subject)) for s in clause.subjects]
    if clause.pronoun and (verb_at(heading) is not None or any(t.word in WH | {"or", "and"} for t in heading)):
        # a heading of several words names a thing among others: "Why leave wordpress?"
        scores = [0.7 if score < 0 else score for score in scores]
    elif wanted and any(token.word in ("its", "their") for s in clause.subjects for token in s):
        # "its branches": whose, says the heading
        scores = [-1.0 if score == 0.7 else score for score in scores]
    if scores and max(scores) >= 0.7:
        return max(scores), {at for at in where if clause.verb is None or at < clause.verb}
    if scores and min(scores) < 0:
        return -1.0, where
    if wanted and all(any(same(t, token) for token in tokens) for t in wanted):
        return 0.8, where
    if heading and names(subject, heading) == 1.0:
        if clause.pronoun or not clause.subjects:
            return 0.9, where
        # of something else under the heading, unless the question names that too
        own = [token for s in clause.subjects for token in s if is_content(token)]
        return (0.5 if all(any(same(token, t) for t in question.body) for token in own) else 0.0), where
    return 0.0, where
