"""What "it", "they" or "she" stands for: candidates from the last question, then from its answer."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from app.understand import _english as en
from app.understand._clause import Clause, Words, is_plural, norm, noun_phrases, objects
from app.understand._vocabulary import Vocabulary

THING = en.word_set("it its this that")
MANY = en.word_set("they them their theirs these those")
PERSON = en.word_set("he she him her his hers")
POSSESSIVE = en.word_set("its their theirs his hers")
_QUANTIFIERS = en.word_set("any some each every another no many much few several")
_NAME = re.compile(r"\b[A-Z][\w'’.-]*(?:\s+(?:(?:of|the|von|van|de|da)\s+)?[A-Z][\w'’-]*)*")


@dataclass(frozen=True)
class Candidate:
    """A phrase that a pronoun may stand for, and how prominent it is."""

    phrase: Words
    prominence: float
    person: bool = False  # known to be one, as the answer to "who"

    @property
    def names(self) -> frozenset[str]:
        """Its content words."""
        return frozenset(norm(w) for w in self.phrase) - en.FUNCTION_WORDS


def pair(last: Clause) -> tuple[Words, Words] | None:
    """The two things that a question compares: "A or B", or "A ... than B"."""
    words = last.words
    names = [norm(w) for w in words]
    for link in ("or", "and", "versus", "vs", "than", "from"):
        if link not in names:
            continue
        at = names.index(link)
        after = noun_phrases(words[at + 1 :]) or [tuple(words[at + 1 :][:1])]
        before = noun_phrases(words[:at])
        first = last.subject if link in ("than", "from") else (before[-1] if before else ())
        if first and after[0]:
            return _bare(first), _bare(after[0])
    return None


def candidates(last: Clause, answer: str, vocabulary: Vocabulary) -> Iterator[Candidate]:
    """What the last exchange was about, most prominent by far: the question's subject."""

    def candidate(phrase: Words, weight: float, person: bool = False) -> Candidate:
        return Candidate(_bare(phrase), weight + _topical(phrase, vocabulary), person)

    both = pair(last)
    asks_who = bool(last.lead) and norm(last.lead[0]) in ("who", "whom")
    if both is not None and {"or", "and"} & _names_of(last.words):
        yield Candidate((*both[0], "and", *both[1]), 4.0)
        yield from (Candidate(p, 2.0 + _first_in(p, answer)) for p in both)
    else:
        if last.subject and norm(last.subject[0]) not in en.PERSONAL:
            described = asks_who and norm(last.auxiliary) in en.BE  # "who is the king"
            yield candidate(last.subject, 4.0, described)
        for at, phrase in enumerate(objects(last)):
            yield candidate(phrase, (1.5 if after_preposition(phrase, last.rest) else 3.0) - at)
    of_kind = {"kind", "type", "sort"} & _names_of(last.lead)
    for phrase in noun_phrases(last.lead)[bool(of_kind) :][:1]:
        yield candidate(_definite(phrase), 1.5 if last.subject else 3.5)
    prominence = _prominence_of_answer(last, asks_who)
    for at, (name, oblique) in enumerate(_names(answer, vocabulary)):
        if " ".join(name).casefold() not in " ".join(last.words).casefold():
            yield Candidate(name, prominence - at, asks_who and not oblique)
    if asks_who and not last.subject and last.rest:
        yield Candidate(("the", "one", "who", *last.words[1:]), 0.0, True)


def _prominence_of_answer(last: Clause, asks_who: bool) -> float:
    """How prominent the answer's names are: most where they are what was asked for."""
    if last.subject:
        return 2.5 if asks_who else 0.5
    return 4.5 if asks_who else 3.75 if len(last.lead) > 1 else 2.5


def after_preposition(phrase: Words, words: Words) -> bool:
    """Whether the phrase follows a preposition in `words`."""
    return any(
        words[at : at + len(phrase)] == phrase and norm(words[at - 1]) in en.PREPOSITIONS for at in range(1, len(words))
    )


def antecedent(
    pronoun: str,
    last: Clause,
    answer: str,
    vocabulary: Vocabulary,
    own: frozenset[str],
    taken: frozenset[str],
    verb: str,
) -> Words | None:
    """The phrase that `pronoun` stands for after the question `last` and its answer, or None.

    Words that other pronouns stand for are `taken`. Where the best phrase is one that the
    question names itself (its `own` words), the pronoun does not point back. After the verb that
    the last question had too, its object is meant ("doesn't packer share it?").
    """
    if pronoun == "there":
        return _place(own, last, answer)
    parallel = objects(last)[:1] if verb and verb in map(norm, last.rest[:1]) else []
    best: tuple[float, Candidate] | None = None
    for candidate in candidates(last, answer, vocabulary):
        names = candidate.names
        if not names or names <= taken or all(map(en.is_number, names)):
            continue
        fit = candidate.prominence + _agreement(pronoun, candidate)
        fit += 4.0 if candidate.phrase in map(_bare, parallel) else 0.0
        if best is None or fit > best[0]:
            best = fit, candidate
    if best is None or best[0] <= 0 or best[1].names <= own:
        return None
    return best[1].phrase


def _agreement(pronoun: str, candidate: Candidate) -> float:
    """How well a candidate fits a pronoun in number and person."""
    phrase = candidate.phrase
    person = candidate.person or is_person(phrase)
    if pronoun in PERSON:
        capitals = [w[:1].isupper() for w in phrase]
        return 3.0 if person else 1.0 if all(capitals) and len(phrase) < 4 else -9.0
    plural = is_plural(phrase)
    if pronoun in MANY:
        return 3.0 if plural else 0.0
    return (0.0 if plural else 3.0) - (9.0 if person else 0.0)


_IN_PLACE = re.compile(r"\b([Ii]n|[Aa]t|[Oo]n|[Nn]ear)\s+((?:the\s+)?[A-Z][\w'’-]+)")


def _place(own: frozenset[str], last: Clause, answer: str) -> Words | None:
    """What "there" stands for, with its preposition: where the last exchange was."""
    words = last.words
    for at, word in enumerate(words[:-1]):
        if norm(word) not in ("in", "at", "on", "near", "inside"):
            continue
        phrases = noun_phrases(words[at + 1 :])
        if phrases and not _names_of(phrases[0]) <= own and "or" not in _names_of(words):
            return (word, *_bare(phrases[0]))
    found = _IN_PLACE.search(answer)
    return (found[1].lower(), *found[2].split()) if found else None


def _names_of(words: Words) -> frozenset[str]:
    return frozenset(norm(w) for w in words)


def is_person(phrase: Words) -> bool:
    """Whether a phrase names people by their role."""
    return any(norm(w) in en.PERSON_NOUNS for w in phrase)


def _names(answer: str, vocabulary: Vocabulary) -> Iterator[tuple[Words, bool]]:
    """Proper names and topics of an answer, in order, and whether each is a place or goal ("to X").

    A sentence's first word has a capital anyway, so an English word alone must be a topic.
    """
    seen = set()
    for match in _NAME.finditer(answer):
        words = tuple(w.strip(".") for w in match.group().split())
        before = answer[: match.start()].split()[-1:]
        oblique = bool(before) and norm(before[0]) in ("to", "in", "from", "at", "near", "on")
        if norm(words[0]) in en.FUNCTION_WORDS | {"yes", "no"}:
            words = words[1:]
        known = all(w.casefold() in en.frequencies() for w in words)
        if len(words) == 1 and known and not vocabulary.is_topic(norm(words[0])):
            continue
        if words and words not in seen:
            seen.add(words)
            yield words, oblique


def _first_in(phrase: Words, answer: str) -> float:
    at = answer.casefold().find(norm(phrase[-1])) if phrase else -1
    return 0.0 if at < 0 else 1.0 / (1 + at)


def _topical(phrase: Words, vocabulary: Vocabulary) -> float:
    return 1.5 if any(vocabulary.is_topic(norm(w)) for w in phrase) else 0.0


def _definite(phrase: Words) -> Words:
    """ "which ship", said again, is "the ship"."""
    bare = _bare(phrase)
    named = not bare or bare[0][:1].isupper() or norm(bare[0]) in en.DETERMINERS
    return bare if named else ("the", *bare)


def _bare(phrase: Words) -> Words:
    """A phrase to say again: no comma, and definite ("a kernel" is "the kernel" the second time)."""
    words = tuple(w.strip(",;:\"'“”") for w in phrase)
    while words and norm(words[0]) in _QUANTIFIERS:
        words = words[1:]
    if words and norm(words[0]) in POSSESSIVE | {"her"}:
        return ("the", *words[1:])  # whose it was is another reference
    return words
