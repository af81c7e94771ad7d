"""What a model was given to cite: a quote with its number and its place."""

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
