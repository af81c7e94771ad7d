"""What "it", "they" or "she" stands for: candidates from the last question, then from its answer."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from app.understand import _english as en
from app.understand._clause import Clause, Words, is_plural, norm, noun_phrases
from app.understand._vocabulary import Vocabulary

THING = en.word_set("it its this that")
MANY = en.word_set("they them their theirs these those")
PERSON = en.word_set("he she him her his hers")
POSSESSIVE = en.word_set("its their theirs his hers")
_NAME = re.compile(
    r"\b[A-Z][\w'’.-]*(?:\s+(?:(?:of|the|von|van|de|da)\s+)?[A-Z][\w'’-]*)*"
)


@dataclass(frozen=True)
class Candidate:
    """A phrase that a pronoun may stand for, and how prominent it is."""

    phrase: Words
    prominence: float

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
        first = (
            last.subject if link in ("than", "from") else (before[-1] if before else ())
        )
        if first and after[0]:
            return _bare(first), _bare(after[0])
    return None


def candidates(
    last: Clause, answer: str, vocabulary: Vocabulary
) -> Iterator[Candidate]:
    """What the last exchange was about, most prominent by far: the question's subject."""
    both = pair(last)
    coordinated = both is not None and bool(
        {"or", "and"} & {norm(w) for w in last.words}
    )
    if both is not None and coordinated:
        joined = (*both[0], "and", *both[1])
        yield Candidate(joined, 4.0)
        yield from (Candidate(p, 2.0 + _first_in(p, answer)) for p in both)
    if last.subject and not coordinated and norm(last.subject[0]) not in en.PERSONAL:
        yield Candidate(_bare(last.subject), 4.0 + _topical(last.subject, vocabulary))
    for at, phrase in enumerate(noun_phrases(last.rest)):
        if not coordinated:
            yield Candidate(_bare(phrase), 3.0 - at + _topical(phrase, vocabulary))
    for at, phrase in enumerate(noun_phrases(last.lead)):
        yield Candidate(_bare(phrase), 1.5 - at)
    asks_which = not last.subject or bool(last.lead and norm(last.lead[0]) == "who")
    for at, name in enumerate(_names(answer, vocabulary)):
        yield Candidate(name, (2.5 if asks_which else 0.5) - at)


def antecedent(
    pronoun: str, own: frozenset[str], last: Clause, answer: str, vocabulary: Vocabulary
) -> Words | None:
    """The phrase for `pronoun`, sharing no word with `own` (the words beside it), or None."""
    best: tuple[float, Words] | None = None
    for candidate in candidates(last, answer, vocabulary):
        if not candidate.names or candidate.names <= own:
            continue
        fit = candidate.prominence + _agreement(pronoun, candidate.phrase, last, answer)
        if best is None or fit > best[0]:
            best = fit, candidate.phrase
    return best[1] if best is not None and best[0] > 0 else None


def _agreement(pronoun: str, phrase: Words, last: Clause, answer: str) -> float:
    person = is_person(phrase) or _answers_who(phrase, last, answer)
    if pronoun in PERSON:
        named = all(w[:1].isupper() for w in phrase if norm(w) not in en.FUNCTION_WORDS)
        return 3.0 if person else (1.0 if named else -9.0)
    plural = is_plural(phrase)
    if pronoun in MANY:
        return 3.0 if plural else 0.0
    return (0.0 if plural else 3.0) - (9.0 if person else 0.0)


def is_person(phrase: Words) -> bool:
    """Whether a phrase names people by their role."""
    return any(norm(w) in en.PERSON_NOUNS for w in phrase)


def _answers_who(phrase: Words, last: Clause, answer: str) -> bool:
    """Whether a name of the answer is who the last question asked for."""
    asked = bool(last.lead) and norm(last.lead[0]) in ("who", "whom")
    return asked and phrase[0][:1].isupper() and " ".join(phrase) in answer


def _names(answer: str, vocabulary: Vocabulary) -> Iterator[Words]:
    """Proper names and topics of an answer, in order; a sentence's first word only if a topic."""
    seen = set()
    for match in _NAME.finditer(answer):
        words = tuple(match.group().split())
        if norm(words[0]) in en.FUNCTION_WORDS | {"yes", "no"}:
            words = words[1:]
        known = all(w.casefold() in en.frequencies() for w in words)
        if len(words) == 1 and known and not vocabulary.is_topic(norm(words[0])):
            continue
        if words and words not in seen:
            seen.add(words)
            yield words


def _first_in(phrase: Words, answer: str) -> float:
    at = answer.casefold().find(norm(phrase[-1]))
    return 0.0 if at < 0 else 1.0 / (1 + at)


def _topical(phrase: Words, vocabulary: Vocabulary) -> float:
    return 2.0 if any(vocabulary.is_topic(norm(w)) for w in phrase) else 0.0


def _bare(phrase: Words) -> Words:
    """A phrase to say again: no comma, and definite ("a kernel" is "the kernel" the second time)."""
    words = tuple(w.strip(",;:\"'“”") for w in phrase)
    if words and norm(words[0]) in ("any", "some", "each", "every", "another", "no"):
        words = words[1:]
    return words
