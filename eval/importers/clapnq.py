"""CLAP NQ: questions of Natural Questions with a gold passage and the sentences in it that make up the answer.

    {"id", "input": question, "passages": [{"title", "text", "sentences"}],
     "output": [{"answer", "selected_sentences"?}]}          one object a line

A passage is a document, and each sentence that any annotator selected a gold quote: one of them counts as an
answer here, though the data's own answers are made of several. Unanswerable questions come with a passage that
does not answer them. Source: Rosenthal et al., "CLAP NQ: Cohesive Long-form Answers from Passages in Natural
Questions for RAG systems" (2024); the files are those of the repository's annotated_data.
"""

import json
from pathlib import Path
from typing import Any

from eval.importers.carried import Asked, Data, Evidence, Shelf

NAME = "CLAP NQ"
CAUTION = ""


def matches(head: object) -> bool:
    """Whether a JSON value is a line of this format."""
    return isinstance(head, dict) and "input" in head and isinstance(head.get("passages"), list) and "output" in head


def files(path: Path) -> list[Path]:
    """The files that the data consists of."""
    return [path]


def read(path: Path) -> Data:
    """The data set in a file."""
    shelf = Shelf()
    with path.open(encoding="utf-8") as lines:
        questions = tuple(_asked(json.loads(line), shelf) for line in lines if line.strip())
    return Data(questions, shelf.documents())


def _asked(row: dict[str, Any], shelf: Shelf) -> Asked:
    passages = tuple(shelf.put(str(each["title"]), [str(each["text"])]) for each in row["passages"])
    selected = [str(s) for output in row["output"] for s in output.get("selected_sentences") or ()]
    # The example in the data's documentation ends each sentence with a "&"; the files do not.
    sentences = dict.fromkeys(sentence.removesuffix("&").strip() for sentence in selected)
    evidence = tuple(Evidence(document, 0, sentence) for sentence in sentences for document in passages)
    return Asked(str(row["id"]), str(row["input"]), evidence=evidence, beside=passages)
