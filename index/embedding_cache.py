"""What was computed once and need not be again: embeddings by text and model, and exported query encoders.

Nothing in it is trusted: every row and every file carries a checksum, and what does not match is
computed anew. A cache that cannot be read at all is set aside.
"""

import json
import shutil
import sqlite3
import tempfile
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus.errors import AskpostError
from corpus.files import sync_folder, write_atomically
from index.files import copy_tree, sync_tree, text_sha256, tree_sha256

CACHE_FILE = "embeddings.sqlite"
SUMS_FILE = "sums.json"  # beside the encoder's folder; written last

_SCHEMA = "CREATE TABLE IF NOT EXISTS vectors (key TEXT PRIMARY KEY, vector BLOB NOT NULL, crc INTEGER NOT NULL)"
_PART = 500  # keys a query, below SQLite's limit on variables


def vector_key(model_sha256: str, text: str) -> str:
    """What a text's vector is kept under: a digest of the model's weights and the text."""
    return text_sha256(f"{model_sha256}\n{text}")


def encoder_folder(cache: Path, model_sha256: str) -> Path:
    """Where a model's exported encoder is kept."""
    return cache / "encoders" / model_sha256[:16]


class VectorCache:
    """Vectors by key in a SQLite file. Damage is no error: a damaged row is missing, a damaged file is set aside."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / CACHE_FILE
        self._database = self._open()

    def _open(self) -> sqlite3.Connection:
        database = sqlite3.connect(self._path)
        try:
            database.execute(_SCHEMA)
            database.execute("SELECT key FROM vectors LIMIT 1").fetchall()
        except sqlite3.OperationalError:  # a full disk, a lock, a folder that is read-only: no damage
            database.close()
            raise
        except sqlite3.DatabaseError:
            database.close()
            self._set_aside()
            return self._open()
        return database

    def _set_aside(self) -> None:
        """Move the damaged file out of the way, over an earlier one; its journal would damage a new file."""
        self._path.replace(self._path.with_suffix(".damaged"))
        for journal in ("-journal", "-wal", "-shm"):
            self._path.with_name(self._path.name + journal).unlink(missing_ok=True)

    def get(self, keys: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """The vectors of those keys that the cache has whole."""
        try:
            return self._get(keys)
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError:
            self._database.close()
            self._set_aside()
            self._database = self._open()
            return {}

    def _get(self, keys: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        found: dict[str, NDArray[np.float32]] = {}
        for start in range(0, len(keys), _PART):
            part = keys[start : start + _PART]
            marks = ",".join("?" * len(part))
            rows = self._database.execute(f"SELECT key, vector, crc FROM vectors WHERE key IN ({marks})", part)  # noqa: S608 - only question marks are put in
            found |= {key: np.frombuffer(vector, np.float32) for key, vector, crc in rows if _crc(key, vector) == crc}
        return found

    def put(self, vectors: Mapping[str, NDArray[np.float32]]) -> None:
        """Store vectors, all or none."""
        rows = [(key, vector.tobytes(), _crc(key, vector.tobytes())) for key, vector in vectors.items()]
        with self._database:
            self._database.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?, ?)", rows)

    def keep(self, keys: Iterable[str]) -> int:
        """Remove all vectors but those of these keys; return how many they were."""
        with self._database:
            self._database.execute("CREATE TEMP TABLE kept (key TEXT PRIMARY KEY) WITHOUT ROWID")
            self._database.executemany("INSERT OR IGNORE INTO kept VALUES (?)", ((key,) for key in keys))
            removed = self._database.execute("DELETE FROM vectors WHERE key NOT IN (SELECT key FROM kept)").rowcount
            self._database.execute("DROP TABLE temp.kept")
        if removed:
            self._database.execute("VACUUM")  # only now does the file become smaller
        return removed

    def close(self) -> None:
        """Close the file."""
        self._database.close()


def _crc(key: str, vector: bytes) -> int:
    """Over the key too, so that a vector under a neighbour's key is noticed."""
    return zlib.crc32(vector, zlib.crc32(key.encode()))


def copy_encoder(cached: Path, target: Path, export: Callable[[Path], None]) -> dict[str, str]:
    """Put a model's exported encoder into ``target``; return the sha256 of its files.

    ``cached`` is the folder it is kept in between builds; ``export`` fills a folder with it if it is
    not there or not as it was when it was exported.

    Raises:
        AskpostError: the copy is not what was exported, twice over: the disk cannot be trusted.
    """
    for _ in range(2):
        recorded = _recorded(cached)
        if recorded is None:
            _export(cached, export)
            recorded = _recorded(cached)
        copy_tree(cached / "files", target)
        if recorded == tree_sha256(target):  # of the copy: it is what the build will be read from
            return recorded
        shutil.rmtree(target)
        shutil.rmtree(cached)
    raise AskpostError(f"The query encoder in {cached} changes while it is copied; check the disk and its free space.")


def _recorded(cached: Path) -> dict[str, str] | None:
    try:
        sums = json.loads((cached / SUMS_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return sums if isinstance(sums, dict) and (cached / "files").is_dir() else None


def _export(cached: Path, export: Callable[[Path], None]) -> None:
    """Export aside and rename, so that builders in other homes that share the cache see all of it or nothing."""
    cached.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=f".{cached.name}-", dir=cached.parent))
    try:
        export(aside / "files")
        sync_tree(aside)
        write_atomically(aside / SUMS_FILE, json.dumps(tree_sha256(aside / "files")))
        shutil.rmtree(cached, ignore_errors=True)
        aside.rename(cached)
        sync_folder(cached.parent)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
