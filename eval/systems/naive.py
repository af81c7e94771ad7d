"""The naive pipeline that tutorials build: split, embed, search Chroma, show the top chunks.

RecursiveCharacterTextSplitter, HuggingFaceEmbeddings and Chroma, all of LangChain, with the embedding model
of askpost's own build and the same rendered texts. It knows no history and gives no verdict. It
abstains only below a cosine threshold, if one was fitted (which tutorials leave out: it gets it here to be fair).
"""

import os
import time
import uuid
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from corpus import Document
from eval.metrics.quotes import hit_at
from eval.questions import Question
from eval.spans import Span
from eval.systems.base import Response

if TYPE_CHECKING:
    from langchain_chroma import Chroma

# The sizes of LangChain's own tutorial. Of those tried on dev (1000, 500, 200, 120) it is also the one with
# most hits, so the strongest baseline by that measure: a long chunk holds more. F1 and quote length show the price.
CHUNK_CHARS = 1_000
OVERLAP_CHARS = 200
RANKED = 10
CITED = 3
NEVER = -1.0  # a threshold that no cosine is below


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


class NaivePipeline:
    """The pipeline over some documents; what it retrieves are chunks."""

    probabilistic = False  # a cosine is not a probability

    def __init__(
        self,
        documents: Sequence[Document],
        model: Path,
        *,
        chunk_chars: int = CHUNK_CHARS,
        overlap: int = OVERLAP_CHARS,
    ) -> None:
        self.threshold = NEVER
        self._chunks = split(documents, chunk_chars, overlap)
        self._store = build_store(self._chunks, model)

    @property
    def name(self) -> str:
        """Says whether it can abstain."""
        return "naive" if self.threshold > NEVER else "naive (never abstains)"

    def units(self) -> Sequence[Span]:
        """Every chunk."""
        return self._chunks

    def search(self, question: str, limit: int) -> list[tuple[Span, float]]:
        """The nearest chunks with their cosines."""
        found = self._store.similarity_search_with_score(question, k=limit)
        return [(self._chunks[int(record.id or 0)], 1.0 - distance) for record, distance in found]

    def respond(self, question: Question) -> Response:
        """The top chunks as quotes, or nothing below the threshold."""
        started = time.perf_counter()
        found = self.search(question.question, RANKED)
        elapsed = (time.perf_counter() - started) * 1000
        ranking = tuple(chunk for chunk, _ in found)
        confidence = found[0][1] if found else NEVER
        abstained = not found or confidence < self.threshold
        return Response(
            citations=() if abstained else ranking[:CITED],
            verdict=None,
            abstained=abstained,
            confidence=confidence,
            best=next(iter(ranking), None),
            ranking=ranking,
            elapsed_ms=elapsed,
        )

    def fit(self, questions: Sequence[Question]) -> None:
        """Choose the threshold with most right answers (a hit, or a due abstention); the lowest of equals."""
        self.threshold = NEVER
        if not questions:
            return
        responses = [self.respond(question) for question in questions]
        pairs = list(zip(questions, responses, strict=True))
        tops = sorted({response.confidence for response in responses})
        between = [(low + high) / 2 for low, high in pairwise(tops)]
        self.threshold = max([NEVER, *between, 1.0], key=lambda threshold: _right(pairs, threshold))


def _right(pairs: Sequence[tuple[Question, Response]], threshold: float) -> int:
    return sum(
        response.confidence >= threshold and hit_at(1, response.ranking, question.gold)
        if question.answerable
        else response.confidence < threshold
        for question, response in pairs
    )
