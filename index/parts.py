"""The SQLite files that hold the texts of a build: its own, and before it that of its base, if it has one."""

import sqlite3
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from corpus.errors import IndexDamagedError
from index.builds import BUILD_ID

# Of a base, what the build has not any more is hidden: these views go before the tables of the same names.
_HIDING = """
PRAGMA temp_store = MEMORY;
CREATE TEMP TABLE hidden_sources (id TEXT PRIMARY KEY) WITHOUT ROWID;
"""
_HIDDEN = """
CREATE TEMP TABLE hidden_sentences AS SELECT id FROM main.sentences WHERE source IN (SELECT id FROM hidden_sources);
CREATE UNIQUE INDEX temp.hidden_sentences_by_id ON hidden_sentences (id);
CREATE TEMP TABLE hidden_passages AS SELECT DISTINCT passage AS n FROM main.sentences
    WHERE source IN (SELECT id FROM hidden_sources) AND passage IS NOT NULL;
CREATE UNIQUE INDEX temp.hidden_passages_by_n ON hidden_passages (n);
CREATE TEMP VIEW sources AS SELECT * FROM main.sources WHERE id NOT IN (SELECT id FROM hidden_sources);
CREATE TEMP VIEW sentences AS SELECT * FROM main.sentences WHERE source NOT IN (SELECT id FROM hidden_sources);
CREATE TEMP VIEW passages AS SELECT * FROM main.passages WHERE n NOT IN (SELECT n FROM hidden_passages);
"""


class Part:
    """One file, opened for reading only; safe to share between threads."""

    def __init__(self, path: Path, hidden: Sequence[str] = ()) -> None:
        """Open the file; the sources with the ids ``hidden`` are as if they were not there.

        Raises:
            IndexDamagedError: the file is missing or is not such a database.
        """
        self._path = path
        self._lock = threading.Lock()
        self._living = " AND rowid NOT IN (SELECT id FROM hidden_sentences)" if hidden else ""
        try:
            uri = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
            self._database = sqlite3.connect(uri, uri=True, check_same_thread=False)
        except sqlite3.Error as error:
            raise self._damaged(error) from error
        try:
            self.base = "".join(str(base) for (base,) in self.rows("SELECT base FROM delta"))
            if self.base and not BUILD_ID.fullmatch(self.base):
                raise self._damaged(f"it has {self.base!r} as its base")
            if hidden:
                self._hide(hidden)
        except IndexDamagedError:
            self.close()
            raise

    def _hide(self, sources: Sequence[str]) -> None:
        try:
            self._database.executescript(_HIDING)
            self._database.executemany("INSERT INTO hidden_sources VALUES (?)", ((id_,) for id_ in sources))
            self._database.executescript(_HIDDEN)
        except sqlite3.DatabaseError as error:
            raise self._damaged(error) from error

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._database.close()

    def _damaged(self, error: object) -> IndexDamagedError:
        return IndexDamagedError(f"{self._path} cannot be read ({error}); run `askpost index --force`.")

    def rows(self, query: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """What a query gives.

        Raises:
            IndexDamagedError: the file cannot be read.
        """
        try:
            with self._lock:
                return self._database.execute(query, values).fetchall()
        except sqlite3.DatabaseError as error:
            raise self._damaged(error) from error

    def total(self, name: str) -> tuple[int, int]:
        """A total of the file (see `index.terms.SCHEMA`): its own, hidden or not, and what is gone from its base."""
        ((own, gone),) = self.rows("SELECT own, gone FROM totals WHERE name = ?", (name,))
        return int(own), int(gone)

    def digests(self) -> dict[str, str]:
        """The digests of its documents by source id, in their order (see `index.text_writer.document_digest`)."""
        return {str(id_): str(digest) for id_, digest in self.rows("SELECT id, digest FROM sources ORDER BY n")}

    def matching(self, match: str, *, hidden: bool = False) -> int:
        """The number of sentences that FTS5 finds; the ``hidden`` among them too, if asked for."""
        living = "" if hidden else self._living
        query = f"SELECT count(*) FROM lexical WHERE lexical MATCH ?{living}"  # noqa: S608 - this module's own condition
        return int(self.rows(query, (match,))[0][0])

    def best(self, match: str, context_weight: float, limit: int) -> list[tuple[int, float]]:
        """The sentences that FTS5 ranks best by this file's own statistics: ids with bm25 scores, best first."""
        rows = self.rows(
            f"SELECT rowid, -bm25(lexical, 1.0, ?) FROM lexical WHERE lexical MATCH ?{self._living}"  # noqa: S608 - this module's own condition
            " ORDER BY bm25(lexical, 1.0, ?) LIMIT ?",
            (context_weight, match, context_weight, limit),
        )
        return [(int(id_), float(score)) for id_, score in rows]

    def worded(self, ids: Sequence[int]) -> list[tuple[str, str]]:
        """Sentences by id as FTS5 has them, each with its context, in the order asked for."""
        marks = ",".join("?" * len(ids))
        rows = self.rows(f"SELECT rowid, sentence, context FROM lexical WHERE rowid IN ({marks})", ids)  # noqa: S608 - only question marks are put in
        found = {int(id_): (str(sentence), str(context)) for id_, sentence, context in rows}
        return [found[id_] for id_ in ids]


def open_parts(path: Path) -> tuple[Part, ...]:
    """The parts of the build that a text file is of: its own alone, or its base's and its own.

    Raises:
        IndexDamagedError: a file is missing or is not such a database.
    """
    own = Part(path)
    if not own.base:
        return (own,)
    try:
        hidden = [str(id_) for (id_,) in own.rows("SELECT source FROM gone")]
        return Part(path.parent.parent / own.base / path.name, hidden), own
    except IndexDamagedError:
        own.close()
        raise
