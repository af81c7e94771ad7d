"""Whether the evidence says it of the same thing, and says that it is so: swaps and denials.

Each clause of a sentence is read against the clauses of the evidence with the tools of `app.verdict`.
"""

from collections.abc import Sequence
from itertools import pairwise

from app.verdict import Evidence, judge
from app.verdict.clauses import Clause, split
from app.verdict.grammar import PERSONS, POINTERS, is_content
from app.verdict.judging import readings
from app.verdict.matching import Match
from app.verdict.negation import negations
from app.verdict.quantities import value_of
from app.verdict.questions import Question, parse
from app.verdict.subjects import names, same
from app.verdict.words import Token, tokenize

_ENOUGH = 0.7  # of what a clause says, for the evidence's clause to speak of the same
_DENIES = 0.4
_BETTER = 0.3  # by how much another subject's clause must match more than the clause's own
_TIE = 0.1  # clauses whose coverage differs by less speak of it alike
_AUTHOR = frozenset(("author", "writer", "blogger"))
_BREAKS = frozenset(", ; : . ! ? ( ) — – while whereas but and although though".split())
_NEGATIVE = frozenset(("never", "no", "none", "nobody", "nothing", "neither", "hardly", "barely", "rarely", "seldom"))
_POSSESSIVES = frozenset(("its", "their", "his", "her"))


def contradictions(sentence: str, evidence: Sequence[Evidence]) -> dict[str, str]:
    """How the evidence speaks against the sentence, and why, by the name of the check; empty where it does not."""
    contrasts = [pair for piece in evidence for pair in _contrasts(piece)]
    found: dict[str, str] = {}
    for clause in split(sentence, evidence[0].subject if evidence else ""):
        asked, negative = _asked(clause)
        matches = [match for piece in evidence for match in readings(asked, piece)]
        matches = [match for match in matches if not _converse(asked, match.clause)]
        inverted = _turned(clause, matches)
        for name, why in (
            ("denied", _denied(negative, matches)),
            ("inverted_roles", inverted),
            ("said_of_another", "" if inverted else _swapped(asked, clause, matches)),
            ("mixed", _mixed(clause, contrasts)),
        ):
            if why:
                found.setdefault(name, why)
    for name, why in (
        ("compared_otherwise", _compared(sentence, evidence)),
        ("crossed", _crossed(sentence, evidence)),
        ("turned_round", _turned_round(sentence, evidence)),
    ):
        if why:
            found[name] = why
    return found


def _asked(clause: Clause) -> tuple[Question, bool]:
    """The clause as the question whether it holds, and whether the clause itself says that it does not.

    A pronoun or a missing subject is replaced by what it stands for.
    """
    verb = clause.verb or 0
    subject, rest = clause.tokens[:verb], clause.tokens[verb:]
    if clause.verb is not None and (clause.pronoun or not subject):
        subject = clause.subjects[0] if clause.subjects else tokenize("it")
    affirmed = [token for token in subject if token.word not in _NEGATIVE]
    asked = parse(" ".join(token.word for token in (*affirmed, *rest)))
    return asked, asked.stated_negative != (len(affirmed) < len(subject))


def _denied(negative: bool, matches: Sequence[Match]) -> str:
    telling = [match for match in matches if match.coverage >= _DENIES and match.positions]
    if not telling:
        return ""
    best = max(telling, key=lambda match: (match.coverage, match.about))
    alike = [match for match in telling if match.coverage > best.coverage - _TIE]
    agrees = any((match.sign > 0) != negative for match in alike)
    return "" if agrees else f"the quotes say otherwise: “{best.clause.text}”"


def _converse(asked: Question, clause: Clause) -> bool:
    """ "A is smaller than B" does not deny that B is larger."""
    than = next((at for at, token in enumerate(clause.tokens) if token.word == "than"), None)
    subject = _content(asked.subject)
    return than is not None and bool(subject) and _all_in(subject, clause.tokens[than:])


def _turned(clause: Clause, matches: Sequence[Match]) -> str:
    for match in matches:
        if match.coverage >= _ENOUGH and match.about <= 0.8 and _inverted(clause, match.clause):
            return f"the quotes say it the other way round: “{match.clause.text}”"
    return ""


def _swapped(asked: Question, clause: Clause, matches: Sequence[Match]) -> str:
    """What the clause says of its subject, the evidence says of another thing."""
    by_author = any(token.word in _AUTHOR for token in asked.subject)
    if clause.pronoun or (not _content(asked.subject) and not by_author):
        return ""
    own = max((match.coverage for match in matches if match.about >= (0.7 if by_author else 0.5)), default=0.0)
    others = [m for m in matches if m.about <= (0.6 if by_author else 0) and _has_own_subject(m.clause, by_author)]
    best = max(others, key=lambda match: match.coverage, default=None)
    if best is None or best.coverage < _ENOUGH or best.coverage - own < _BETTER:
        return ""
    elsewhere = by_author or any(
        names(asked.subject, subject) >= 0.7
        for match in matches
        if match.clause is not best.clause
        for subject in match.clause.subjects
    )
    return f"the quotes say it of another: “{best.clause.text}”" if elsewhere else ""


def _contrasts(piece: Evidence) -> list[tuple[Clause, Clause]]:
    """The neighbouring clauses of a quote that are set against each other and name what they are about, both ways."""
    pairs = [
        (one, other)
        for one, other in pairwise(split(piece.text))
        if one.contrasted and other.contrasted and _has_own_subject(one, False) and _has_own_subject(other, False)
    ]
    return [*pairs, *((other, one) for one, other in pairs)]


def _mixed(clause: Clause, contrasts: Sequence[tuple[Clause, Clause]]) -> str:
    """The clause says of one thing what the quotes, setting two against each other, say of the other."""
    verb = clause.verb or 0
    subject, rest = _content(clause.tokens[:verb]), _content(clause.tokens[verb:])
    if any(token.word == "than" for token in clause.tokens):
        return ""
    for one, other in contrasts:
        of_other = sum(_said_in(token, other) and not _said_in(token, one) for token in rest)
        of_one = sum(_said_in(token, one) and not _said_in(token, other) for token in rest)
        about_one = any(_said_in(token, one) and not _said_in(token, other) for token in subject)
        about_other = any(_said_in(token, other) and not _said_in(token, one) for token in subject)
        if about_one and not about_other and of_other > of_one and 2 * of_other >= len(rest):
            return f"the quotes say it of another: “{other.text}”"
    return ""


def _said_in(token: Token, clause: Clause) -> bool:
    return any(token.lemma == other.lemma for other in clause.tokens)


def _inverted(said: Clause, given: Clause) -> bool:
    """Whether subject and object have changed places, in the same voice."""
    if said.verb is None or given.verb is None or _passive(said) != _passive(given):
        return False
    theirs = [token for subject in given.subjects[:1] for token in _content(subject)]
    ours = [token for subject in said.subjects[:1] for token in _content(subject)]
    if not theirs or not ours or any(same(a, b) for a in ours for b in theirs):
        return False
    after, objects = said.tokens[said.verb :], given.tokens[given.verb :]
    return _all_in(theirs[-1:], after) and _all_in(ours[-1:], objects)


def _passive(clause: Clause) -> bool:
    return any(token.word == "by" for token in clause.tokens[clause.verb or 0 :])


def _all_in(wanted: Sequence[Token], tokens: Sequence[Token]) -> bool:
    return all(any(same(one, token) for token in tokens) for one in wanted)


def _content(tokens: Sequence[Token]) -> list[Token]:
    return [token for token in tokens if is_content(token)]


def _has_own_subject(clause: Clause, by_author: bool) -> bool:
    """Whether the clause names its subject itself; "its branches" and "my index" leave open whose."""
    if clause.pronoun or not clause.subjects:
        return False
    subject = clause.subjects[0]
    whose = {token.word for token in subject} & (PERSONS if by_author and len(subject) < 3 else _POSSESSIVES)
    points = any(token.word in POINTERS | {"one", "ones"} for token in subject)
    return not whose and not points and any(value_of(token.word) is None for token in _content(subject))


def _compared(sentence: str, evidence: Sequence[Evidence]) -> str:
    """A comparison, as the judge of verdicts reads it: it knows that smaller turned round is larger."""
    if not any(token.word == "than" for token in tokenize(sentence)):
        return ""
    verdict = judge(sentence, evidence)
    return f"the quotes compare otherwise ({verdict.reason})" if verdict.value == "no" else ""


def _crossed(sentence: str, evidence: Sequence[Evidence]) -> str:
    """Two parts that each take one half from one part of a quote, and one from the part beside it."""
    said = _parts(sentence)
    for piece in evidence:
        for one, other in pairwise(_parts(piece.text)):
            if sum(_from_both(part, one, other) for part in said) > 1:
                return f"it crosses “{_text(one)}” with “{_text(other)}”"
    return ""


def _parts(text: str) -> list[list[Token]]:
    """The content words between one comma, stop or conjunction and the next."""
    parts: list[list[Token]] = [[]]
    for token in tokenize(text):
        if token.word in _BREAKS:
            parts.append([])
        elif is_content(token):
            parts[-1].append(token)
    return [part for part in parts if part]


def _text(tokens: Sequence[Token]) -> str:
    return " ".join(token.word for token in tokens)


def _from_both(said: Sequence[Token], one: Sequence[Token], other: Sequence[Token]) -> bool:
    ones, others = {token.lemma for token in one}, {token.lemma for token in other}
    words = {token.lemma for token in said}
    return bool(words & (ones - others)) and bool(words & (others - ones))


def _turned_round(sentence: str, evidence: Sequence[Evidence]) -> str:
    """Two things of which the sentence affirms the one and denies the other, and the evidence the reverse."""
    said = _polarities(split(sentence))
    given = _polarities([clause for piece in evidence for clause in split(piece.text)])
    both = [lemma for lemma in said if lemma in given]
    turned = [lemma for lemma in both if said[lemma] != given[lemma] and None not in (said[lemma], given[lemma])]
    if len(turned) >= 2 and {said[lemma] for lemma in turned} == {True, False}:
        return "the quotes affirm what it denies, and deny what it affirms"
    return ""


def _polarities(clauses: Sequence[Clause]) -> dict[str, bool | None]:
    """By lemma: whether it is affirmed, denied (False), or both at different places (None)."""
    found: dict[str, bool | None] = {}
    for clause in clauses:
        denials = negations(clause.tokens)
        for at, token in enumerate(clause.tokens):
            if is_content(token):
                affirmed = sum(denial.denies(at) for denial in denials) % 2 == 0
                found[token.lemma] = affirmed if found.get(token.lemma, affirmed) == affirmed else None
    return found
