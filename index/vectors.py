"""The vector store of a build: Chroma, one collection a build.

It is written through langchain-chroma. Reading asks Chroma itself for the same collection: importing
langchain-chroma takes about as long as all the rest of answering a first question.
"""

import uuid
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from langchain_core.documents import Document as Record
from langchain_core.embeddings import Embeddings

from corpus.errors import AskpostError
from index.chroma_clients import (
    CHROMA_FOLDER,
    LOCAL_COLLECTION,
    READ_SECONDS,
    WRITE_SECONDS,
    RemoteCollection,
    close,
    damaged,
    open_folder,
    open_server,
    patiently,
    unreachable,
)
from index.settings import Server

if TYPE_CHECKING:
    from chromadb.api import ClientAPI
    from chromadb.api.collection_configuration import CreateHNSWConfiguration
    from langchain_chroma import Chroma

__all__ = ["BATCH", "CHROMA_FOLDER", "VectorStore"]

BATCH = 5_000  # vectors stored at once; Chroma's own limit is 5,461, and each batch rewrites its HNSW files
READ_PATIENCE = 2.0  # seconds that a question waits for a server that is away
WRITE_PATIENCE = 60.0  # seconds that a build waits for it

T = TypeVar("T")


class VectorStore:
    """Vectors by key (see `CachedEmbeddings.key`); passages with the same text share one."""

    def __init__(self, folder: Path, embeddings: Embeddings | None = None, server: Server | None = None) -> None:
        """Open the store in a build's Chroma ``folder``, or create it if ``embeddings`` to add with are given.

        With a ``server``, what is created is a collection there, and the folder says which.

        Raises:
            UnsupportedSystemError: Chroma refuses this machine.
            IndexDamagedError: the folder holds no store that can be opened.
            VectorServerError: the server that holds the vectors does not answer, or refuses.
        """
        self._folder = folder
        self._private = None
        if embeddings is not None and server is not None:
            collection = f"askpost-{folder.parent.name}-{uuid.uuid4().hex[:8]}"
            RemoteCollection(server.url, server.tenant, server.database, collection).save(folder)
        remote = RemoteCollection.load(folder)
        self._url = ""
        self._collection = LOCAL_COLLECTION
        if remote is None:
            self._client, self._private = open_folder(folder, create=embeddings is not None)
        else:
            server = server or remote.server()
            self._url, self._collection = server.url, remote.collection
            self._client = open_server(server, READ_SECONDS if embeddings is None else WRITE_SECONDS)
        try:
            self._store = self._call(lambda: _store(self._client, self._collection, embeddings, remote is None))
            self._read = self._call(lambda: self._client.get_collection(self._collection, embedding_function=None))
        except Exception:
            self.close()
            raise

    def _call(self, call: Callable[[], T], patience: float = READ_PATIENCE) -> T:
        """Call Chroma, which raises many kinds, its Rust core bare Exceptions; raise what says what to do."""
        try:
            return patiently(call, patience) if self._url else call()
        except AskpostError:
            raise  # of the embeddings, which Chroma asks for
        except Exception as error:
            raise (unreachable(self._url, error) if self._url else damaged(self._folder, error)) from error

    def add(self, passages: Sequence[tuple[str, str]]) -> None:
        """Add passages given as key and text to embed; what is there already is replaced.

        Raises:
            AskpostError: the store cannot be written to.
        """
        for batch in _batches(passages):
            records = [Record(page_content=text) for _, text in batch]
            self._write(partial(self._writable.add_documents, records, ids=[key for key, _ in batch]))

    def remove(self, keys: Sequence[str]) -> None:
        """Remove vectors by key.

        Raises:
            AskpostError: the store cannot be written to.
        """
        for batch in _batches(keys):
            self._write(partial(self._writable.delete, list(batch)))

    def _write(self, call: Callable[[], object]) -> None:
        try:
            self._call(call, WRITE_PATIENCE)
        except AskpostError as error:
            if self._url or not isinstance(error.__cause__, Exception):
                raise
            raise AskpostError(
                f"The Chroma store in {self._folder} cannot be written ({error.__cause__}); free space and try again."
            ) from error

    @property
    def _writable(self) -> "Chroma":
        if self._store is None:
            raise AskpostError(f"The Chroma store in {self._folder} was opened for reading only.")
        return self._store

    def flush(self) -> None:
        """Have all that was added written to the HNSW files (see `_hnsw`): one vector is put again, twice."""
        collection = self._client.get_collection(self._collection, embedding_function=None)
        found = collection.get(limit=1, include=["embeddings", "documents"])
        if self._url or not found["ids"]:
            return
        for _ in range(2):
            self._write(
                lambda: collection.upsert(
                    ids=found["ids"], embeddings=found["embeddings"], documents=found["documents"]
                )
            )

    def search(self, vector: Sequence[float], limit: int) -> list[tuple[str, float]]:
        """The nearest passages: keys with cosine similarity, best first; ties by key."""
        found = self._call(lambda: self._read.query(query_embeddings=[vector], n_results=limit, include=["distances"]))
        distances = (found["distances"] or [[]])[0]
        nearest = [(key, 1.0 - distance) for key, distance in zip(found["ids"][0], distances, strict=True)]
        return sorted(nearest, key=lambda pair: (-pair[1], pair[0]))

    def count(self) -> int:
        """The number of vectors stored."""
        return self._call(lambda: self._client.get_collection(self._collection, embedding_function=None).count())

    def keys(self) -> set[str]:
        """The keys of all vectors stored. Asked for at once: in parts, Chroma would count from the first each time."""
        collection = self._call(lambda: self._client.get_collection(self._collection, embedding_function=None))
        return set(self._call(lambda: collection.get(include=[]))["ids"])

    def vectors(self, keys: Sequence[str]) -> dict[str, list[float]]:
        """Stored vectors by key, those that there are."""
        if not keys:
            return {}  # Chroma refuses to be asked for none
        collection = self._call(lambda: self._client.get_collection(self._collection, embedding_function=None))
        found = self._call(lambda: collection.get(ids=list(keys), include=["embeddings"]))
        embeddings = found["embeddings"]
        if embeddings is None:
            return {}
        return {key: [float(x) for x in vector] for key, vector in zip(found["ids"], embeddings, strict=True)}

    def close(self) -> None:
        """Release the files of the store, or the connection."""
        close(self._client)
        if self._private:
            self._private.cleanup()


def _batches(items: Sequence[T]) -> Iterator[Sequence[T]]:
    return (items[start : start + BATCH] for start in range(0, len(items), BATCH))


def _store(client: "ClientAPI", collection: str, embeddings: Embeddings | None, local: bool) -> "Chroma | None":
    """The store to write to; none where nothing is to be added."""
    if embeddings is None:
        return None
    from langchain_chroma import Chroma

    return Chroma(
        client=client,
        collection_name=collection,
        embedding_function=embeddings,
        collection_configuration={"hnsw": _hnsw(local)},
    )


def _hnsw(local: bool) -> "CreateHNSWConfiguration":
    """Cosine; and in a folder a threshold of 2, the least allowed, so that every batch goes to the HNSW files at once.

    What stays below the threshold is put into them again by every reader on opening, which changes
    files that others are reading.
    """
    configuration: CreateHNSWConfiguration = {"space": "cosine", "ef_search": 100}
    if local:
        configuration |= {"sync_threshold": 2, "batch_size": 2}
    return configuration
