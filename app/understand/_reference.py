"""Pronouns: which ones point back to the last exchange, and their replacement."""

from collections.abc import Callable

from app.understand import _english as en
from app.understand._antecedent import MANY, PERSON, POSSESSIVE, THING
from app.understand._clause import Words, is_plural, norm, noun_phrases

Topic = Callable[[str, frozenset[str]], Words | None]
_CLAUSAL = en.word_set(
    "true possible impossible necessary likely unlikely clear worth known said safe ok okay wise "
    "better best important easy hard difficult good bad enough fair legal raining snowing time"
)
_DEMONSTRATIVES = frozenset(["this", "that", "these", "those"])


def fill_references(words: Words, topic: Topic) -> Words | None:
    """The words with each pronoun that points back replaced, or None where none does."""
    names = [norm(w) for w in words]
    filled: list[str] = []
    changed = False
    for at, word in enumerate(words):
        phrase = None
        if _points_back(names, words, at):
            own = frozenset(names) - en.FUNCTION_WORDS
            phrase = topic("it" if names[at] == "that" else names[at], own)
        if phrase is None:
            filled.append(word)
            continue
        changed = True
        possessive = names[at] in POSSESSIVE or (
            names[at] == "her" and _before_noun(names, at)
        )
        tail = word[len(word.rstrip(",;:")) :]
        filled.extend(
            (*phrase[:-1], (_genitive(phrase) if possessive else phrase[-1]) + tail)
        )
    return tuple(filled) if changed else None


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
    if name not in THING | MANY | PERSON:
        return False
    if name == "it" and _pleonastic(names, at):
        return False
    return not _has_own_antecedent(names, words, at)


def _demonstrative(names: list[str], at: int) -> bool:
    """ "that" and its like are pronouns only alone: not before a noun, nor joining a clause."""
    before = names[at - 1] if at else ""
    after = names[at + 1] if at + 1 < len(names) else ""
    predicates = (
        not after
        or after in en.DETERMINERS | en.PREPOSITIONS | en.ADVERBS
        or en.is_adjective(after)
        or en.is_participle(after)
    )
    if before in en.AUXILIARIES and at < 4:
        return predicates or (before not in en.BE and en.verb_score(after) > 0.3)
    return not after and (before in en.PREPOSITIONS or en.verb_score(before) > 0.05)


def _pleonastic(names: list[str], at: int) -> bool:
    """ "is it true that", "what time is it", "how long does it take to boil an egg"."""
    before, after = names[:at], names[at + 1 :]
    if not after:
        return "time" in before or before[:2] == ["how", "is"]
    if after[0] in ("rain", "snow", "raining", "snowing", "seem", "matter", "turn"):
        return True
    if (
        "that" in after[:4]
        and after[0] not in en.AUXILIARIES
        and _CLAUSAL & set(after[:3])
    ):
        return True
    if "to" not in after[:5]:
        return False
    opens = bool(_CLAUSAL & set(after[:3])) or after[0] in (
        "take",
        "cost",
        "make",
        "help",
        "takes",
    )
    action = after[after.index("to") + 1 :]
    # "is it easy to install?" asks about it; "is it easy to install docker?" does not.
    complete = any(n not in en.FUNCTION_WORDS for n in action[1:])
    return opens and complete


def _has_own_antecedent(names: list[str], words: Words, at: int) -> bool:
    """Whether a noun before the pronoun, in the same question, may be what it stands for.

    A possessive may point to its own clause's subject ("does docker use its kernel"); any other
    pronoun only to an earlier clause's ("does it smell when it is wet").
    """
    name = names[at]
    joined = any(n in en.SUBORDINATORS | {"that", "which", "who"} for n in names[1:at])
    if not (name in POSSESSIVE or name == "her" or joined):
        return False
    start = 1 if names[0] in en.WH else 0
    for phrase in noun_phrases(words[start:at]):
        people = any(norm(w) in en.PERSON_NOUNS for w in phrase)
        if name in PERSON:
            if people or phrase[-1][:1].isupper():
                return True
        elif not people and is_plural(phrase) == (name in MANY):
            return True
    return False
