"""Single signals over the same sentences that askpost has: BM25 alone, and sentence-transformers alone."""

from collections.abc import Sequence
from pathlib import Path

from corpus import Document
from eval.spans import Span
from eval.systems.ranking import RankingSystem


def sentences(documents: Sequence[Document]) -> list[Span]:
    """Every sentence of every document but headings, which answer nothing."""
    return [
        Span(d.source.id, d.quote(s), s.start, s.end) for d in documents for s in d.sentences if s.kind != "heading"
    ]


class BM25(RankingSystem):
    """The sentences by BM25 over stemmed words without stop words, by the library bm25s with its defaults.

    Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009). A sentence that
    shares no word with the question is not found.
    """

    name = "bm25"

    def __init__(self, documents: Sequence[Document]) -> None:
        import bm25s
        import snowballstemmer

        super().__init__(sentences(documents))
        self._stemmer = snowballstemmer.stemmer("english")
        self._tokenize = bm25s.tokenize
        self._index = bm25s.BM25()
        self._index.index(self._tokens([unit.quote for unit in self._units]), show_progress=False)

    def _tokens(self, texts: list[str]) -> list[list[str]]:
        tokens: list[list[str]] = self._tokenize(
            texts, stopwords="en", stemmer=self._stemmer, return_ids=False, show_progress=False
        )
        return tokens

    def search(self, question: str, limit: int) -> list[tuple[Span, float]]:
        """The best sentences with their scores."""
        ids, scores = self._index.retrieve(
            self._tokens([question]), k=min(limit, len(self._units)), show_progress=False
        )
        return [(self._units[int(i)], float(score)) for i, score in zip(ids[0], scores[0], strict=True) if score > 0]


class SentenceTransformerAlone(RankingSystem):
    """The sentences by cosine to the question, each embedded by itself."""

    def __init__(self, documents: Sequence[Document], model: Path, name: str = "sentence-transformers") -> None:
        """Embed every sentence with the model in a folder; opens no connection."""
        from sentence_transformers import SentenceTransformer

        super().__init__(sentences(documents))
        self.name = name
        self._model = SentenceTransformer(str(model), device="cpu", local_files_only=True)
        self._vectors = self._encode([unit.quote for unit in self._units])

    def _encode(self, texts: list[str]):  # type: ignore[no-untyped-def] # a torch tensor: its type needs torch loaded
        return self._model.encode(texts, convert_to_tensor=True, normalize_embeddings=True, show_progress_bar=False)

    def search(self, question: str, limit: int) -> list[tuple[Span, float]]:
        """The nearest sentences with their cosines."""
        from sentence_transformers.util import semantic_search

        (found,) = semantic_search(self._encode([question]), self._vectors, top_k=limit)
        return [(self._units[int(hit["corpus_id"])], float(hit["score"])) for hit in found]
