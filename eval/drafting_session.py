"""Take drafts into a question set one by one: accepted, corrected or skipped; to be left and taken up again.

The set is written whole after each decision. A row with ``"draft": true`` was taken without being looked at
(`--yes`), and is shown again the next time; what was skipped is noted beside the set, and is not.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, Protocol

from corpus.errors import AskpostError
from eval.drafting import Draft
from eval.questions import Question, QuestionSetError, load_questions, missing_gold, write_rows
from eval.spans import Span, squash
from index.files import write_atomically

Decision = Literal["accept", "skip", "quit"]


class Reviewer(Protocol):
    """Whoever decides on drafts; `eval.drafting_command` asks the person at the terminal."""

    def decide(self, draft: Draft, place: str) -> tuple[Decision, Question]:
        """What to do with a draft, and the question as it is to be."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What a session did, and what of the set is still to be looked at."""

    accepted: int
    skipped: int
    unseen: int


class DraftedSet:
    """A question set that grows by drafts, in a file."""

    def __init__(self, path: Path) -> None:
        """Take up the set in a file, or begin one.

        Raises:
            QuestionSetError: there is a file, and it is no question set.
        """
        self.path = path
        self._skips = path.with_name(f"{path.name}.skipped")
        self._rows: dict[str, dict[str, Any]] = {}
        self._skipped: list[str] = []
        if path.exists():
            load_questions(path)  # says what is wrong with a line
            rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
            self._rows = {str(row["id"]): row for row in rows}
        if self._skips.exists():
            self._skipped = self._skips.read_text(encoding="utf-8").split()

    def decided(self, draft: Draft) -> bool:
        """Whether a person has accepted or skipped the draft before."""
        row = self._rows.get(draft.question.id)
        return draft.question.id in self._skipped or (row is not None and not row.get("draft"))

    def holds(self, draft: Draft) -> bool:
        """Whether the draft is in the set, looked at or not."""
        return draft.question.id in self._rows

    def unseen(self) -> int:
        """How many rows nobody has looked at."""
        return sum(bool(row.get("draft")) for row in self._rows.values())

    def take(self, questions: Sequence[Question], *, as_drafts: bool = False) -> None:
        """Put questions into the set."""
        for question in questions:
            self._rows[question.id] = question.to_json() | ({"draft": True} if as_drafts else {})
        self._write(self.path, lambda: write_rows(self.path, self._rows.values()))

    def skip(self, draft: Draft) -> None:
        """Leave a draft out, for good."""
        self._skipped.append(draft.question.id)
        self._write(self._skips, lambda: write_atomically(self._skips, "\n".join(self._skipped) + "\n"))
        if self._rows.pop(draft.question.id, None):
            self._write(self.path, lambda: write_rows(self.path, self._rows.values()))

    def check(self, texts: Mapping[str, str]) -> None:
        """See to it that the set is whole and every gold quote verbatim; nothing to do for an empty one.

        Raises:
            QuestionSetError: it is not.
        """
        if not self._rows:
            return
        if astray := missing_gold(load_questions(self.path).questions, texts):
            id_, gold = astray[0]
            raise QuestionSetError(
                f"{self.path}: {len(astray)} gold quotes are not in the sources word for word, first that of {id_} in "
                f"{gold.source!r}: “{gold.quote}”. Correct the line."
            )

    @staticmethod
    def _write(path: Path, write: Callable[[], None]) -> None:
        try:
            write()
        except OSError as error:
            raise AskpostError(f"{path} cannot be written ({error.strerror}); give --out another file.") from error


def take_all(drafts: Sequence[Draft], drafted: DraftedSet) -> Tally:
    """Take every draft that is not there yet, to be looked at later; blanks are left."""
    new = [d.question for d in drafts if not (d.blank or drafted.decided(d) or drafted.holds(d))]
    if new:
        drafted.take(new, as_drafts=True)
    return Tally(len(new), 0, drafted.unseen())


def review(drafts: Sequence[Draft], drafted: DraftedSet, reviewer: Reviewer) -> Tally:
    """Have every draft decided that was not decided before, until done or left."""
    open_ = [draft for draft in drafts if not drafted.decided(draft)]
    accepted = skipped = 0
    for number, draft in enumerate(open_, start=1):
        decision, question = reviewer.decide(draft, f"{number} of {len(open_)}")
        if decision == "quit":
            break
        if decision == "skip":
            drafted.skip(draft)
            skipped += 1
        else:
            drafted.take([question])
            accepted += 1
    return Tally(accepted, skipped, drafted.unseen())


def corrected(question: Question, *, text: str, quotes: Sequence[str], texts: Mapping[str, str]) -> Question:
    """The question in other words, with other gold quotes; none makes it unanswerable.

    Raises:
        QuestionSetError: a quote stands in no source word for word.
    """
    gold = tuple(_found(quote, question, texts) for quote in quotes)
    if not gold:
        unanswerable = question.type if question.type.startswith("unanswerable") else "unanswerable-near"
        return replace(question, question=text, gold=(), type=unanswerable, verdict=None, exact=None)
    type_ = "span" if question.type.startswith("unanswerable") else question.type
    return replace(question, question=text, gold=gold, type=type_, exact=None)


def _found(quote: str, question: Question, texts: Mapping[str, str]) -> Span:
    """The quote in the source that holds it, those of the question's own gold first."""
    own = [gold.source for gold in question.gold]
    for source in dict.fromkeys([*own, *texts]):
        if squash(quote) and squash(quote) in squash(texts.get(source, "")):
            return Span(source, squash(quote))
    raise QuestionSetError(f"“{quote}” stands in no source word for word; copy it from `askpost show SOURCE`.")
