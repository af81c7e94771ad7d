"""The naive pipeline that tutorials build: split, embed, search Chroma, show the top chunks.

RecursiveCharacterTextSplitter, HuggingFaceEmbeddings and Chroma, all of LangChain, with all-MiniLM-L6-v2 and the
same rendered texts that askpost indexes. It knows no history and gives no verdict.
"""

import os
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from corpus import Document
from eval.spans import Span
from eval.systems.ranking import RankingSystem

if TYPE_CHECKING:
    from langchain_chroma import Chroma

# The sizes of LangChain's own tutorial. Of those tried on dev (1000, 500, 200, 120) it is also the one with
# most hits, so the strongest baseline by that measure: a long chunk holds more. F1 and quote length show the price.
CHUNK_CHARS = 1_000
OVERLAP_CHARS = 200


def split(documents: Sequence[Document], chunk_chars: int = CHUNK_CHARS, overlap: int = OVERLAP_CHARS) -> list[Span]:
    """The chunks of every document, with their offsets."""
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    splitter = RecursiveCharacterTextSplitter(chunk_size=chunk_chars, chunk_overlap=overlap, add_start_index=True)
    records = splitter.create_documents([d.text for d in documents], [{"source": d.source.id} for d in documents])
    return [
        Span(str(r.metadata["source"]), r.page_content, start, start + len(r.page_content))
        for r, start in ((r, int(r.metadata["start_index"])) for r in records)
    ]


def build_store(chunks: Sequence[Span], model: Path, folder: Path | None = None) -> "Chroma":
    """A Chroma store of the chunks: in memory, or kept in ``folder``. Opens no connection."""
    os.environ.update(HF_HUB_OFFLINE="1", TRANSFORMERS_OFFLINE="1", ANONYMIZED_TELEMETRY="False")
    import chromadb
    from chromadb.config import Settings
    from langchain_chroma import Chroma
    from langchain_huggingface import HuggingFaceEmbeddings

    settings = Settings(anonymized_telemetry=False)
    client = chromadb.PersistentClient(str(folder), settings) if folder else chromadb.EphemeralClient(settings)
    store = Chroma(
        client=client,
        # Clients in memory share their collections within a process: each store needs a name of its own.
        collection_name="naive" if folder else f"naive-{uuid.uuid4().hex}",
        embedding_function=HuggingFaceEmbeddings(model_name=str(model)),
        collection_configuration={"hnsw": {"space": "cosine"}},
    )
    store.add_texts(
        [chunk.quote for chunk in chunks],
        [{"source": chunk.source, "start": chunk.start} for chunk in chunks],
        ids=[str(number) for number in range(len(chunks))],
    )
    return store


class NaivePipeline(RankingSystem):
    """Embedded chunks by cosine; the top three are the answer."""

    name = "naive"

    def __init__(self, documents: Sequence[Document], model: Path) -> None:
        """Index the documents with the embedding model in a folder."""
        super().__init__(split(documents))
        self._store = build_store(self._units, model)

    def search(self, question: str, limit: int) -> list[tuple[Span, float]]:
        """The nearest chunks with their cosines."""
        found = self._store.similarity_search_with_score(question, k=limit)
        return [(self._units[int(record.id or 0)], 1.0 - distance) for record, distance in found]
