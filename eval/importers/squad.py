"""SQuAD 1.1 and 2.0: Wikipedia articles with questions on each paragraph, answered by a span of it or not at all.

    {"data": [{"title", "paragraphs": [{"context", "qas":
        [{"id", "question", "answers": [{"text", "answer_start"}], "is_impossible"?}]}]}]}

An article is a document. The gold quotes are the sentences that hold the annotators' spans; the exact words are the
first annotator's span, where SQuAD's own script takes the best over all of them. Unanswerable questions (2.0) were
written to look answered by their own paragraph; that no other paragraph of the article answers them is likely, and
was not checked by the annotators. Sources:
Rajpurkar et al., "SQuAD: 100,000+ Questions for Machine Comprehension of Text" (2016); Rajpurkar, Jia and Liang,
"Know What You Don't Know: Unanswerable Questions for SQuAD" (2018).
"""

import json
from pathlib import Path
from typing import Any

from eval.importers.carried import Asked, Data, Evidence, Shelf

NAME = "SQuAD"
CAUTION = "askpost's reader was trained on some articles of SQuAD 2.0's development part (app/reader/README.md)"


def matches(head: object) -> bool:
    """Whether a JSON value is a whole data set of this format."""
    if not isinstance(head, dict) or not isinstance(head.get("data"), list):
        return False
    return all(isinstance(article, dict) and "paragraphs" in article for article in head["data"])


def files(path: Path) -> list[Path]:
    """The files that the data consists of."""
    return [path]


def read(path: Path) -> Data:
    """The data set in a file."""
    shelf = Shelf()
    questions = []
    for article in json.loads(path.read_text(encoding="utf-8"))["data"]:
        contexts = [str(paragraph["context"]) for paragraph in article["paragraphs"]]
        document = shelf.put(str(article.get("title", "untitled")).replace("_", " "), contexts)
        for number, paragraph in enumerate(article["paragraphs"]):
            questions += [_asked(row, document, number) for row in paragraph["qas"]]
    return Data(tuple(questions), shelf.documents())


def _asked(row: dict[str, Any], document: str, paragraph: int) -> Asked:
    answers = [] if row.get("is_impossible") else row["answers"]
    evidence = (Evidence(document, paragraph, str(each["text"]), int(each["answer_start"])) for each in answers)
    return Asked(str(row["id"]), str(row["question"]), evidence=tuple(dict.fromkeys(evidence)), beside=(document,))
