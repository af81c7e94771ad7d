"""What a follow-up is read against: the exchanges before it, and how it opens."""

from dataclasses import dataclass

from app.understand import _english as en
from app.understand._antecedent import antecedent, pair
from app.understand._clause import Clause, Words, norm, parse, split
from app.understand._vocabulary import Vocabulary


@dataclass(frozen=True)
class Resolved:
    """An earlier question as understood, its answer, and the exchange before it."""

    question: str
    answer: str
    before: "Resolved | None" = None

    @property
    def clause(self) -> Clause:
        """Its question in parts."""
        return parse(split(self.question))


@dataclass(frozen=True)
class Context:
    """The exchange before, its question in parts, and the collection's words."""

    last: Resolved
    clause: Clause
    vocabulary: Vocabulary

    def antecedent(
        self, pronoun: str, own: frozenset[str], taken: frozenset[str] = frozenset(), verb: str = ""
    ) -> Words | None:
        """What a pronoun of a question stands for; see `_antecedent.antecedent`."""
        return antecedent(pronoun, self.clause, self.last.answer, self.vocabulary, own, taken, verb)

    def topic(self) -> Words | None:
        """What the last exchange was about."""
        return self.antecedent("it", frozenset()) or self.antecedent("they", frozenset())

    def compared(self) -> tuple[Words, Words] | None:
        """The two things compared last, or else the last two subjects."""
        both = pair(self.clause)
        if both is not None:
            return both
        now, earlier = self.topic(), self.earlier_subject()
        return (earlier, now) if now and earlier else None

    def earlier_subject(self) -> Words | None:
        """The subject before the present one."""
        now = phrase_of(self.clause.subject)
        exchange = self.last.before
        while exchange is not None:
            subject = exchange.clause.subject
            if subject and phrase_of(subject) != now and norm(subject[0]) not in en.PERSONAL:
                return subject
            exchange = exchange.before
        return None


@dataclass(frozen=True)
class Said:
    """A question's words without its opening ("and", "what about"), which `marked` records.

    `asks` is whether it ended in a question mark, `whole` its words with the opening.
    """

    words: Words
    marked: bool
    asks: bool
    whole: Words

    @property
    def names(self) -> list[str]:
        """The words as they are compared."""
        return [norm(w) for w in self.words]

    @property
    def phrase(self) -> str:
        """The words as one string, as they are compared."""
        return phrase_of(self.words)


_ABOUT = ("what about", "how about", "what of")
_LINKS = en.word_set("and but or")
_OPENERS = _LINKS | en.word_set("so ok okay then well also now even especially")


def phrase_of(words: Words) -> str:
    """Words as one string, as they are compared."""
    return " ".join(norm(w) for w in words if norm(w))


def said_in(question: str) -> Said:
    """A question taken apart into its opening and its words."""
    whole = split(question)
    words, marked = whole, False
    while len(words) > 1 and norm(words[0]) in _OPENERS:
        marked |= norm(words[0]) in _LINKS
        words = words[1:]
    if len(words) > 2 and phrase_of(words[:2]) in _ABOUT:
        words, marked = words[2:], True
    return Said(words, marked, question.rstrip().endswith("?"), whole)
