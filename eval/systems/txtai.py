"""txtai: its hybrid index (embeddings and BM25) over the same sentences, with all-MiniLM-L6-v2.

Its first sentence is the answer. txtai's own extractive question answering needs a reader model of its own to be
downloaded, so it is left out. The package comes with the extra ``peers``.
"""

from collections.abc import Sequence
from pathlib import Path

from corpus import Document
from eval.spans import Span
from eval.systems.ranking import RankingSystem
from eval.systems.sentences import sentences


class Txtai(RankingSystem):
    """The sentences by txtai's hybrid score."""

    name = "txtai"

    def __init__(self, documents: Sequence[Document], model: Path) -> None:
        """Index every sentence with the embedding model in a folder."""
        from txtai import Embeddings

        super().__init__(sentences(documents))
        self._embeddings = Embeddings(path=str(model), hybrid=True, gpu=False)
        self._embeddings.index((number, unit.quote, None) for number, unit in enumerate(self._units))

    def search(self, question: str, limit: int) -> list[tuple[Span, float]]:
        """The best sentences with their scores."""
        return [(self._units[int(id_)], float(score)) for id_, score in self._embeddings.search(question, limit)]

    def close(self) -> None:
        """Release the index."""
        self._embeddings.close()
