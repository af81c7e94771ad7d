"""BEIR: a folder of documents, queries, and judgements of whole documents.

    corpus.jsonl    {"_id", "title"?, "text"}
    queries.jsonl   {"_id", "text"}
    qrels/SPLIT.tsv query-id, corpus-id, score; the first line is a heading

Only retrieval of documents can be scored: nothing says which words answer, or that nothing does. A document's
title is its first paragraph, since BEIR's own retrievers are given it before the text. Queries without a judgement
above 0 are left out, as BEIR's evaluation does; documents with a query's own id (ArguAna, Quora) count, which it
does not. Source: Thakur et al., "BEIR: A Heterogeneous Benchmark for Zero-shot Evaluation of Information Retrieval
Models" (2021).
"""

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from eval.importers.carried import Asked, Carried, Data
from eval.questions import Judgement

NAME = "BEIR"
CAUTION = ""

CORPUS, QUERIES, JUDGEMENTS = "corpus.jsonl", "queries.jsonl", "qrels"


def matches_folder(path: Path) -> bool:
    """Whether a folder holds data of this format."""
    return (path / CORPUS).is_file() and (path / QUERIES).is_file() and any((path / JUDGEMENTS).glob("*.tsv"))


def files(path: Path) -> list[Path]:
    """The files that the data consists of."""
    return [path / CORPUS, path / QUERIES, *_splits(path)]


def read(path: Path) -> Data:
    """The data set in a folder; a query that is in several splits is of the first: test, dev, then others."""
    documents = tuple(_carried(row) for row in _rows(path / CORPUS))
    known = {document.id for document in documents}
    queries = {str(row["_id"]): str(row["text"]) for row in _rows(path / QUERIES)}
    questions: dict[str, Asked] = {}
    for file in _splits(path):
        for query, grades in _judgements(file).items():
            relevant = tuple(Judgement(id_, grade) for id_, grade in grades.items() if id_ in known)
            if query in queries and any(each.grade > 0 for each in relevant):
                questions.setdefault(query, Asked(query, queries[query], file.stem, relevant=relevant))
    return Data(tuple(questions.values()), documents)


def _splits(path: Path) -> list[Path]:
    order = {"test": 0, "dev": 1}
    return sorted((path / JUDGEMENTS).glob("*.tsv"), key=lambda file: (order.get(file.stem, 2), file.stem))


def _carried(row: dict[str, Any]) -> Carried:
    title, text = str(row.get("title") or ""), str(row.get("text") or "")
    return Carried(str(row["_id"]), title or str(row["_id"]), tuple(part for part in (title, text) if part))


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        yield from (json.loads(line) for line in lines if line.strip())


def _judgements(path: Path) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for number, (query, document, grade) in enumerate(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)):
            if number or grade.strip().lstrip("-").isdigit():  # the heading may be left out
                found.setdefault(query, {})[document] = int(grade)
    return found
