"""A part of a data set, so that a big one can be tried: some of its questions, and as many documents as wanted."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from eval.importers.carried import Asked, Carried, Data
from eval.questions import QuestionSetError, SplitChoice

MOST_DOCUMENTS = 20_000  # that are indexed without being asked to


@dataclass(frozen=True, slots=True)
class Limits:
    """How many questions and documents to take; None is all. The same seed takes the same ones."""

    sample: int | None = None
    documents: int | None = None
    seed: int = 0

    @property
    def name(self) -> str:
        """What a set's name says of them; empty for none."""
        parts = [f"-sample-{self.sample}" if self.sample else "", f"-of-{self.documents}" if self.documents else ""]
        return "".join(parts) + (f"-seed-{self.seed}" if any(parts) else "")


def draw(data: Data, split: SplitChoice, limits: Limits) -> tuple[Sequence[Asked], Sequence[Carried]]:
    """Questions of a split, drawn at random, and documents: all that those need, then others at random.

    Both keep the data's order.

    Raises:
        QuestionSetError: there is nothing in the split, or far too much to index unasked.
    """
    questions = [asked for asked in data.questions if split in ("all", asked.split)]
    if not questions:
        has = ", ".join(sorted({asked.split for asked in data.questions}))
        raise QuestionSetError(f"The data has no question in the split {split!r}; it has: {has}. Use --split all.")
    chance = random.Random(limits.seed)  # noqa: S311 - nothing here is secret
    if limits.sample and limits.sample < len(questions):
        kept = set(chance.sample(range(len(questions)), limits.sample))
        questions = [asked for number, asked in enumerate(questions) if number in kept]
    return questions, _documents(data.documents, questions, limits, chance)


def _documents(
    documents: Sequence[Carried], questions: Sequence[Asked], limits: Limits, chance: random.Random
) -> Sequence[Carried]:
    if limits.documents is None:
        if len(documents) > MOST_DOCUMENTS:
            raise QuestionSetError(
                f"The data holds {len(documents):,} documents, which take long to index. Say how many to take with "
                "--documents (all that the questions need are among them), and --sample for fewer questions."
            )
        return documents
    needed = {id_ for asked in questions for id_ in asked.documents}
    others = [document.id for document in documents if document.id not in needed]
    room = min(max(0, limits.documents - len(needed)), len(others))
    kept = needed | set(chance.sample(others, room))
    return [document for document in documents if document.id in kept]
