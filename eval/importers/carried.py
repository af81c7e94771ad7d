"""What every format is read into: questions with their evidence, and the documents that the data carries."""

from collections.abc import Sequence
from dataclasses import dataclass

from eval.questions import Judgement


@dataclass(frozen=True, slots=True)
class Carried:
    """A document that the data carries, as it stands there; ``id`` is unique in the data."""

    id: str
    title: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Words of a paragraph that answer: whole sentences, unless ``start`` says where in it a part of one begins."""

    document: str
    paragraph: int
    words: str
    start: int | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of the data. Without evidence and judgements no document answers it.

    ``beside`` names documents that come with it and answer nothing.
    """

    id: str
    question: str
    split: str = "test"
    evidence: tuple[Evidence, ...] = ()
    relevant: tuple[Judgement, ...] = ()
    beside: tuple[str, ...] = ()

    @property
    def documents(self) -> set[str]:
        """The documents that it needs."""
        return {*self.beside, *(e.document for e in self.evidence), *(judged.source for judged in self.relevant)}


@dataclass(frozen=True, slots=True)
class Data:
    """All that the data holds."""

    questions: tuple[Asked, ...]
    documents: tuple[Carried, ...]


class Shelf:
    """Collects documents: the same one once, and different ones of one name under names of their own."""

    def __init__(self) -> None:
        self._ids: dict[tuple[str, tuple[str, ...]], str] = {}
        self._named: dict[str, int] = {}

    def put(self, title: str, paragraphs: Sequence[str]) -> str:
        """The id of a document with this title and text."""
        key = (title, tuple(paragraphs))
        if key not in self._ids:
            self._named[title] = number = self._named.get(title, 0) + 1
            self._ids[key] = title if number == 1 else f"{title} ({number})"
        return self._ids[key]

    def documents(self) -> tuple[Carried, ...]:
        """All of them, in the order that they came."""
        return tuple(Carried(id_, title, paragraphs) for (title, paragraphs), id_ in self._ids.items())
