"""What a model was given to cite: a quote with its number and its place."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from app.verdict import Evidence
from app.verdict.words import tokenize

_PRONOUNS = frozenset(("it", "they", "them", "he", "she", "this", "these", "those"))


@dataclass(frozen=True, slots=True)
class Quote:
    """A numbered quote: the words, the source and its title, the section, and the sentence before."""

    n: int
    text: str
    source_id: str = ""
    title: str = ""
    section: str = ""
    before: str = ""

    @property
    def evidence(self) -> Evidence:
        """The quote as the judge of verdicts reads it."""
        return Evidence(self.text, self.section or self.title, self.before)

    @property
    def words(self) -> str:
        """What the quote says in itself, under its heading, and to the question before it."""
        asked = self.before if self.before.rstrip().endswith("?") else ""
        return " . ".join(part for part in (self.section or self.title, asked, self.text) if part).replace("/", " ")

    @property
    def pointed_to(self) -> str:
        """The sentence before, where a pronoun of the quote may stand for something in it."""
        return self.before if _points_back(self.text) else ""


def _points_back(text: str) -> bool:
    """ "They have now done ...", "Most of it lies ...": what stood before says of what."""
    return any(token.word in _PRONOUNS for token in tokenize(text)[:5])


def in_their_words(why: str, texts: Sequence[str]) -> str:
    """A reason whose “quotations”, taken apart into words by the rules, are given as one of the texts has them.

    What cannot be found there again ("isn't" is read as two words) loses its quotation marks.
    """

    def found(match: re.Match[str]) -> str:
        words = re.findall(r"\w+", match[1])
        own = re.compile(r"\W+".join(map(re.escape, words)), re.IGNORECASE)
        place = next((place for text in texts if words and (place := own.search(text))), None)
        return f"“{place.group()}”" if place else match[1]

    return re.sub("“([^“”]*)”", found, why)
