"""How often the verdicts are right, and how often given: `python -m app.verdict.evaluate SET [SET ...]`.

A SET is a file of contrast pairs (JSON lines), a folder of written posts with `questions.jsonl`
(gold sentences as evidence, and such as settle nothing), or a file in BoolQ's form (every sentence of the passage).
"""

import argparse
import json
import random
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from app.verdict import Evidence, Verdict, is_yes_no, judge
from corpus import Document, Sentence, Source, read_document, read_text

Kind = Literal["gold", "other", "unanswerable"]
_KINDS: tuple[Kind, ...] = ("gold", "other", "unanswerable")


@dataclass(frozen=True)
class Case:
    """A question with its evidence and the verdict due (None: the evidence does not settle it)."""

    id: str
    split: str
    question: str
    evidence: tuple[Evidence, ...]
    due: str | None


@dataclass(frozen=True)
class Figures:
    """Counts over some cases."""

    cases: int
    due: int
    given: int
    right: int

    def line(self, name: str) -> str:
        """One line of the report."""
        accuracy = self.right / self.given if self.given else 1.0
        coverage = self.right / self.due if self.due else 0.0
        return (
            f"{name:32} cases {self.cases:5}  due {self.due:5}  given {self.given:5}  "
            f"accuracy when given {accuracy:.3f}  right of due {coverage:.3f}  wrong {self.given - self.right}"
        )


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    for line in path.read_text("utf-8").splitlines():
        yield json.loads(line)


def contrast_pairs(path: Path) -> list[Case]:
    """The hand-written pairs: one sentence of evidence each."""
    return [
        Case(
            row["id"],
            row["split"],
            row["question"],
            (Evidence(row["evidence"], row["subject"], row.get("before", "")),),
            row["verdict"],
        )
        for row in _lines(path)
    ]


def _evidence(document: Document, at: int) -> Evidence:
    sentence = document.sentences[at]
    title = document.sections[sentence.section].title
    previous = document.sentences[at - 1] if at else None
    before = _text(document, previous) if previous and previous.section == sentence.section else ""
    return Evidence(_text(document, sentence), title or document.source.title, before)


def _text(document: Document, sentence: Sentence) -> str:
    return document.text[sentence.start : sentence.end]


def written_posts(folder: Path, kind: Kind = "gold") -> list[Case]:
    """Yes/no questions on the written posts.

    "gold": with the sentences that answer; "other": with three other sentences of the post, so that nothing
    is due; "unanswerable": those that the post does not answer, with all of its sentences.
    """
    cases: list[Case] = []
    documents: dict[str, Document] = {}
    draw = random.Random(4)  # noqa: S311 - a sample, not a secret
    for row in _lines(folder / "questions.jsonl"):
        wanted = row["type"].startswith("unanswerable") if kind == "unanswerable" else row["type"] == "yesno"
        if not wanted or not is_yes_no(row["question"]):
            continue
        post = row["post"]
        if post not in documents:
            documents[post] = read_document(Source(id=post, title=post), read_text(folder / f"{post}.md"))
        document = documents[post]
        gold = _places(document, [quote["quote"] for quote in row["gold"]])
        others = [i for i, s in enumerate(document.sentences) if i not in gold and s.kind == "prose"]
        if kind == "other":
            others = draw.sample(others, min(3, len(others)))
        evidence = tuple(_evidence(document, i) for i in (gold if kind == "gold" else others))
        cases.append(
            Case(row["id"], row["split"], row["question"], evidence, row["verdict"] if kind == "gold" else None)
        )
    return cases


def _places(document: Document, quotes: Sequence[str]) -> list[int]:
    """The sentences that some quotes are from."""
    found: list[int] = []
    for quote in quotes:
        start = document.text.index(quote)
        end = start + len(quote)
        found += [i for i, s in enumerate(document.sentences) if s.start < end and s.end > start]
    return found


def boolq(path: Path) -> list[Case]:
    """BoolQ: the sentences of the passage, cut at full stops, in order."""
    return [
        Case(
            str(number),
            "boolq",
            row["question"],
            tuple(
                Evidence(text.strip(" .") + ".", row["title"]) for text in row["passage"].split(". ") if text.strip()
            ),
            "yes" if row["answer"] else "no",
        )
        for number, row in enumerate(_lines(path))
    ]


def measure(cases: Sequence[Case]) -> tuple[Figures, list[tuple[Case, Verdict]]]:
    """Figures, and the cases whose verdict is not the one due."""
    results = [(case, judge(case.question, case.evidence)) for case in cases]
    figures = Figures(
        len(cases),
        sum(case.due is not None for case in cases),
        sum(verdict.value is not None for _, verdict in results),
        sum(verdict.value is not None and verdict.value == case.due for case, verdict in results),
    )
    return figures, [(case, verdict) for case, verdict in results if verdict.value != case.due]


def main() -> None:
    """Print the figures of each set and split."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", nargs="+", type=Path)
    parser.add_argument("--errors", default="", help="list the errors of this split")
    options = parser.parse_args()
    out = sys.stdout
    for path in options.sets:
        if path.is_dir():
            groups = {kind: written_posts(path, kind) for kind in _KINDS}
        else:
            groups = {"gold": boolq(path) if "boolq" in path.name else contrast_pairs(path)}
        for kind, cases in groups.items():
            for split in sorted({case.split for case in cases}):
                chosen = [case for case in cases if case.split == split]
                started = time.perf_counter()
                figures, errors = measure(chosen)
                spent = (time.perf_counter() - started) / max(1, len(chosen)) * 1000
                shape = sum(is_yes_no(case.question) for case in chosen)
                out.write(f"{figures.line(f'{path.name} {split} {kind}')}  yes/no shape {shape}  {spent:.2f} ms\n")
                if split == options.errors:
                    for case, verdict in errors:
                        evidence = " // ".join(f"[{e.subject}] {e.text}" for e in case.evidence)
                        parts = (case.id, case.question, evidence, verdict.reason)
                        out.write(f"  due {case.due} got {verdict.value} | {' | '.join(parts)}\n")


if __name__ == "__main__":
    main()
