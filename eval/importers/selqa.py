"""SelQA: questions on a section of a Wikipedia article, and which of its sentences answer.

    [{"question", "article", "section", "candidates": [sentences], "answers": [indices]}]            answer selection
    [{"question", "candidate_list": [{"article", "section", "candidates", "answers"}]}]              answer triggering

A section is a document. In answer triggering a question comes with five sections, and may be answered by none of
them. Source: Jurczyk, Zhai and Choi, "SelQA: A New Benchmark for Selection-based Question Answering" (2016).
"""

import json
from pathlib import Path
from typing import Any

from eval.importers.carried import Asked, Data, Evidence, Shelf

NAME = "SelQA"
CAUTION = "askpost's reader was trained on most of SelQA's development and test parts (app/reader/README.md)"


def matches(head: object) -> bool:
    """Whether a JSON value is a whole data set of this format."""
    if not isinstance(head, list) or not head or not isinstance(head[0], dict):
        return False
    return "question" in head[0] and ("candidate_list" in head[0] or {"candidates", "answers"} <= head[0].keys())


def files(path: Path) -> list[Path]:
    """The files that the data consists of."""
    return [path]


def read(path: Path) -> Data:
    """The data set in a file. Its questions have no ids: they are numbered."""
    shelf = Shelf()
    rows = json.loads(path.read_text(encoding="utf-8"))
    questions = tuple(_asked(f"selqa-{number:05}", row, shelf) for number, row in enumerate(rows, start=1))
    return Data(questions, shelf.documents())


def _asked(id_: str, row: dict[str, Any], shelf: Shelf) -> Asked:
    evidence, beside = [], []
    for section in row.get("candidate_list", [row]):
        sentences = [str(sentence) for sentence in section["candidates"]]
        name = ": ".join(part for part in (str(section["article"]), str(section["section"])) if part)
        document = shelf.put(name, [" ".join(sentences)])
        evidence += [Evidence(document, 0, sentences[int(at)]) for at in section["answers"]]
        beside.append(document)
    return Asked(id_, str(row["question"]), evidence=tuple(evidence), beside=tuple(beside))
