"""The vector store of a build: Chroma through langchain-chroma, one collection a build."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from langchain_core.documents import Document as Record
from langchain_core.embeddings import Embeddings

from corpus.errors import IndexDamagedError, UnsupportedSystemError

if TYPE_CHECKING:
    from chromadb.api import ClientAPI
    from langchain_chroma import Chroma

CHROMA_FOLDER = "chroma"
COLLECTION = "passages"
BATCH = 1_000


class VectorStore:
    """Passages by embedding. Ids are the passages' numbers as strings."""

    def __init__(self, folder: Path, embeddings: Embeddings | None = None) -> None:
        """Open or create the store in ``folder``; ``embeddings`` is needed only to add passages.

        Raises:
            UnsupportedSystemError: Chroma refuses this machine.
            IndexDamagedError: the folder holds no store that can be opened.
        """
        self._client = _client(folder)
        try:
            self._store = _store(self._client, embeddings)
        except Exception as error:  # Chroma raises many kinds, its Rust core bare Exceptions
            raise _damaged(folder, error) from error
        self._folder = folder

    def add(self, passages: Sequence[tuple[int, str, dict[str, str | int]]]) -> None:
        """Add passages given as number, text to embed, and metadata."""
        for start in range(0, len(passages), BATCH):
            batch = passages[start : start + BATCH]
            self._store.add_documents(
                [Record(page_content=text, metadata=metadata) for _, text, metadata in batch],
                ids=[str(number) for number, _, _ in batch],
            )

    def search(self, vector: Sequence[float], limit: int) -> list[tuple[int, float]]:
        """The nearest passages: numbers with cosine similarity, best first; ties by number."""
        try:
            found = self._store.similarity_search_by_vector_with_relevance_scores(list(vector), k=limit)
        except Exception as error:
            raise _damaged(self._folder, error) from error
        nearest = [(int(record.metadata["passage"]), 1.0 - distance) for record, distance in found]
        return sorted(nearest, key=lambda pair: (-pair[1], pair[0]))

    def count(self) -> int:
        """The number of passages stored."""
        return self._client.get_collection(COLLECTION, embedding_function=None).count()

    def close(self) -> None:
        """Release the files of the store."""
        self._client.close()  # type: ignore[attr-defined] # Client has it, its interface does not


def _client(folder: Path) -> "ClientAPI":
    # Chroma's telemetry is off both ways: the variable is read when its package is imported.
    os.environ["ANONYMIZED_TELEMETRY"] = "False"
    try:
        import chromadb
        from chromadb.config import Settings
    except RuntimeError as error:
        raise _unsupported(error) from error
    settings = Settings(anonymized_telemetry=False, allow_reset=False)
    try:
        return chromadb.PersistentClient(path=str(folder), settings=settings)
    except Exception as error:
        raise _damaged(folder, error) from error


def _store(client: "ClientAPI", embeddings: Embeddings | None) -> "Chroma":
    from langchain_chroma import Chroma

    return Chroma(
        client=client,
        collection_name=COLLECTION,
        embedding_function=embeddings,
        collection_configuration={"hnsw": {"space": "cosine", "ef_search": 100}},
        create_collection_if_not_exists=embeddings is not None,
    )


def _unsupported(error: Exception) -> UnsupportedSystemError:
    return UnsupportedSystemError(
        f"Chroma refuses this machine: {error} "
        f"(SQLite here: {sys.modules['sqlite3'].sqlite_version if 'sqlite3' in sys.modules else 'none'}). "
        "Use a Python whose sqlite3 is 3.35 or newer: python.org's, conda's and Debian 12's are."
    )


def _damaged(folder: Path, error: Exception) -> IndexDamagedError:
    return IndexDamagedError(f"The Chroma store in {folder} cannot be used ({error}); run `askpost index --force`.")
