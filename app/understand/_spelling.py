"""Loose input: typos, words run together or taken apart, shouting, and keys held down.

A word that is known to the collection or to English is never respelled; neither is anything with a
digit, an underscore or a dot inside (versions, addresses, code).
"""

import re

from app.understand._english import FUNCTION_WORDS, frequencies, word_set
from app.understand._vocabulary import Vocabulary

_TOKEN = re.compile(r"\S+")
_LETTERS = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_REPEATED_MARKS = re.compile(r"[?!]{2,}")
_PAIR = re.compile(r"(?<![^\s(\"'“‘])(?=([^\W\d_]{3,})[ -]([^\W\d_]{3,})(?![\w@/\\]))")
_NAME_LENGTH = 8  # letters; shorter words are too often made by chance of two others
_HELD_KEY = re.compile(r"(.)\1{2,}")
_CODE = re.compile(r"[\d_@/\\:.=<>{}\[\]#](?=\w)")
# Contractions typed without their apostrophe are words to a reader.
_CONTRACTIONS = word_set(
    "whats dont doesnt didnt isnt arent wasnt werent cant couldnt wont wouldnt shouldnt hasnt "
    "havent hadnt thats theres heres whos hows wheres whens whys im ive youre theyre lets aint"
)
# Function words that a missed space joins to their neighbour.
_JOINED = word_set(
    "a an the is are was were of in on to for and or does do did can what why how who when where "
    "it at by with as from that this has have"
)


def correct(question: str, vocabulary: Vocabulary) -> tuple[str, tuple[tuple[str, str], ...]]:
    """The question with its slips repaired, and (as typed, as read) for each word changed."""
    text = _quieter(question)
    if _is_foreign(text, vocabulary):
        return text, ()
    corrections: list[tuple[str, str]] = []

    def repair(match: re.Match[str]) -> str:
        word = match.group()
        repaired = _repair_word(word, vocabulary)
        if repaired is None:
            return word
        if word[0].isupper():
            repaired = repaired[0].upper() + repaired[1:]
        corrections.append((word, repaired))
        return repaired

    def repair_token(match: re.Match[str]) -> str:
        token = match.group()
        # Digits and inner punctuation mark an address, a version or code: not ours to spell.
        return token if _CODE.search(token) or any(map(str.isdigit, token)) else _LETTERS.sub(repair, token)

    repaired = _TOKEN.sub(repair_token, text)
    joined, names = _join_names(repaired, vocabulary)
    return joined, (*corrections, *names)


def _join_names(text: str, vocabulary: Vocabulary) -> tuple[str, tuple[tuple[str, str], ...]]:
    """The text with names that the collection writes as one word ("GitHub") put together, and each as typed and read.

    Only what is no word of English besides: "data base" may be two words, and "every day" is.
    """
    names: list[tuple[str, str]] = []
    free = len(text)  # up to here nothing has been joined
    for match in reversed(list(_PAIR.finditer(text))):
        start, end = match.start(1), match.end(2)
        name = match[1] + match[2].lower()
        if end <= free and _is_name(name.casefold(), match[1].casefold(), vocabulary):
            names.insert(0, (text[start:end], name))
            text = text[:start] + name + text[end:]
            free = start
    return text, tuple(names)


def _is_name(joined: str, first: str, vocabulary: Vocabulary) -> bool:
    return (
        len(joined) >= _NAME_LENGTH
        and joined in vocabulary.counts
        and joined not in frequencies()
        and first not in FUNCTION_WORDS
    )


def _is_foreign(text: str, vocabulary: Vocabulary) -> bool:
    """Whether the text is not in English: an unknown word with a letter that English lacks."""
    return not text.isascii() and any(
        not word.isascii() and "’" not in word and not vocabulary.is_known(word.casefold())
        for word in _LETTERS.findall(text)
    )


def _quieter(question: str) -> str:
    """Lower-case a question that is all capitals, and keep one of repeated marks."""
    words = _LETTERS.findall(question)
    if len(words) > 1 and question.isupper() and any(len(w) > 3 for w in words):
        question = question.lower()
    return _REPEATED_MARKS.sub(lambda m: "?" if "?" in m.group() else "!", question)


def _repair_word(typed: str, vocabulary: Vocabulary) -> str | None:
    """What `typed` was meant to be, or None to leave it."""
    word = typed.casefold()
    if word in _CONTRACTIONS or vocabulary.is_known(word):
        return None
    if any(c.isupper() for c in typed[1:]):
        return None  # capitals inside: a name such as GraphQL, or an acronym
    owner, apostrophe, ending = word.replace("’", "'").rpartition("'")
    if apostrophe:
        repaired = _repair_word(owner, vocabulary) if ending == "s" else None
        return repaired and repaired + typed[len(owner) :]
    shorter = _without_held_key(word, vocabulary)
    if shorter is not None:
        return shorter
    return _split(word, vocabulary) or vocabulary.nearest(word, name=typed[0].isupper())


def _without_held_key(word: str, vocabulary: Vocabulary) -> str | None:
    """`word` with runs of three or more of a letter cut to two or one, where that is a word."""
    if not _HELD_KEY.search(word):
        return None
    for keep in (r"\1\1", r"\1"):
        shorter = _HELD_KEY.sub(keep, word)
        if vocabulary.is_known(shorter):
            return shorter
    return vocabulary.nearest(_HELD_KEY.sub(r"\1", word))


def _split(word: str, vocabulary: Vocabulary) -> str | None:
    """`word` as two words run together, where exactly the space is missing.

    One part is a common function word and the other the collection's own, or both are long and
    its own: other pairs ("rabbit" and "mq", "face" and "book") are more often names.
    """
    found = [
        (_weight(left, vocabulary) * _weight(right, vocabulary), f"{left} {right}")
        for left, right in ((word[:cut], word[cut:]) for cut in range(1, len(word)))
        if _run_together(left, right, vocabulary)
    ]
    return max(found)[1] if found else None


def _run_together(left: str, right: str, vocabulary: Vocabulary) -> bool:
    """Whether two parts are likelier two words than a slip in one or a name."""
    if right == "a" == left[-1]:
        return False  # a key struck twice
    parts = (left, right)
    joins = [w in _JOINED for w in parts]
    if all(joins):
        return len(left) + len(right) > 4
    own = [w in vocabulary.counts and len(w) > (3 if any(joins) else 4) for w in parts]
    return any(own) if any(joins) else all(own)


def _weight(word: str, vocabulary: Vocabulary) -> int:
    return 1 + vocabulary.counts.get(word, 0) * 1_000_000 + frequencies().get(word, 0)
