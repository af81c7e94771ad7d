"""Phrases such as "and VMs?" and "on Windows?", put in their place in the last question."""

from dataclasses import replace

from app.understand import _english as en
from app.understand._antecedent import after_preposition, is_person, pair
from app.understand._clause import Clause, Words, is_plural, join, norm, objects
from app.understand._context import Context, Said, phrase_of
from app.understand._reference import fill_references
from app.understand._vocabulary import Vocabulary

_OTHER = frozenset(["the other one", "the other", "the others", "the other ones"])
_POINTS_OF_TIME = en.word_set("now today tomorrow yesterday then")
_SUBJECT_PRONOUNS = en.word_set("i you we he she it they this that these those there")


def fragment(said: Said, context: Context) -> str | None:
    """A phrase that is no question of its own: the last question is asked about it."""
    part, names = said.words, said.names
    if not names or not all(names) or names[0] in en.WH or en.AUXILIARIES & set(names):
        return None
    if names[0] in _SUBJECT_PRONOUNS or not (said.marked or _stands_for_question(said, context)):
        return None
    filled = fill_references(part, context)
    if filled is not None:
        return join(("what", "are" if is_plural(filled) else "is", *filled))
    if phrase_of(part) in _OTHER:
        other = _other(context)
        if other is None:
            return None
        part = other
    return join(substitute(part, context.clause, context.vocabulary))


def _stands_for_question(said: Said, context: Context) -> bool:
    """Whether a bare phrase with a question mark continues the conversation.

    "VMs?" and "on windows?" do; "hello?" is no word of the collection, and longer phrases are
    searches of their own.
    """
    names = said.names
    if phrase_of(said.words) in _OTHER:
        return True
    content = [n for n in names if n not in en.FUNCTION_WORDS]
    if not said.asks or not content or not all(map(context.vocabulary.has, content)):
        return False
    return len(names) < (4 if names[0] in en.PREPOSITIONS else 3)


def _other(context: Context) -> Words | None:
    """Of two things compared, the one that the answer does not begin with; else the last subject."""
    both = pair(context.clause)
    if both is None:
        return context.earlier_subject()
    said = context.last.answer.casefold()
    places = [said.find(norm(p[-1])) for p in both]
    begins_with_second = places[0] < 0 <= places[1] or 0 <= places[1] < places[0]
    return both[0] if begins_with_second else both[1]


def substitute(part: Words, last: Clause, vocabulary: Vocabulary) -> Words:
    """The last question's words with `part` in the place of what it is the counterpart of."""
    name = norm(part[0])
    if name in en.PREPOSITIONS and name != "like":
        return replace(last, rest=_with_adjunct(part, last.rest)).words
    if len(part) == 1 and name in _POINTS_OF_TIME:
        return (*last.words, *part)
    if len(part) == 1 and en.is_adjective(name) and not vocabulary.is_topic(name):
        for at in range(len(last.rest) - 1, -1, -1):
            if en.is_adjective(norm(last.rest[at])):
                return replace(last, rest=(*last.rest[:at], *part, *last.rest[at + 1 :])).words
    both = pair(last)
    if both and "between" in map(norm, last.words):
        return _replaced(last.words, both[1], part)
    if last.subject and both and {"or", "and"} & {norm(w) for w in last.subject}:
        return last.with_subject(part).words
    if last.subject and not _belongs_in_rest(part, last, vocabulary):
        return last.with_subject(part).words
    return replace(last, rest=_with_object(part, last)).words


def _belongs_in_rest(part: Words, last: Clause, vocabulary: Vocabulary) -> bool:
    """Whether `part` is more like the object than like the subject of the last question."""
    said = objects(last)
    if not said or (is_plural(part) and is_plural(last.subject)):
        return False
    if norm(last.subject[0]) in en.PERSONAL or is_person(last.subject):
        return not is_person(part)

    def kind(phrase: Words) -> tuple[bool, bool]:
        topical = any(vocabulary.is_topic(norm(w)) for w in phrase)
        return topical, any(w[:1].isupper() for w in phrase)

    alike = (kind(part) == kind(o) for o in said if not after_preposition(o, last.rest))
    return kind(last.subject)[0] and not kind(part)[0] and any(alike)


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
    names = [norm(w) for w in phrase]
    return any(n in en.TIMES or (en.is_number(n) and len(n) == 4) for n in names)


def _with_object(part: Words, last: Clause) -> Words:
    """What is said of the subject, with its first object replaced by `part`."""
    said = objects(last)
    return _replaced(last.rest, said[0], part) if said else (*last.rest, *part)


def _replaced(words: Words, old: Words, new: Words) -> Words:
    """The words with the phrase `old` replaced, or `new` added where it is not found."""
    names, sought = [norm(w) for w in words], [norm(w) for w in old]
    for at in range(len(words) - len(old) + 1):
        if names[at : at + len(old)] == sought:
            return (*words[:at], *new, *words[at + len(old) :])
    return (*words, *new)
