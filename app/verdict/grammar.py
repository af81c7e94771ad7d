"""Closed classes of English words (`data/grammar.json`), and where a clause's verb stands."""

import json
from collections.abc import Sequence
from importlib.resources import files

from app.verdict.words import Token, is_verb

_CLASSES: dict[str, str] = json.loads(files(__package__).joinpath("data/grammar.json").read_text("utf-8"))

NUMBERS: dict[str, float] = json.loads(files(__package__).joinpath("data/numbers.json").read_text("utf-8"))


def word_class(name: str) -> frozenset[str]:
    """The words of a class."""
    return frozenset(_CLASSES[name].split())


COPULAS = word_class("copulas")
MODALS = word_class("modals")
DO = word_class("do")
AUXILIARIES = COPULAS | DO | word_class("have") | MODALS
WH = word_class("wh")
PERSONS = word_class("persons")
POINTERS = word_class("pointers")
DETERMINERS = word_class("determiners")
PREPOSITIONS = word_class("prepositions")
ADVERBS = word_class("adverbs")
CONJUNCTIONS = word_class("conjunctions")
PUNCTUATION = word_class("punctuation")
EMPTY_VERBS = word_class("empty_verbs")
LIGHT_VERBS = word_class("light_verbs")
# words that say nothing of their own: never required of the evidence
FUNCTION_WORDS = (
    AUXILIARIES
    | PERSONS
    | POINTERS
    | DETERMINERS
    | PREPOSITIONS
    | ADVERBS
    | CONJUNCTIONS
    | PUNCTUATION
    | WH
    | word_class("empty")
) - word_class("content")


def is_content(token: Token) -> bool:
    """Whether a word carries content of its own."""
    return token.word not in FUNCTION_WORDS


def verb_at(tokens: Sequence[Token], start: int = 0) -> int | None:
    """Index of the first finite verb or auxiliary, None where there is none.

    A word that can be a noun or a verb is read as a noun right after a determiner or a preposition,
    and where it opens a clause whose verb follows ("Cast iron needs ...").
    """
    for at in range(start, len(tokens)):
        token = tokens[at]
        if token.word in AUXILIARIES:
            return at
        if not is_verb(token.word) or token.word.endswith("ing"):
            continue
        previous = tokens[at - 1].word if at else ""
        # "this gives": a pointer that opens a clause is its subject
        pointing = at == 1 and previous in ("this", "that") and token.word.endswith("s")
        if (previous in DETERMINERS or previous in PREPOSITIONS - {"to"}) and not pointing:
            continue
        if (at == 0 and _opens_as_noun(tokens)) or _is_plural(tokens, at):
            continue
        return at
    return None


def _is_plural(tokens: Sequence[Token], at: int) -> bool:
    """ "Nordic boots leave ...": a bare verb follows, which only helping verbs take."""
    if (
        at + 1 == len(tokens)
        or not tokens[at].word.endswith("s")
        or tokens[at].lemma in ("let", "make", "help", "need")
    ):
        return False
    return is_verb(tokens[at + 1].word) and not tokens[at + 1].word.endswith(("s", "ed", "ing"))


def _opens_as_noun(tokens: Sequence[Token]) -> bool:
    """ "Cast iron needs ...", "Boots lock ...": the verb comes later."""
    if tokens[0].word.endswith("s") and tokens[1:] and is_verb(tokens[1].word):
        return True
    return any(t.word in AUXILIARIES or (is_verb(t.word) and t.word.endswith(("s", "ed"))) for t in tokens[1:4])
