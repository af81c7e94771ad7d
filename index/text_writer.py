"""Write the text of a build: sources, sentences with offsets and embeddings, and an FTS5 table, in SQLite."""

import json
import re
import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus import Document, Sentence
from index.files import text_sha256
from index.terms import TOKENIZE, TermCounts

TEXT_FILE = "text.sqlite"

_SCHEMA = f"""
CREATE TABLE IF NOT EXISTS sources (id TEXT PRIMARY KEY, n INTEGER NOT NULL, record TEXT NOT NULL, text TEXT NOT NULL,
                                    sections TEXT NOT NULL, digest TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS sentences (id INTEGER PRIMARY KEY, source TEXT NOT NULL REFERENCES sources, passage INTEGER,
                                      section INTEGER NOT NULL, block INTEGER NOT NULL, kind TEXT NOT NULL,
                                      start INTEGER NOT NULL, "end" INTEGER NOT NULL, embedding BLOB);
CREATE INDEX IF NOT EXISTS sentences_by_passage ON sentences (passage);
CREATE INDEX IF NOT EXISTS sentences_by_source ON sentences (source, id);
CREATE TABLE IF NOT EXISTS passages (n INTEGER PRIMARY KEY, key TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS passages_by_key ON passages (key);
CREATE TABLE IF NOT EXISTS vocabulary (word TEXT PRIMARY KEY, count INTEGER NOT NULL);
CREATE VIRTUAL TABLE IF NOT EXISTS lexical USING fts5 (sentence, context, tokenize = '{TOKENIZE}');
"""


def document_digest(document: Document) -> str:
    """A digest of all that a build takes from a document: its record, text, sections and sentences."""
    return text_sha256(repr(document))


class TextWriter:
    """Writes the text of a build: into a new file, or into a copy of an earlier build's to bring it up to date.

    Passages' vectors are found by key (see `CachedEmbeddings.key`), so that a passage that is still
    there keeps its vector, whatever became of the others.
    """

    def __init__(self, path: Path) -> None:
        self._database = sqlite3.connect(path)
        # No journal: a build that is not finished is thrown away, and a finished one is synced as a whole.
        self._database.executescript(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA temp_store = MEMORY;" + _SCHEMA
        )
        self._new = not self._database.execute("SELECT 1 FROM sources LIMIT 1").fetchone()
        self._terms = TermCounts(self._database)
        self._words: Counter[str] = Counter()  # more of them than the vocabulary says, or fewer

    @property
    def next_passage(self) -> int:
        """The first passage number that is free."""
        (highest,) = self._database.execute("SELECT max(n) FROM passages").fetchone()
        return 0 if highest is None else int(highest) + 1

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
        order: int,
        keys: Mapping[int, str] | None = None,
    ) -> None:
        """Store a document; ``passages`` and ``embeddings`` know those sentences that can be found.

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

    def _add_sentence(
        self, document: Document, sentence: Sentence, passage: int | None, embedding: NDArray[np.float32] | None
    ) -> None:
        text = document.quote(sentence)
        self._words.update(_words(text))
        cursor = self._database.execute(
            'INSERT INTO sentences (source, passage, section, block, kind, start, "end", embedding)'
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
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
                "INSERT INTO lexical (rowid, sentence, context) VALUES (?, ?, ?)", (cursor.lastrowid, text, context)
            )
            self._terms.add(cursor.lastrowid, text, context)

    def remove(self, source: str) -> set[str]:
        """Take a document out, with its sentences, passages and words; return the keys of its passages."""
        rows = self._database.execute(
            'SELECT substr(t.text, s.start + 1, s."end" - s.start), s.id, s.passage'
            " FROM sentences s JOIN sources t ON t.id = s.source WHERE s.source = ?",
            (source,),
        ).fetchall()
        for text, id_, _ in rows:
            self._words.subtract(_words(text))
            self._terms.remove(id_)
        passages = sorted({passage for _, _, passage in rows if passage is not None})
        query = "SELECT key FROM passages WHERE n = ?"
        keys = {key for passage in passages for (key,) in self._database.execute(query, (passage,))}
        self._database.executemany("DELETE FROM lexical WHERE rowid = ?", ((id_,) for _, id_, _ in rows))
        self._database.executemany("DELETE FROM passages WHERE n = ?", ((passage,) for passage in passages))
        self._database.execute("DELETE FROM sentences WHERE source = ?", (source,))
        self._database.execute("DELETE FROM sources WHERE id = ?", (source,))
        return keys

    def order(self, sources: Iterable[str]) -> None:
        """Put the sources into this order."""
        self._database.executemany("UPDATE sources SET n = ? WHERE id = ?", enumerate(sources))

    def close(self) -> None:
        """Write the vocabulary and finish the file."""
        self._database.executemany(
            "INSERT INTO vocabulary VALUES (?, ?) ON CONFLICT (word) DO UPDATE SET count = count + excluded.count",
            ((word, more) for word, more in self._words.items() if more),
        )
        self._database.executemany(
            "DELETE FROM vocabulary WHERE word = ? AND count <= 0", ((word,) for word in -self._words)
        )
        self._terms.write()
        if self._new:
            self._database.execute("INSERT INTO lexical (lexical) VALUES ('optimize')")
        self._database.commit()
        self._database.close()


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+(?:['’][^\W\d_]+)?", text.lower())
