"""The vectors of a build that has a base: its own, and those of the base that its texts still have."""

from collections.abc import Sequence
from pathlib import Path

from corpus.errors import AskpostError
from index.text_store import TextStore
from index.vectors import CHROMA_FOLDER, VectorStore


class BuildVectors:
    """Finds the nearest passages of a build, be it whole by itself or based on another."""

    def __init__(self, build: Path, texts: TextStore) -> None:
        """Open a build's vectors, and its base's; ``texts`` are the build's, and say what is gone from the base.

        Raises:
            IndexDamagedError: a store cannot be opened.
        """
        self._gone = texts.gone_keys()
        self._own = VectorStore(build / CHROMA_FOLDER)
        try:
            self._base = VectorStore(build.parent / texts.base / CHROMA_FOLDER) if texts.base else None
        except AskpostError:
            self._own.close()
            raise

    def search(self, vector: Sequence[float], limit: int) -> list[tuple[str, float]]:
        """The nearest passages: keys with cosine similarity, best first; ties by key."""
        own = self._own.search(vector, limit)
        if self._base is None:
            return own
        found = {**dict(own), **self._of_base(self._base, vector, limit)}  # what both hold is the same
        return sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))[:limit]

    def _of_base(self, base: VectorStore, vector: Sequence[float], limit: int) -> dict[str, float]:
        """The nearest of the base that are not gone: more are asked for until there are enough."""
        wanted, most = limit, limit + len(self._gone)
        while True:
            nearest = base.search(vector, wanted)
            living = [(key, cosine) for key, cosine in nearest if key not in self._gone]
            if len(living) >= limit or len(nearest) < wanted or wanted == most:
                return dict(living[:limit])
            wanted = min(4 * wanted, most)

    def keys(self) -> set[str]:
        """The keys of all vectors that can be found."""
        own = self._own.keys()
        return own if self._base is None else own | (self._base.keys() - self._gone)

    def count(self) -> int:
        """The number of vectors that can be found."""
        return self._own.count() if self._base is None else len(self.keys())

    def close(self) -> None:
        """Release the files of the stores, or the connection."""
        self._own.close()
        if self._base is not None:
            self._base.close()
