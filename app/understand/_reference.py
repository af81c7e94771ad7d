"""Pronouns: which ones point back to the last exchange, and their replacement."""

from typing import Protocol

from app.understand import _english as en
from app.understand._antecedent import MANY, PERSON, POSSESSIVE, THING, is_person
from app.understand._clause import Words, is_plural, norm, noun_phrases, parse

_CLAUSAL = en.word_set(
    "true possible impossible necessary likely unlikely clear worth known said safe ok okay wise "
    "better best important easy hard difficult good bad enough fair legal raining snowing time"
)
_WEATHER = en.word_set("rain snow raining snowing seem matter turn")
_IMPERSONAL = en.word_set("take takes cost costs make help to")
_RELATIVES = en.word_set("that which who")
_VERB = 0.05  # verb scores: above the first a word can be a verb, above the second it mostly is
_LIKELY_VERB = 0.3
_OF_TEXTS = en.word_set("written published posted updated about")
_DEMONSTRATIVES = frozenset(["this", "that", "these", "those"])


class Antecedents(Protocol):
    """Finds what a pronoun stands for; `Context` is one."""

    def antecedent(self, pronoun: str, own: frozenset[str], taken: frozenset[str], verb: str) -> Words | None:
        """The phrase, given the question's own words, those taken, and the word before."""

    def compared(self) -> tuple[Words, Words] | None:
        """The former and the latter."""


def fill_references(words: Words, context: Antecedents) -> Words | None:
    """The words with each pronoun that points back replaced, or None where none does."""
    words, changed = _with_ordinals(words, context)
    names = [norm(w) for w in words]
    filled: list[str] = []
    own = frozenset(names) - en.FUNCTION_WORDS
    spoken_for: dict[str, frozenset[str]] = {}
    for at, word in enumerate(words):
        phrase = None
        if _points_back(names, words, at):
            taken = frozenset[str]().union(*(n for p, n in spoken_for.items() if p != names[at]))
            phrase = context.antecedent(names[at], own, taken, names[at - 1] if at else "")
        if phrase is None:
            filled.append(word)
            continue
        changed = True
        spoken_for[names[at]] = frozenset(map(norm, phrase))
        if names[at] == "there" and filled and norm(filled[-1]) == norm(phrase[0]):
            filled.pop()  # "in there"
        possessive = names[at] in POSSESSIVE or (names[at] == "her" and _before_noun(names, at))
        tail = word[len(word.rstrip(",;:")) :]
        filled.extend((*phrase[:-1], (_genitive(phrase) if possessive else phrase[-1]) + tail))
    return tuple(filled) if changed else None


_ORDINALS = {"the former": 0, "the first one": 0, "the latter": 1, "the second one": 1}


def _with_ordinals(words: Words, context: Antecedents) -> tuple[Words, bool]:
    """ "the former" and "the latter" replaced by what they count."""
    names = [norm(w) for w in words]
    for at in range(len(words)):
        for size in (2, 3):
            which = _ORDINALS.get(" ".join(names[at : at + size]))
            both = context.compared() if which is not None else None
            if which is not None and both is not None:
                return (*words[:at], *both[which], *words[at + size :]), True
    return words, False


def _genitive(phrase: Words) -> str:
    last = phrase[-1]
    return last + ("'" if is_plural(phrase) and last.endswith("s") else "'s")


def _before_noun(names: list[str], at: int) -> bool:
    return at + 1 < len(names) and names[at + 1] not in en.FUNCTION_WORDS


def _points_back(names: list[str], words: Words, at: int) -> bool:
    """Whether the word at `at` is a pronoun whose antecedent is outside the question."""
    name = names[at]
    if name in _DEMONSTRATIVES:
        return _demonstrative(names, at)
    if name == "there":
        return _is_place(names, at)
    if name not in THING | MANY | PERSON:
        return False
    if name == "it" and _pleonastic(names, at):
        return False
    return not _has_own_antecedent(names, words, at)


def _demonstrative(names: list[str], at: int) -> bool:
    """ "that" and its like are pronouns only alone: not before a noun, nor joining a clause."""
    before = names[at - 1] if at else ""
    after = names[at + 1] if at + 1 < len(names) else ""
    beyond = names[at + 2] if at + 2 < len(names) else ""
    if names[at] == "this" and after in _OF_TEXTS:
        return False  # "when was this written": the text itself
    if before not in en.AUXILIARIES or at > 4:
        return not after and (before in en.PREPOSITIONS or en.verb_score(before) > _VERB)
    noun_follows = bool(beyond) and beyond not in en.FUNCTION_WORDS | {"enough"}
    if en.is_adjective(after):
        return not noun_follows  # "is that safe", but "was this short trip"
    if before not in en.BE and en.verb_score(after) > _LIKELY_VERB:
        return en.verb_score(beyond) <= _LIKELY_VERB  # "did that help", not "did this win have"
    determined = en.DETERMINERS | en.PREPOSITIONS | en.ADVERBS
    return not after or after in determined or en.is_participle(after)


def _is_place(names: list[str], at: int) -> bool:
    """Whether "there" says where, and does not open "there is"."""
    exists = en.BE | en.HAVE | en.MODAL
    return at > 0 and names[at - 1] not in exists and not exists & set(names[at + 1 : at + 2])


def _pleonastic(names: list[str], at: int) -> bool:
    """ "is it true that", "what time is it", "how long does it take to boil an egg"."""
    before, after = names[:at], names[at + 1 :]
    if not after:
        return "time" in before or before[:2] == ["how", "is"]
    if after[0] in _WEATHER:
        return True
    clausal = bool(_CLAUSAL & set(after[:3])) or any(map(en.is_adjective, after[:2]))
    if after[0] not in en.AUXILIARIES and "that" in after[:4] and clausal:
        return True
    if after[0] == "mean" and len(after) > 1:
        return True
    if after[0] == "from" and "far" in before:
        return True
    if "to" not in after[:5]:
        return False
    action = after[after.index("to") + 1 :]
    if "than" in action:
        action = action[: action.index("than")]
    # "is it easy to install?" asks about it; "is it easy to install docker?" does not.
    complete = any(n not in en.FUNCTION_WORDS for n in action[1:])
    return (clausal or after[0] in _IMPERSONAL) and complete


def _has_own_antecedent(names: list[str], words: Words, at: int) -> bool:
    """Whether a noun before the pronoun, in the same question, may be what it stands for.

    A possessive may point to its own clause's subject ("does docker use its kernel"); any other
    pronoun only to an earlier clause's ("does it smell when it is wet").
    """
    name = names[at]
    possessive = name in POSSESSIVE or (name == "her" and _before_noun(names, at))
    if not possessive and not _joins_clauses(names[:at], words[:at]):
        return False
    if names[0] == "who" and not parse(words).subject and (possessive or name not in THING):
        return True  # "who gave their name": the one asked for
    start = 1 if names[0] in en.WH else 0
    return any(_may_be(name, phrase) for phrase in noun_phrases(words[start:at]))


def _joins_clauses(names: list[str], words: Words) -> bool:
    """Whether a second clause has begun: a conjunction, a comma, an infinitive or an auxiliary."""
    later = names[1:]
    return (
        any(n in en.SUBORDINATORS or n in _RELATIVES for n in later)
        or "to" in later[:-1]
        or any(w.endswith(",") for w in words)
        or sum(n in en.AUXILIARIES for n in names) > 1
    )


def _may_be(pronoun: str, phrase: Words) -> bool:
    """Whether a pronoun may stand for a phrase of its own question."""
    people = is_person(phrase)
    named = any(w[:1].isupper() for w in phrase)
    if pronoun in PERSON:
        return people or named
    if pronoun in MANY:
        return named or any(en.is_plural(norm(w)) for w in phrase)
    return not people and not is_plural(phrase)
