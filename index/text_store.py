"""Read the text of a build: sources, sentences with offsets and embeddings, and what words find."""

import json
import sqlite3
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus import Section, SentenceKind, Source, SourceKind
from corpus.errors import IndexDamagedError, UnknownSourceError
from index.stopwords import content_words
from index.terms import Tokenizer, has_counts
from index.text_writer import TEXT_FILE, TextWriter

__all__ = ["TEXT_FILE", "StoredSentence", "TextStore", "TextWriter"]

_SENTENCES = """
SELECT s.id, s.source, s.section, s.block, s.kind, s.start, s."end", substr(t.text, s.start + 1, s."end" - s.start)
FROM sentences s JOIN sources t ON t.id = s.source WHERE """
_MOST_RANKED = 5_000  # sentences that are scored for a question; an index with fewer is ranked by all words
_CONTEXT_WEIGHT = 0.4  # of a word in the title or heading against one in the sentence, for bm25


@dataclass(frozen=True, slots=True)
class StoredSentence:
    """A sentence of the build with its place: source, section, and neighbours in the same section."""

    id: int
    source: Source
    section: str
    text: str
    start: int
    end: int
    kind: SentenceKind
    block: int
    before: str = ""
    after: str = ""


class TextStore:
    """Reads the text of a build; safe to share between threads."""

    def __init__(self, path: Path) -> None:
        """Open the file for reading only.

        Raises:
            IndexDamagedError: the file is missing or is not such a database.
        """
        self._path = path
        self._lock = threading.Lock()
        self._tokenizer = Tokenizer()
        try:
            uri = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
            self._database = sqlite3.connect(uri, uri=True, check_same_thread=False)
            rows = self._rows("SELECT record, sections FROM sources ORDER BY n")
            self._has_counts = has_counts(self._database)
        except sqlite3.Error as error:
            raise self._damaged(error) from error
        self._sources = {record["id"]: Source(**record) for record in (json.loads(row[0]) for row in rows)}
        self._sections = {
            id_: tuple(Section(**section) for section in json.loads(row[1]))
            for id_, row in zip(self._sources, rows, strict=True)
        }

    def close(self) -> None:
        """Close the database."""
        with self._lock:
            self._database.close()
        self._tokenizer.close()

    def _damaged(self, error: Exception) -> IndexDamagedError:
        return IndexDamagedError(f"{self._path} cannot be read ({error}); run `askpost index --force`.")

    def _rows(self, query: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        try:
            with self._lock:
                return self._database.execute(query, values).fetchall()
        except sqlite3.DatabaseError as error:
            raise self._damaged(error) from error

    def sources(self) -> list[Source]:
        """Every source, in the corpus's order."""
        return list(self._sources.values())

    def source(self, id_: str) -> Source:
        """The source with this id.

        Raises:
            UnknownSourceError: there is none.
        """
        if id_ not in self._sources:
            some = ", ".join(list(self._sources)[:12])
            raise UnknownSourceError(f"No source {id_!r} in this index. It has: {some}. See `askpost sources`.")
        return self._sources[id_]

    def text(self, id_: str) -> str:
        """The whole text of a source, to which all offsets refer."""
        source = self.source(id_)
        return str(self._rows("SELECT text FROM sources WHERE id = ?", (source.id,))[0][0])

    def sections(self, id_: str) -> tuple[Section, ...]:
        """The sections of a source."""
        return self._sections[self.source(id_).id]

    def sentences(self, ids: Sequence[int]) -> list[StoredSentence]:
        """Sentences by id, in the order asked for, with their neighbours."""
        wanted = sorted({near for id_ in ids for near in (id_ - 1, id_, id_ + 1)})
        rows = {row[0]: row for row in self._select("s.id IN ({marks})", wanted)}
        return [self._stored(rows, id_) for id_ in ids if id_ in rows]

    def sentences_of_source(self, id_: str) -> list[StoredSentence]:
        """All sentences of a source, in reading order."""
        rows = {row[0]: row for row in self._select("s.source = ?", [self.source(id_).id])}
        return [self._stored(rows, key) for key in rows]

    def _select(self, condition: str, values: Sequence[object]) -> list[tuple[Any, ...]]:
        where = condition.format(marks=",".join("?" * len(values)))
        query = _SENTENCES + where + " ORDER BY s.id"  # the conditions are this module's own
        return self._rows(query, values)

    def _stored(self, rows: Mapping[int, tuple[Any, ...]], id_: int) -> StoredSentence:
        _, source, section, block, kind, start, end, text = rows[id_]

        def neighbour(near: int) -> str:
            row = rows.get(near)
            same = row is not None and row[1:3] == (source, section) and row[4] != "heading"
            return str(row[7]) if row is not None and same else ""

        title = self._sections[source][section].title
        return StoredSentence(
            id_, self._sources[source], title, text, start, end, kind, block, neighbour(id_ - 1), neighbour(id_ + 1)
        )

    def sentence_ids(self, passages: Sequence[int]) -> dict[int, list[int]]:
        """The ids of the sentences of each passage."""
        marks = ",".join("?" * len(passages))
        found: dict[int, list[int]] = {passage: [] for passage in passages}
        for passage, id_ in self._rows(
            f"SELECT passage, id FROM sentences WHERE passage IN ({marks}) ORDER BY id",  # noqa: S608 - only question marks are put in
            passages,
        ):
            found[passage].append(id_)
        return found

    def passages_of_keys(self, keys: Sequence[str]) -> list[int]:
        """The passages whose vectors have these keys, in their order; several where texts are the same."""
        marks = ",".join("?" * len(keys))
        numbers: dict[str, list[int]] = {key: [] for key in keys}
        for key, number in self._rows(f"SELECT key, n FROM passages WHERE key IN ({marks}) ORDER BY n", keys):  # noqa: S608 - only question marks are put in
            numbers[key].append(number)
        return [number for key in keys for number in numbers[key]]

    def digests(self) -> dict[str, str]:
        """The digests of the documents, by source id (see `index.text_writer.document_digest`)."""
        return {str(id_): str(digest) for id_, digest in self._rows("SELECT id, digest FROM sources")}

    def keys(self) -> set[str]:
        """The keys of all passages' vectors."""
        return {str(key) for (key,) in self._rows("SELECT DISTINCT key FROM passages")}

    def passages_of_kind(self, kind: SourceKind, most: int) -> list[int]:
        """The passages of all sources of a kind; none if they are more than ``most``."""
        ids = [source.id for source in self._sources.values() if source.kind == kind]
        marks = ",".join("?" * len(ids))
        rows = self._rows(
            f"SELECT DISTINCT passage FROM sentences WHERE source IN ({marks}) AND passage IS NOT NULL"  # noqa: S608 - only question marks are put in
            " ORDER BY passage LIMIT ?",
            [*ids, most + 1],
        )
        return [int(passage) for (passage,) in rows] if len(rows) <= most else []

    def embeddings(self, ids: Sequence[int]) -> NDArray[np.float32]:
        """The embeddings of sentences that can be found, shape (len(ids), dimensions)."""
        marks = ",".join("?" * len(ids))
        rows = dict(self._rows(f"SELECT id, embedding FROM sentences WHERE id IN ({marks})", ids))  # noqa: S608 - only question marks are put in
        return np.stack([np.frombuffer(rows[id_], np.float16).astype(np.float32) for id_ in ids])

    def search(self, question: str, limit: int) -> list[tuple[int, float]]:
        """The sentences that share words with the question: ids with bm25 scores, best first.

        Scores are positive; stop words count only where the question has nothing else. So that a
        question takes no longer in a large index, words that occur in very many sentences are left out
        where there are rarer ones (see `_MOST_RANKED`).
        """
        match = self._match(content_words(question))
        if not match:
            return []
        rows = self._rows(
            "SELECT rowid, -bm25(lexical, 1.0, ?) FROM lexical WHERE lexical MATCH ?"
            " ORDER BY bm25(lexical, 1.0, ?) LIMIT ?",
            (_CONTEXT_WEIGHT, match, _CONTEXT_WEIGHT, limit),
        )
        return [(int(id_), float(score)) for id_, score in rows]

    def _match(self, words: Sequence[str]) -> str:
        """The rarest words that together occur in at most `_MOST_RANKED` sentences, any of them; else all at once."""
        frequency = {word: self.sentence_frequency(word) for word in words}
        if sum(frequency.values()) > _MOST_RANKED:
            rarest = sorted(frequency, key=lambda word: frequency[word])
            total = list(accumulate(frequency[word] for word in rarest))
            words = [word for word, occurrences in zip(rarest, total, strict=True) if occurrences <= _MOST_RANKED]
            if not any(frequency[word] for word in words):
                return " AND ".join(_phrase(word) for word in rarest if frequency[word])
        return " OR ".join(_phrase(word) for word in words)

    def sentence_frequency(self, word: str) -> int:
        """The number of sentences that hold the word in any inflection, in themselves or their headings.

        Looked up in a time that does not grow; but a word that FTS5 takes for several, such as "e-mail", is counted.
        """
        terms = self._tokenizer.terms(word)
        if self._has_counts and len(terms) == 1:
            rows = self._rows("SELECT sentences FROM terms WHERE term = ?", terms)
            return int(rows[0][0]) if rows else 0
        return int(self._rows("SELECT count(*) FROM lexical WHERE lexical MATCH ?", (_phrase(word),))[0][0])

    def sentence_count(self) -> int:
        """The number of sentences that can be found."""
        return int(self._rows("SELECT count(*) FROM sentences WHERE embedding IS NOT NULL")[0][0])

    def counts(self) -> dict[str, int]:
        """How many sources, passages and sentences the build holds."""
        row = self._rows(
            "SELECT (SELECT count(*) FROM sources), count(DISTINCT passage), count(embedding) FROM sentences"
        )[0]
        return dict(zip(("sources", "passages", "sentences"), map(int, row), strict=True))

    def vocabulary(self) -> dict[str, int]:
        """The words of all texts, lower-cased, with how often each occurs."""
        return {str(word): int(count) for word, count in self._rows("SELECT word, count FROM vocabulary")}

    def topics(self) -> list[str]:
        """Titles of sources and sections, each once."""
        titles: Iterable[str] = (
            title
            for id_, source in self._sources.items()
            for title in (source.title, *(section.title for section in self._sections[id_]))
        )
        return list(dict.fromkeys(title for title in titles if title))


def _phrase(word: str) -> str:
    """A word in FTS5's query language."""
    return '"' + word.replace('"', '""') + '"'
