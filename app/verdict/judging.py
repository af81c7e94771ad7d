"""The verdict: the first piece of evidence that settles the question, or none."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from app.verdict import answers, comparison, quantities
from app.verdict.clauses import Clause, split
from app.verdict.grammar import COPULAS, DETERMINERS, DO, MODALS, PERSONS, is_content, word_class
from app.verdict.matching import Match, main_verb, needs, read, terms
from app.verdict.negation import partly_denied
from app.verdict.questions import Question, parse
from app.verdict.subjects import names, same
from app.verdict.types import Evidence, Value, Verdict
from app.verdict.words import Token, is_comparative, is_negative, is_verb, tokenize

Kind = Literal["answers", "compares", "contrasts", "says", "denies", "only", "open"]
_ENOUGH = 0.7
_FULLY = 0.9
_ALIKE = 0.6
_IRREALIS = word_class("irrealis")
_LIKENESS = word_class("likeness")
_EXISTENCE = word_class("existence")
_SELDOM = frozenset(("rarely", "seldom", "hardly", "barely", "scarcely"))
_PRESENT = frozenset(("do", "does", "is", "are", "can"))
_STILL = frozenset(("still", "now", "today", "remain", "remains", "kept", "keep", "keeps", "yet"))
_NAMED = 0.6  # how much of the object a denial in other words must name
_PARTIAL = word_class("partial")
_DELICATE = word_class("delicate")
_ANY_DEED = word_class("light_verbs") | {"tri", "use", "test", "want"}
_ORDINALS = word_class("ordinals")
_UNEXCLUDED = frozenset(("only", "else", "other", "outside"))
_ONGOING = frozenset(("yet", "already"))
# with these in the question, the other side of a contrast says nothing of the first
_UNCONTRASTED = frozenset(("still", "other", "else", "more", "less")) | _PARTIAL


@dataclass(frozen=True)
class Ruling:
    """What the rules make of one piece of evidence: 1, -1 or 0 for what is asked, by which rule, and how surely."""

    sign: int
    kind: Kind
    clause: str
    confidence: float


_OPEN = Ruling(0, "open", "", 0.0)


def judge(question: str, evidence: Sequence[Evidence]) -> Verdict:
    """Yes or no where a piece of evidence, best first, settles the question; else None."""
    asked = parse(question)
    for rank, piece in enumerate(evidence):
        ruling = rule(asked, piece)
        if ruling.sign:
            sign = -ruling.sign if asked.stated_negative else ruling.sign
            value: Value = "yes" if sign > 0 else "no"
            return Verdict(value, f"{ruling.kind}: {ruling.clause!r}", round(ruling.confidence * 0.95**rank, 3))
    return Verdict(None, "no clause of the evidence settles it", 0.0)


def readings(asked: Question, piece: Evidence) -> list[Match]:
    """Every clause of a piece of evidence, read against the question."""
    heading = tokenize(piece.subject)
    clauses = split(piece.text, piece.subject)
    condition = tuple(token for clause in clauses if clause.conditional for token in clause.tokens)
    context = tokenize(piece.before)
    found: list[Match] = []
    for clause in clauses:
        found.append(read(asked, clause, heading, () if clause.conditional else condition, context))
        context += clause.tokens
    return found


def rule(asked: Question, piece: Evidence) -> Ruling:
    """The ruling of the first rule that applies to a piece of evidence."""
    answered = _answered(asked, piece)
    if answered is not None:
        return answered
    matches = readings(asked, piece)
    compared = _compared(asked, [match.clause for match in matches])
    if compared is not None:
        return Ruling(compared[0], "compares", compared[1].text, 0.9)
    best = max(matches, key=_rank, default=None)
    contrast = _contrast(asked, matches)
    if contrast is not None and (best is None or best.about <= 0.5 or contrast.coverage > best.coverage):
        return Ruling(-contrast.sign, "contrasts", contrast.clause.text, 0.85)
    if best is not None and best.about > 0:
        sign = _settle(asked, best)
        if sign:
            return Ruling(sign, "says", best.clause.text, round(0.6 + 0.35 * best.coverage * best.about, 3))
    denial = next((match for match in matches if _denied(asked, match)), None)
    if denial is not None:
        return Ruling(-1, "denies", denial.clause.text, 0.7)
    return _excluded(asked, matches)


def _answered(asked: Question, piece: Evidence) -> Ruling | None:
    """The evidence answers the question before it, and that is the one asked."""
    questions, answer = answers.asked_before(piece.text, piece.before)
    clause = answers.as_clause(questions, piece.subject) if questions else None
    if clause is None:
        return None
    match = read(asked, clause, tokenize(piece.subject))
    if match.coverage < _ENOUGH or match.about < 0.5:
        return None
    return Ruling(match.sign * answers.particle(answer), "answers", f"{questions[-1]} {answer}", 0.9)


def _rank(match: Match) -> tuple[bool, float, float]:
    return match.about > 0 and not match.other_verb, match.coverage, match.about


def _compared(asked: Question, clauses: Sequence[Clause]) -> tuple[int, Clause] | None:
    wanted = comparison.find(asked.body, asked.subject)
    if wanted is None or not wanted.right:
        return None
    for clause in clauses:
        left = clause.subjects[0] if clause.pronoun and clause.subjects else ()
        for given in comparison.find_all(clause.tokens, left):
            sign = comparison.compare(wanted, given)
            if sign is not None:
                return sign, clause
    return None


def _settle(asked: Question, match: Match) -> int:
    """What the best clause says: 1, -1, or 0 where it leaves the question open."""
    wanted_numbers = quantities.numbers(asked.body)
    if match.coverage < (_ENOUGH if match.about >= 0.9 else _FULLY) and not (wanted_numbers and not match.missing):
        return 0
    if match.other_verb or _has_than(asked.body):
        return 0
    # "is X a Y?" is not answered where X stands anywhere but in the subject, unless it is done to X
    passive = any(is_verb(token.word) or is_negative(token.word) for token in terms(asked.body)[:1])
    if match.about == 0.8 and asked.auxiliary in COPULAS and not passive:
        return 0
    tokens = match.clause.tokens
    given, wanted = quantities.words(tokens), quantities.words(asked.body + asked.subject)
    sign: int | None = match.sign
    if wanted_numbers:
        held = quantities.compare_numbers(wanted_numbers, quantities.numbers(tokens))
        if held is None:
            return 0
        sign = match.sign * held
    if not match.verb_said:
        return 0
    if "formerly" in given and asked.auxiliary in _PRESENT:
        return -match.sign if "still" in wanted else 0
    sign = quantities.quantify(wanted, given, sign or 0, partly_denied(tokens))
    if sign is None or (match.asked_negations and not match.negations and given & {"less", "few", "little", "than"}):
        return 0
    if sign == 1 and any(word.endswith("est") for word in wanted):
        if given & _ORDINALS - wanted:
            return -1
        if {"one", "of"} <= given - wanted or _narrowed(match):
            return 0
    if sign == -1 and given & _SELDOM and (asked.auxiliary in MODALS or "ever" in wanted):
        return 0
    return 0 if sign == 1 and not _real(asked, match, given, wanted) else sign


def _denied(asked: Question, match: Match) -> bool:
    """Whether a clause about the subject denies its object in other words: "I haven't joined a club" of a member."""
    words = asked.subject + asked.body
    if match.negations % 2 == 0 or match.asked_negations or match.opposed or match.about < 0.7:
        return False
    if not match.positions or asked.auxiliary in MODALS - {"can", "could", "will"}:
        return False
    if match.objects < _NAMED or match.clause.conditional or partly_denied(match.tokens) or quantities.numbers(words):
        return False
    if quantities.words(match.tokens) & _PARTIAL:
        return False
    if any(t.word in _DELICATE or is_comparative(t.word) or is_negative(t.word) for t in words):
        return False
    main = main_verb(match.clause)
    return match.verb_said or main is None or main.lemma in _ANY_DEED


def _real(asked: Question, match: Match, given: frozenset[str], wanted: frozenset[str]) -> bool:
    """Whether an affirming clause speaks of what is, as the question does."""
    tokens = match.clause.tokens
    necessary = needs(asked.body) or asked.auxiliary == "must"
    if (necessary and not needs(tokens) and not match.negations) or match.clause.conditional:
        return False
    if "still" in wanted and not given & _STILL:
        return False
    if wanted & _ONGOING and given & _STILL - {"now", "today", "yet"} - wanted:
        return False
    if _is_object(asked, match) or _only_otherwise(match):
        return False
    if any(token.word in _PARTIAL for subject in match.clause.subjects for token in subject if len(subject) > 1):
        return bool(wanted & _PARTIAL) or not any(token.word in PERSONS for token in asked.subject)
    if asked.auxiliary in MODALS and not necessary and needs(tokens):
        return False
    verbless = match.clause.verb is None and asked.auxiliary not in DO
    if verbless or (asked.existential and not given & _EXISTENCE):
        return False
    if given & _IRREALIS and not wanted & _IRREALIS and asked.auxiliary not in MODALS:
        return False
    if asked.auxiliary in COPULAS and given & _LIKENESS and not wanted & _LIKENESS:
        return False
    return not (_has_than(tokens) and not _has_than(asked.body) and _only_after_than(match))


def _is_object(asked: Question, match: Match) -> bool:
    """Whether the question's subject is what the deed is done to: "the duke sold it to the bishop"."""
    verb = match.clause.verb
    if match.about != 0.8 or verb is None or asked.auxiliary in COPULAS or asked.existential:
        return False
    wanted = [token for token in asked.subject if is_content(token)]
    places = [at for at, token in enumerate(match.tokens) if any(same(token, t) for t in wanted)]
    if not places or min(places) < verb:
        return False
    before = next((t for t in reversed(match.tokens[: min(places)]) if t.word not in DETERMINERS), None)
    return before is not None and (is_verb(before.word) or before.word == "to")


def _only_otherwise(match: Match) -> bool:
    """Whether the clause says what is asked of one case only: "it runs only under the subsystem"."""
    at = quantities.only_at(match.tokens)
    return at is not None and at > 0 and bool(match.positions) and max(match.positions) < at


def _has_than(tokens: Sequence[Token]) -> bool:
    return any(token.word == "than" for token in tokens)


def _narrowed(match: Match) -> bool:
    """ "The largest metropolitan zoo" need not be the largest zoo."""
    for at, token in enumerate(match.tokens):
        if at in match.positions and token.word.endswith("est"):
            head = min((position for position in match.positions if position > at), default=at)
            return any(is_content(between) for between in match.tokens[at + 1 : head])
    return False


def _only_after_than(match: Match) -> bool:
    than = next(at for at, token in enumerate(match.clause.tokens) if token.word == "than")
    return bool(match.positions) and min(match.positions) > than


def _contrast(asked: Question, matches: Sequence[Match]) -> Match | None:
    """A clause that says what is asked of something else, set against one about the question's subject."""
    asked_words = (*asked.subject, *asked.body)
    if any(t.word in _UNCONTRASTED or is_comparative(t.word) for t in asked_words) or quantities.numbers(asked_words):
        return None
    for at, match in enumerate(matches):
        clause = match.clause
        about = [token for token in asked.subject if is_content(token)]
        if match.about > 0.5 or match.coverage < _ALIKE or match.other_verb or not clause.contrasted:
            continue
        # what is asked must be said of the other thing, not be its name
        if clause.verb is None or clause.pronoun or max(match.positions, default=-1) < clause.verb:
            continue
        for other in matches[max(0, at - 1) : at + 2]:
            about_subject = other is not match and other.about >= 0.7 and other.clause.contrasted
            said = match.tokens[clause.verb :]
            another = any(names(asked.subject, subject) < 0.7 for subject in clause.subjects) and not any(
                same(token, word) for token in about for word in said
            )
            if about_subject and another and other.coverage < match.coverage:
                return match
    return None


def _excluded(asked: Question, matches: Sequence[Match]) -> Ruling:
    """ "Only adults can borrow films" answers no for children; "runs only on Linux" for Windows."""
    words = (*asked.subject, *asked.body)
    if _has_than(asked.body) or asked.existential or any(t.word in _UNEXCLUDED or is_negative(t.word) for t in words):
        return _OPEN
    for match in matches:
        clause = match.clause
        at = quantities.only_at(match.tokens)
        if at is None or match.negations or clause.verb is None:
            continue
        in_subject = at == 0 or (match.tokens[at].word == "alone" and at < clause.verb)
        subject_out = in_subject and match.about <= 0 and match.coverage >= _FULLY
        objects = [token for token in match.missing if is_content(token)]
        verb_said = any(position >= clause.verb for position in match.positions)
        object_out = match.about >= 0.7 and verb_said and not match.other_verb and 0 < len(objects) < 3
        if subject_out or (object_out and not in_subject):
            return Ruling(-1, "only", clause.text, 0.8)
    return _OPEN
