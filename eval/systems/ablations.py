"""askpost with one part taken out, all else as it is: what each part is worth.

Coefficients are not fitted again, so a figure says what happens when the part fails, and is a bound on what the
part brings. Without the reader the rule for abstaining has nothing to go by, so a threshold on the confidence is fitted
in its place, as for the systems beside askpost (`eval/systems/threshold.py`).
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app import Assistant
from app.evidence import EvidenceModel
from app.reader import Context, Network, Reader
from index.builds import current_build
from index.retrieval import LEXICAL_SENTENCES, Candidate, Retriever
from index.text_store import TEXT_FILE, TextStore


class WordsOnly(Retriever):
    """Sentences by bm25 alone; no embedding is looked at, and every cosine is 0."""

    def retrieve(self, question: str, limit: int) -> list[Candidate]:
        """The best sentences by words."""
        lexical = dict(self.store.search(question, LEXICAL_SENTENCES))
        found = self.store.sentences(list(lexical)[:limit])
        return [Candidate(s, 0.0, lexical[s.id], lexical[s.id]) for s in found]


class Wordless(TextStore):
    """A text store whose words cannot be searched: retrieval's other leg is left alone."""

    def search(self, question: str, limit: int) -> list[tuple[int, float]]:
        """Nothing."""
        return []


class WithoutContext(Reader):
    """The reader, shown each sentence without title, section and neighbours."""

    def score(self, question: str, contexts: Sequence[Context]) -> NDArray[np.float32]:
        """One logit for each sentence."""
        return super().score(question, [Context("", "", "", context.sentence, "") for context in contexts])


def without_reader(home: Path) -> Assistant:
    """No reader, and no abstention by it: everything is answered."""
    return Assistant(Retriever.open(home), None, replace(EvidenceModel.load(), threshold=0.0))


def without_second(home: Path) -> Assistant:
    """Everything is read once, and nothing again by the deeper network."""
    return Assistant(Retriever.open(home), Network(), EvidenceModel.load())


def without_dense(home: Path) -> Assistant:
    """No embeddings: neither retrieval nor the signals know a cosine."""
    return Assistant(WordsOnly.open(home), Reader(), EvidenceModel.load())


def without_lexical(home: Path) -> Assistant:
    """No full-text search; words still count among the signals of what is found."""
    retriever = Retriever.open(home)
    retriever.store.close()
    retriever.store = Wordless(current_build(home) / TEXT_FILE)
    return Assistant(retriever, Reader(), EvidenceModel.load())


def without_context(home: Path) -> Assistant:
    """No context for the reader; the signals and the embeddings still have titles and headings."""
    return Assistant(Retriever.open(home), WithoutContext(), EvidenceModel.load())
