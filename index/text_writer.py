"""Write the text of a build: sources, sentences with offsets and embeddings, and an FTS5 table, in SQLite."""

import hashlib
import json
import re
import sqlite3
from array import array
from collections import Counter
from collections.abc import Iterable, Mapping, Set
from dataclasses import asdict, fields
from itertools import chain
from operator import attrgetter
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus import Document, Section, Sentence, Source
from index.terms import ADDED, HIDDEN, REMOVED, SHOWN, TOKENIZE, TermCounts, add_total

TEXT_FILE = "text.sqlite"

_SCHEMA = f"""
CREATE TABLE IF NOT EXISTS sources (id TEXT PRIMARY KEY, n INTEGER NOT NULL, record TEXT NOT NULL, text TEXT NOT NULL,
                                    sections TEXT NOT NULL, digest TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS sources_in_order ON sources (n, id, digest);
CREATE TABLE IF NOT EXISTS sentences (id INTEGER PRIMARY KEY, source TEXT NOT NULL REFERENCES sources, passage INTEGER,
                                      section INTEGER NOT NULL, block INTEGER NOT NULL, kind TEXT NOT NULL,
                                      start INTEGER NOT NULL, "end" INTEGER NOT NULL, embedding BLOB);
CREATE INDEX IF NOT EXISTS sentences_by_passage ON sentences (passage);
CREATE INDEX IF NOT EXISTS sentences_by_source ON sentences (source, id);
CREATE TABLE IF NOT EXISTS passages (n INTEGER PRIMARY KEY, key TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS passages_by_key ON passages (key);
CREATE TABLE IF NOT EXISTS vocabulary (word TEXT PRIMARY KEY, count INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS delta (base TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS gone (source TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS gone_keys (key TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE VIRTUAL TABLE IF NOT EXISTS lexical USING fts5 (sentence, context, tokenize = '{TOKENIZE}');
"""


_SOURCE, _SECTION = (attrgetter(*(field.name for field in fields(kind))) for kind in (Source, Section))
_KIND = attrgetter("kind")
_PLACE = attrgetter(*(field.name for field in fields(Sentence) if field.name != "kind"))

_GONE = """
CREATE TEMP TABLE gone_passages AS SELECT DISTINCT passage AS n FROM base.sentences
    WHERE source IN (SELECT source FROM gone) AND passage IS NOT NULL;
DELETE FROM gone_keys;
INSERT INTO gone_keys SELECT DISTINCT key FROM base.passages p WHERE n IN (SELECT n FROM temp.gone_passages)
    AND NOT EXISTS (SELECT 1 FROM base.passages WHERE key = p.key AND n NOT IN (SELECT n FROM temp.gone_passages));
UPDATE totals SET gone = (SELECT count(*) FROM temp.gone_passages) WHERE name = 'passages';
"""


def document_digest(document: Document) -> str:
    """A digest of all that a build takes from a document: its record, text, sections and sentences.

    Every document is digested at every call, so sentences go in as bare numbers: their `repr` takes ten times as long.
    """
    text = document.text.encode()
    head = (
        _SOURCE(document.source),
        [_SECTION(section) for section in document.sections],
        document.links,
        " ".join(map(_KIND, document.sentences)),
        len(text),
    )
    digest = hashlib.sha256(repr(head).encode())
    digest.update(text)
    digest.update(array("q", chain.from_iterable(map(_PLACE, document.sentences))))
    return digest.hexdigest()


class TextWriter:
    """Writes the text of a build: into a new file, or into a copy of an earlier build's to bring it up to date.

    Passages' vectors are found by key (see `CachedEmbeddings.key`), so that a passage that is still
    there keeps its vector, whatever became of the others. A delta's writer reads the base, and counts on from it.
    """

    def __init__(self, path: Path, base: Path | None = None) -> None:
        """Open the file; ``base`` is the text store that it is the delta of, in a build's folder."""
        self._database = sqlite3.connect(path.resolve().as_uri(), uri=True)
        # No journal: a build that is not finished is thrown away, and a finished one is synced as a whole.
        self._database.executescript(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA temp_store = MEMORY;" + _SCHEMA
        )
        if base is not None:
            self._database.execute("ATTACH ? AS base", (f"{base.resolve().as_uri()}?mode=ro&immutable=1",))
            self._database.execute("INSERT OR IGNORE INTO delta VALUES (?)", (base.parent.name,))
        self._based = base is not None
        self._new = not self._database.execute("SELECT 1 FROM sources LIMIT 1").fetchone()
        self._terms = TermCounts(self._database, based=self._based)
        self._next_sentence = 1 + self._highest("sentences", "id", 0)
        self._words: Counter[str] = Counter()  # more of them than the vocabulary says, or fewer

    @property
    def next_passage(self) -> int:
        """The first passage number that is free."""
        return 1 + self._highest("passages", "n", -1)

    def _highest(self, table: str, column: str, least: int) -> int:
        """The highest number in a table, the base's included: numbers tell apart what is in either."""
        schemas = ("main", "base") if self._based else ("main",)
        queries = (f"SELECT max({column}) FROM {schema}.{table}" for schema in schemas)  # noqa: S608 - this module's names
        found = [self._database.execute(query).fetchone()[0] for query in queries]
        return max((int(number) for number in found if number is not None), default=least)

    def digests(self) -> dict[str, str]:
        """The digests of the documents in the file, by id."""
        return dict(self._database.execute("SELECT id, digest FROM sources"))

    def held(self, keys: Iterable[str]) -> set[str]:
        """Those of the keys that a passage in the file has."""
        query = "SELECT 1 FROM passages WHERE key = ? LIMIT 1"
        return {key for key in keys if self._database.execute(query, (key,)).fetchone()}

    def add(
        self,
        document: Document,
        passages: Mapping[Sentence, int],
        embeddings: Mapping[Sentence, NDArray[np.float32]],
        order: float,
        keys: Mapping[int, str] | None = None,
    ) -> None:
        """Store a document; ``passages`` and ``embeddings`` know those sentences that can be found.

        ``order`` is its place: documents are put into the order of these numbers, a base's among them.
        ``keys`` are the keys of its passages' vectors, by passage number.
        """
        sections = json.dumps([asdict(section) for section in document.sections])
        self._database.execute(
            "INSERT INTO sources VALUES (?, ?, ?, ?, ?, ?)",
            (
                document.source.id,
                order,
                json.dumps(asdict(document.source)),
                document.text,
                sections,
                document_digest(document),
            ),
        )
        for sentence in document.sentences:
            self._add_sentence(document, sentence, passages.get(sentence), embeddings.get(sentence))
        self._database.executemany("INSERT INTO passages VALUES (?, ?)", (keys or {}).items())
        add_total(self._database, "passages", "own", len(keys or {}))

    def _add_sentence(
        self, document: Document, sentence: Sentence, passage: int | None, embedding: NDArray[np.float32] | None
    ) -> None:
        text = document.quote(sentence)
        self._words.update(_words(text))
        id_ = self._next_sentence
        self._next_sentence += 1
        self._database.execute(
            'INSERT INTO sentences (id, source, passage, section, block, kind, start, "end", embedding)'
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                id_,
                document.source.id,
                passage,
                sentence.section,
                sentence.block,
                sentence.kind,
                sentence.start,
                sentence.end,
                None if embedding is None else embedding.astype(np.float16).tobytes(),
            ),
        )
        if embedding is not None:
            context = f"{document.source.title} {document.sections[sentence.section].title}"
            self._database.execute(
                "INSERT INTO lexical (rowid, sentence, context) VALUES (?, ?, ?)", (id_, text, context)
            )
            self._terms.note(ADDED, text, context)

    def remove(self, source: str) -> set[str]:
        """Take a document out, with its sentences, passages and words; return the keys of its passages."""
        rows = self._note("main", source, REMOVED)
        passages = sorted({passage for _, passage in rows if passage is not None})
        query = "SELECT key FROM passages WHERE n = ?"
        keys = {key for passage in passages for (key,) in self._database.execute(query, (passage,))}
        self._database.executemany("DELETE FROM lexical WHERE rowid = ?", ((id_,) for id_, _ in rows))
        self._database.executemany("DELETE FROM passages WHERE n = ?", ((passage,) for passage in passages))
        add_total(self._database, "passages", "own", -len(passages))
        self._database.execute("DELETE FROM sentences WHERE source = ?", (source,))
        self._database.execute("DELETE FROM sources WHERE id = ?", (source,))
        return keys

    def _note(self, schema: str, source: str, change: str) -> list[tuple[int, int | None]]:
        """Count a document's words and terms as changed; return the ids of its sentences, each with its passage."""
        rows = self._database.execute(
            f'SELECT s.id, s.passage, substr(t.text, s.start + 1, s."end" - s.start), l.sentence, l.context'  # noqa: S608 - one of two schemas
            f" FROM {schema}.sentences s JOIN {schema}.sources t ON t.id = s.source"
            f" LEFT JOIN {schema}.lexical l ON l.rowid = s.id WHERE s.source = ?",
            (source,),
        ).fetchall()
        for _, _, text, sentence, context in rows:
            if change == SHOWN:
                self._words.update(_words(text))
            else:
                self._words.subtract(_words(text))
            if sentence is not None:
                self._terms.note(change, sentence, context)
        return [(id_, passage) for id_, passage, *_ in rows]

    def hide(self, sources: Set[str]) -> None:
        """Have these documents of the base count as gone, and no others."""
        hidden = {str(source) for (source,) in self._database.execute("SELECT source FROM gone")}
        for change, changed in ((HIDDEN, sources - hidden), (SHOWN, hidden - sources)):
            for source in sorted(changed):
                self._note("base", source, change)
        self._database.execute("DELETE FROM gone")
        self._database.executemany("INSERT INTO gone VALUES (?)", ((source,) for source in sorted(sources)))
        self._database.executescript(_GONE)

    def order(self, places: Mapping[str, float]) -> None:
        """Put the sources, given by id, at these places."""
        rows = ((place, id_) for id_, place in places.items())
        self._database.executemany("UPDATE sources SET n = ? WHERE id = ?", rows)

    def close(self) -> None:
        """Write the vocabulary and finish the file."""
        self._database.executemany(
            "INSERT INTO vocabulary VALUES (?, ?) ON CONFLICT (word) DO UPDATE SET count = count + excluded.count",
            ((word, more) for word, more in self._words.items() if more),
        )
        self._database.executemany(
            "DELETE FROM vocabulary WHERE word = ? AND count = 0", ((word,) for word in -self._words)
        )
        self._terms.write()
        if self._new:
            self._database.execute("INSERT INTO lexical (lexical) VALUES ('optimize')")
        self._database.commit()
        self._database.close()


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+(?:['’][^\W\d_]+)?", text.lower())
