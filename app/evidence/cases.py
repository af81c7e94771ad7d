"""Questions with known answers over small collections, for fitting the evidence model.

All of them were held out from the reader's training: the written texts marked `dev`, the held-out
articles of SQuAD, SelQA and BoolQ, and the `dev` split of a question set. `test` splits are never read.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.contract import Turn
from app.reader.data import WRITTEN, Passage, Question, asked_anew, boolq, bundle, selqa, squad
from corpus import Document, Source, load_corpus, read_document, read_text

POOL = 250  # passages


@dataclass(frozen=True, slots=True)
class Case:
    """A question, the quotes that answer it, as (source id, quote), none if nothing answers, and the verdict due."""

    question: str
    history: tuple[Turn, ...]
    gold: tuple[tuple[str, str], ...]
    verdict: str | None = None

    def answered_by(self, source_id: str, quote: str) -> bool:
        """Whether a sentence of a source is, holds or is held by a gold quote of that source."""
        return any(source == source_id and (wanted in quote or quote in wanted) for source, wanted in self.gold)


@dataclass(frozen=True, slots=True)
class Collection:
    """Documents and the questions asked of them; ``group`` names the kind for weighting and reports."""

    name: str
    group: str
    documents: tuple[Document, ...]
    cases: tuple[Case, ...]


def read_set(path: Path, split: str) -> list[Case]:
    """The questions of one split of a question set."""
    return [_case_of(row) for row in _rows(path, split)]


def _rows(path: Path, split: str) -> list[dict[str, Any]]:
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    return [row for row in rows if row["split"] == split]


def _case_of(row: dict[str, Any]) -> Case:
    return Case(
        row["question"],
        tuple(Turn(turn["question"], turn["answer"]) for turn in row.get("history") or []),
        tuple((gold["source"], gold["quote"]) for gold in row["gold"]),
        row.get("verdict"),
    )


def written_collections(split: str = "dev") -> Iterator[Collection]:
    """Each written post of a split, by default held out, with the pages that it links to, as its own collection."""
    for questions in sorted(WRITTEN.glob("*/questions.jsonl")):
        rows = _rows(questions, split)
        for name in sorted({row["post"] for row in rows}):
            files = bundle(questions.parent, name)
            documents = [
                read_document(Source(id=file.stem, title="", kind="page" if number else "post"), read_text(file))
                for number, file in enumerate(files)
            ]
            cases = [_case_of(row) for row in rows if row["post"] == name]
            yield Collection(name, "linked" if len(files) > 1 else "written", tuple(documents), tuple(cases))


def pool(data: Path) -> Collection:
    """Held-out Wikipedia questions over their passages and others, as a folder of short pages."""
    every = [question for load in (squad, selqa) for question in load(data)]
    held_out = [question for question in every if question.held_out]
    return _of_passages("wikipedia", held_out, [question for question in every if not question.held_out])


def anew(data: Path) -> Collection:
    """The questions written for this project on held-out passages of SelQA and BoolQ, over all of these passages."""
    sets = {"selqa": list(selqa(data)), "boolq": list(boolq(data))}
    return _of_passages("anew", [question for question in asked_anew(sets, WRITTEN) if question.held_out])


def _of_passages(name: str, asked: Sequence[Question], others: Sequence[Question] = ()) -> Collection:
    """Questions over their own passages, filled up to `POOL` with those of others."""
    passages: dict[Passage, str] = {}
    for question in asked:
        passages.setdefault(question.passages[0], f"p{len(passages)}")
    for question in others:
        if len(passages) < POOL:
            passages.setdefault(question.passages[0], f"p{len(passages)}")
    documents = [
        read_document(
            Source(id=id_, title=passage.title), f"{passage.section}\n\n{' '.join(passage.sentences)}", markdown=False
        )
        for passage, id_ in passages.items()
    ]
    return Collection(name, name, tuple(documents), tuple(_case(question, passages) for question in asked))


def _case(question: Question, passages: dict[Passage, str]) -> Case:
    passage = question.passages[0]
    quotes = [passage.sentences[sentence] for _, sentence in sorted(question.answers)]
    return Case(question.text, (), tuple((passages[passage], quote) for quote in quotes), question.verdict)


def collections(data: Path, question_set: Path) -> list[Collection]:
    """Everything to fit on: written texts, both sets of Wikipedia passages, and the bundled post's dev split."""
    load: Callable[[], list[Document]] = load_corpus
    post = Collection("post", "post", tuple(load()), tuple(read_set(question_set, "dev")))
    return [*written_collections(), pool(data), anew(data), post]
