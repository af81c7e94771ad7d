"""Where a fragment goes in the last question: its subject, its object, or its place or time."""

from dataclasses import replace

from app.understand import _english as en
from app.understand._antecedent import after_preposition, is_person, pair
from app.understand._clause import Clause, Words, is_plural, norm, objects
from app.understand._vocabulary import Vocabulary

OTHER = frozenset(["the other one", "the other", "the others", "the other ones", "the second one"])


def substitute(part: Words, last: Clause, vocabulary: Vocabulary) -> Words:
    """The last question's words with `part` in the place of what it is the counterpart of."""
    name = norm(part[0])
    if name in en.PREPOSITIONS and name != "like":
        return replace(last, rest=_with_adjunct(part, last.rest)).words
    if len(part) == 1 and name in ("now", "today", "tomorrow", "yesterday", "then"):
        return (*last.words, *part)
    if len(part) == 1 and en.is_adjective(name) and not vocabulary.is_topic(name):
        for at in range(len(last.rest) - 1, -1, -1):
            if en.is_adjective(norm(last.rest[at])):
                return replace(last, rest=(*last.rest[:at], *part, *last.rest[at + 1 :])).words
    both = pair(last)
    if last.subject and both and {"or", "and"} & {norm(w) for w in last.subject}:
        return last.with_subject(part).words
    if last.subject and not _belongs_in_rest(part, last, vocabulary):
        return last.with_subject(part).words
    return _with_object(part, last).words


def _belongs_in_rest(part: Words, last: Clause, vocabulary: Vocabulary) -> bool:
    """Whether `part` is more like the object than like the subject of the last question."""
    said = objects(last)
    if not said or (is_plural(part) and is_plural(last.subject)):
        return False
    if norm(last.subject[0]) in en.PERSONAL or is_person(last.subject):
        return not is_person(part)

    def topical(phrase: Words) -> bool:
        return any(vocabulary.is_topic(norm(w)) for w in phrase)

    def kind(phrase: Words) -> tuple[bool, bool]:
        return topical(phrase), any(w[:1].isupper() for w in phrase)

    if kind(part) == kind(last.subject):
        return False
    return (
        topical(last.subject)
        and not topical(part)
        and any(kind(part) == kind(o) for o in said if not after_preposition(o, last.rest))
    )


def _with_adjunct(part: Words, rest: Words) -> Words:
    """`rest` with its place or time replaced by `part`, or `part` added."""
    names = [norm(w) for w in rest]
    new_time = is_time(part)
    for at in range(len(rest) - 1, -1, -1):
        if names[at] not in en.PREPOSITIONS:
            continue
        old_time = is_time(rest[at:])
        if old_time == new_time and (old_time or names[at] == norm(part[0])):
            return (*rest[:at], *part)
    return (*rest, *part)


def is_time(phrase: Words) -> bool:
    """Whether a phrase says when."""
    return any(norm(w) in en.TIMES or (en.is_number(norm(w)) and len(norm(w)) == 4) for w in phrase)


def _with_object(part: Words, last: Clause) -> Clause:
    """The clause with its first object replaced by `part`."""
    rest = last.rest
    for target in objects(last)[:1]:
        for at in range(len(rest) - len(target) + 1):
            if rest[at : at + len(target)] == target:
                return replace(last, rest=(*rest[:at], *part, *rest[at + len(target) :]))
    return replace(last, rest=(*rest, *part))
