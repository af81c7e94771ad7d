"""Haystack: an in-memory document store of the same sentences, queried by a pipeline with all-MiniLM-L6-v2.

Its first sentence is the answer. Haystack's `ExtractiveReader` needs a reader model of its own to be downloaded, so
it is left out. The packages come with the extra ``peers``.
"""

import os
from collections.abc import Sequence
from pathlib import Path

from corpus import Document
from eval.spans import Span
from eval.systems.ranking import RankingSystem
from eval.systems.sentences import sentences


class Haystack(RankingSystem):
    """The sentences by Haystack's embedding retriever."""

    name = "haystack"

    def __init__(self, documents: Sequence[Document], model: Path) -> None:
        """Embed and store every sentence with the embedding model in a folder."""
        os.environ["HAYSTACK_TELEMETRY_ENABLED"] = "False"
        from haystack import Document as Record
        from haystack import Pipeline
        from haystack.components.retrievers.in_memory import InMemoryEmbeddingRetriever
        from haystack.document_stores.in_memory import InMemoryDocumentStore
        from haystack_integrations.components.embedders.sentence_transformers import (
            SentenceTransformersDocumentEmbedder,
            SentenceTransformersTextEmbedder,
        )

        super().__init__(sentences(documents))
        store = InMemoryDocumentStore(embedding_similarity_function="cosine")
        records = [Record(id=str(n), content=unit.quote) for n, unit in enumerate(self._units)]
        embedder = SentenceTransformersDocumentEmbedder(model=str(model), progress_bar=False)
        embedder.warm_up()
        store.write_documents(embedder.run(records)["documents"])
        self._pipeline = Pipeline()
        self._pipeline.add_component("embedder", SentenceTransformersTextEmbedder(model=str(model), progress_bar=False))
        self._pipeline.add_component("retriever", InMemoryEmbeddingRetriever(store))
        self._pipeline.connect("embedder.embedding", "retriever.query_embedding")

    def search(self, question: str, limit: int) -> list[tuple[Span, float]]:
        """The nearest sentences with their cosines."""
        found = self._pipeline.run({"embedder": {"text": question}, "retriever": {"top_k": limit}})
        return [(self._units[int(record.id)], float(record.score)) for record in found["retriever"]["documents"]]
