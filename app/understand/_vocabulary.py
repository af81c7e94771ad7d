"""The collection's own words: what a misspelled word is corrected to, and what it is about."""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from rapidfuzz import process
from rapidfuzz.distance import OSA

from app.understand._english import FUNCTION_WORDS, frequencies, singulars

_WORD = re.compile(r"[^\W\d_]+")
_DOUBLED = re.compile(r"(.)\1")
_SUBSTITUTION = 2
_MAX_LENGTH = 40  # longer runs of letters are data, not words
# First letters that sound alike, so that "kontainer" may be "container".
_ALIKE = {
    "k": "c",
    "c": "ks",
    "s": "c",
    "f": "p",
    "p": "f",
    "i": "e",
    "e": "i",
    "v": "w",
    "w": "v",
}


class Vocabulary:
    """The words of one index with their counts, and its headings and titles as topic names.

    Nothing is indexed ahead: rapidfuzz scans 50,000 words in some milliseconds, and only
    misspelled words are looked up.
    """

    def __init__(self, counts: Mapping[str, int], topics: Sequence[str] = ()) -> None:
        self.counts: dict[str, int] = defaultdict(int)
        for text, count in counts.items():
            for word in _WORD.findall(text.casefold()):
                self.counts[word] += count
        self.topics = frozenset(
            word for topic in topics for word in _WORD.findall(topic.casefold()) if word not in FUNCTION_WORDS
        )
        for word in self.topics:
            self.counts.setdefault(word, 1)
        self.counts = dict(self.counts)
        self._singular_topics = {s for word in self.topics for s in singulars(word)}
        # "Mongke" is how many type "Möngke": the index ignores accents, and so do we.
        self._plain = {_plain(word) for word in self.counts if not word.isascii()}
        self._by_initial: dict[str, list[str]] = defaultdict(list)
        for word in sorted(self.counts.keys() | FUNCTION_WORDS):
            if len(word) <= _MAX_LENGTH and word.isalpha():
                self._by_initial[word[0]].append(word)

    def is_known(self, word: str) -> bool:
        """Whether a lower-case word is of the collection, of English, or an inflection of either."""
        if self._is_listed(word) or word in FUNCTION_WORDS or word in self._plain:
            return True
        for suffix in ("s", "es", "d", "ed", "ing", "r", "er", "ly", "like", "ment"):
            stem = word.removesuffix(suffix)
            if stem != word and len(stem) > 2 and self._is_listed(stem):
                return True
        for prefix in (
            "re",
            "un",
            "non",
            "pre",
            "sub",
            "multi",
            "inter",
            "micro",
            "hyper",
        ):
            stem = word.removeprefix(prefix)
            if stem != word and len(stem) > 3 and self._is_listed(stem):
                return True
        return False

    def _is_listed(self, word: str) -> bool:
        return word in self.counts or word in frequencies()

    def has(self, word: str) -> bool:
        """Whether the collection uses this lower-case word, or its singular."""
        return any(form in self.counts for form in singulars(word))

    def is_topic(self, word: str) -> bool:
        """Whether a heading or title names this lower-case word, in whatever inflection."""
        return word in self.topics or bool(self._singular_topics & singulars(word))

    def nearest(self, word: str, name: bool = False) -> str | None:
        """The word that a misspelled lower-case `word` most likely stands for, or None.

        Edits are counted as optimal string alignment (a transposition counts one): one for up
        to five letters and for what was typed as a `name`, two above. Of the nearest, the more
        common slip goes first, then the more frequent word, then the first by alphabet.
        """
        if not 3 <= len(word) <= _MAX_LENGTH:
            return None
        limit = 1 if name or len(word) <= 5 else 2
        found = [
            (distance, _slip(word, other), -self.counts.get(other, 0), other)
            for initial, allowed in self._initials(word, limit)
            for other, distance, _ in process.extract_iter(
                word,
                self._by_initial.get(initial, ()),
                scorer=OSA.distance,
                score_cutoff=allowed,
            )
            if _plausible(word, other, int(distance)) and not (name and _slip(word, other) >= _SUBSTITUTION)
        ]
        return min(found)[-1] if found else None

    @staticmethod
    def _initials(word: str, limit: int) -> list[tuple[str, int]]:
        """First letters to look under, and the edits allowed there: the first letter is mostly right."""
        initials = {word[0]: limit}
        if len(word) > 4:
            for other in (word[1], *_ALIKE.get(word[0], "")):
                initials.setdefault(other, 1)
        return list(initials.items())


def _plausible(word: str, other: str, distance: int) -> bool:
    """Whether `word` may be a slip for `other`, and not another word beside it.

    Three letters allow two swapped in a function word only ("teh"): any other edit makes too many
    words. Two slips in a word of up to seven letters must leave its letters, but for one.
    """
    if len(word) == 3 or len(other) < 3:
        return sorted(word) == sorted(other) and other in FUNCTION_WORDS
    return distance < 2 or len(other) > 7 or _letters_apart(word, other) < 2


def _letters_apart(word: str, other: str) -> int:
    """How many letters one word has and the other has not."""
    here, there = Counter(word), Counter(other)
    return (here - there).total() + (there - here).total()


def _slip(word: str, other: str) -> int:
    """How rare a slip is: letters swapped; one missed or doubled; one hit for another; one added."""
    if _letters_apart(word, other) == 0:
        return 0
    if len(word) < len(other) or _DOUBLED.sub(r"\1", word) == _DOUBLED.sub(r"\1", other):
        return 1
    return _SUBSTITUTION if len(word) == len(other) else _SUBSTITUTION + 1


def _plain(word: str) -> str:
    """A word without its accents."""
    return "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))
