"""Is a build whole? Quick checks before it is served, and all of them for `askpost index verify`."""

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus.errors import AskpostError, IndexDamagedError, IndexMismatchError
from index.builds import Manifest, read_manifest
from index.checksums import checksums
from index.encoder import ENCODER_FOLDER, PROBE, QueryEncoder
from index.terms import differences
from index.text_store import TEXT_FILE, TextStore
from index.vectors import CHROMA_FOLDER, VectorStore

PROBE_DIMENSIONS = 8  # of the probe's embedding, kept in the manifest
SAMPLE = 100  # vectors that `verify` asks to be found by themselves
APPROXIMATE = 0.02  # of them, which may be missed
SEARCHED = 1_000  # vectors that HNSW looks at before one counts as lost: as many as it is asked for, at the least
_TOLERANCE = 0.02  # in an embedding's numbers: float16, and other processors' arithmetic


@dataclass(frozen=True, slots=True)
class Check:
    """What was looked at, whether it is right, and what was found."""

    name: str
    ok: bool
    found: str


def verify_contents(folder: Path, probe: NDArray[np.float32] | None = None) -> dict[str, int]:
    """Open a build's texts as a reader would; compare its own stores and ask them a probe. Returns its counts.

    ``probe`` is the embedding of `PROBE`; if it is not given, the build's encoder is loaded for it. The vectors of a
    base are not looked at: they were when it was made, and are by `verify_build`.

    Raises:
        IndexDamagedError: the stores disagree, or the probe finds nothing.
    """
    with closing(TextStore(folder / TEXT_FILE)) as texts, closing(VectorStore(folder / CHROMA_FOLDER)) as vectors:
        counts, keys = texts.counts(), texts.own_keys()
        if (stored := vectors.keys()) != keys or vectors.count() != len(keys):
            raise IndexDamagedError(
                f"{folder} holds {len(stored)} vectors in Chroma, {len(keys)} texts of passages in SQLite, and "
                f"{len(stored & keys)} in both; run `askpost index --force`."
            )
        if probe is None:
            probe = QueryEncoder(folder / ENCODER_FOLDER).encode(PROBE)
        if keys and not vectors.search([float(x) for x in probe], 1):
            raise IndexDamagedError(f"{folder} answers no query; run `askpost index --force`.")
        return counts


def check_encoder(manifest: Manifest, encoder: QueryEncoder) -> None:
    """See to it that a build's encoder is of the model that its vectors are of. Costs one embedding.

    Raises:
        IndexMismatchError: it is not.
    """
    vector = encoder.encode(PROBE)
    if manifest.dimensions not in (0, len(vector)) or not np.allclose(
        vector[:PROBE_DIMENSIONS], manifest.probe, atol=_TOLERANCE
    ):
        raise IndexMismatchError(
            f"The query encoder of the build {manifest.id} is not of the model {manifest.model!r} that it was built "
            "with; run `askpost index --force`."
        )


def verify_build(folder: Path) -> list[Check]:
    """Every check of a finished build, each by itself, so that one failure does not hide another."""
    checks: list[tuple[str, Callable[[Path], str]]] = [
        ("manifest", lambda folder: f"format {read_manifest(folder).format}"),
        ("checksums", _checksums),
        ("SQLite", _sqlite),
        ("counts", _counts),
        ("offsets", _offsets),
        ("full text", _full_text),
        ("embeddings", _embeddings),
        ("encoder", _encoder),
        ("vectors", _vectors),
        ("probe", lambda folder: f"{verify_contents(folder)['passages']} passages answer"),
    ]
    with suppress(AskpostError):  # the first check says what is wrong with it
        if read_manifest(folder).base:
            checks.append(("base", _base))
    return [_run(name, check, folder) for name, check in checks]


def _base(folder: Path) -> str:
    """A build that this one reads beside its own files is whole too."""
    base = read_manifest(folder).base
    with _database(folder) as database:
        named = "".join(str(row[0]) for row in database.execute("SELECT base FROM delta"))
    if named != base:
        raise _fail(f"the manifest says {base!r}, the text store {named!r}")
    checks = verify_build(folder.parent / base)
    if wrong := list(failures(checks)):
        raise _fail(f"{base} is damaged ({'; '.join(wrong)})")
    return f"{base} passes {len(checks)} checks"


def _run(name: str, check: Callable[[Path], str], folder: Path) -> Check:
    try:
        return Check(name, True, check(folder))
    except (AskpostError, sqlite3.Error, OSError, ValueError, KeyError, TypeError, IndexError) as error:
        return Check(name, False, str(error))


def _fail(message: str) -> IndexDamagedError:
    return IndexDamagedError(message)


def _checksums(folder: Path) -> str:
    expected, found = read_manifest(folder).checksums, checksums(folder)
    wrong = sorted(name for name in expected.keys() | found.keys() if expected.get(name) != found.get(name))
    if wrong:
        raise _fail(f"altered, missing or added: {', '.join(wrong)}")
    return f"{len(found)} files"


def _database(folder: Path) -> "closing[sqlite3.Connection]":
    path = folder / TEXT_FILE
    if not path.is_file():
        raise _fail(f"{TEXT_FILE} is missing")
    return closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True))


def _sqlite(folder: Path) -> str:
    with _database(folder) as database:
        found = [row[0] for row in database.execute("PRAGMA integrity_check(5)")]
    if found != ["ok"]:
        raise _fail("; ".join(found))
    return "integrity check passed"


def _counts(folder: Path) -> str:
    expected = read_manifest(folder).counts
    with closing(TextStore(folder / TEXT_FILE)) as texts:
        found = texts.counts()
    with _database(folder) as database:
        counted = database.execute("SELECT count(DISTINCT passage), count(embedding) FROM sentences").fetchone()
        rows = database.execute("SELECT own FROM totals WHERE name IN ('passages', 'sentences') ORDER BY name")
        noted = tuple(own for (own,) in rows)
    if expected != found or counted != noted:
        raise _fail(f"the manifest says {expected}, the text store {found}; {noted} noted are {counted}")
    return ", ".join(f"{number} {name}" for name, number in found.items())


def _offsets(folder: Path) -> str:
    """Offsets lie in their text and in their section, and name what is not empty."""
    number = 0
    with _database(folder) as database:
        sources = database.execute("SELECT id, text, sections FROM sources ORDER BY n").fetchall()
        for id_, text, sections in sources:
            last = len(json.loads(sections))
            for start, end, section in database.execute(
                'SELECT start, "end", section FROM sentences WHERE source = ? ORDER BY id', (id_,)
            ):
                number += 1
                if not (0 <= start < end <= len(text) and text[start:end].strip() and 0 <= section < last):
                    raise _fail(f"{id_} has no sentence at [{start}:{end}] in section {section}")
    return f"{number} sentences of {len(sources)} sources"


def _full_text(folder: Path) -> str:
    """Every sentence that can be found has a row in FTS with the very slice of its text, and no other row is there."""
    with _database(folder) as database:
        (wrong,) = database.execute(
            "SELECT count(*) FROM sentences s JOIN sources t ON t.id = s.source LEFT JOIN lexical l ON l.rowid = s.id"
            " WHERE s.embedding IS NOT NULL"
            ' AND l.sentence IS NOT substr(t.text, s.start + 1, s."end" - s.start)'
        ).fetchone()
        (rows,) = database.execute("SELECT count(*) FROM lexical").fetchone()
        (sentences,) = database.execute("SELECT count(embedding) FROM sentences").fetchone()
        miscounted = differences(database)
    if wrong or rows != sentences or miscounted:
        raise _fail(
            f"{wrong} sentences differ from their texts; {rows} rows for {sentences} sentences; "
            f"{miscounted} counts of words are wrong"
        )
    return f"{rows} rows equal their texts"


def _embeddings(folder: Path) -> str:
    """Every sentence embedding has the manifest's dimensions and unit length."""
    dimensions, number = read_manifest(folder).dimensions, 0
    with _database(folder) as database:
        for (blob,) in database.execute("SELECT embedding FROM sentences WHERE embedding IS NOT NULL"):
            number += 1
            vector = np.frombuffer(blob, np.float16).astype(np.float32)
            if len(vector) != dimensions or not abs(float(np.linalg.norm(vector)) - 1) < _TOLERANCE:
                raise _fail(f"embedding {number} has {len(vector)} dimensions, length {np.linalg.norm(vector):.3f}")
    return f"{number} of {dimensions} dimensions"


def _encoder(folder: Path) -> str:
    manifest = read_manifest(folder)
    check_encoder(manifest, QueryEncoder(folder / ENCODER_FOLDER))
    return f"of {manifest.model}"


def _vectors(folder: Path) -> str:
    """A sample of the vectors, spread evenly, is found by itself: what HNSW has lost is not.

    HNSW is approximate. A search passes some sound vectors by, which a wider one finds; and now and then it leaves one
    that nothing links to, of which `APPROXIMATE` are forgiven.
    """
    with closing(TextStore(folder / TEXT_FILE)) as texts, closing(VectorStore(folder / CHROMA_FOLDER)) as store:
        keys = sorted(texts.own_keys())
        sample = keys[:: max(1, len(keys) // SAMPLE)]
        stored = store.vectors(sample)
        if missing := [key for key in sample if key not in stored]:
            raise _fail(f"{len(missing)} of {len(sample)} vectors are missing, the first {missing[0]}")
        passed_by = [key for key in sample if not _finds(store, stored[key], 1)]
        lost = [key for key in passed_by if not _finds(store, stored[key], min(SEARCHED, len(keys)))]
    if len(lost) > APPROXIMATE * len(sample):
        raise _fail(f"{len(lost)} of {len(sample)} vectors are not found by themselves, the first {lost[0]}")
    return f"{len(sample) - len(lost)} of {len(sample)} vectors find themselves, of {len(keys)}" + (
        f", {len(passed_by) - len(lost)} of them by a wider search" if len(passed_by) > len(lost) else ""
    )


def _finds(store: VectorStore, vector: list[float], among: int) -> bool:
    return any(cosine > 1 - _TOLERANCE for _, cosine in store.search(vector, among))


def failures(checks: list[Check]) -> Iterator[str]:
    """The failed checks, in words."""
    return (f"{check.name}: {check.found}" for check in checks if not check.ok)
