"""Read the text of a build: sources, sentences with offsets and embeddings, and what words find."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus import Section, SentenceKind, Source, SourceKind
from corpus.errors import UnknownSourceError
from index import bm25
from index.parts import Part, open_parts
from index.stopwords import content_words
from index.terms import Tokenizer
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
    """Reads the text of a build; safe to share between threads.

    Of a build that has a base it reads both files: sources, sentences and passages of the base that the build has not
    any more are hidden, and numbers tell apart all that is in either.
    """

    def __init__(self, path: Path) -> None:
        """Open the file, and its base's, for reading only.

        Raises:
            IndexDamagedError: a file is missing or is not such a database.
        """
        self._parts = open_parts(path)
        self._own = self._parts[-1]
        self._tokenizer = Tokenizer()

    def close(self) -> None:
        """Close the files."""
        for part in self._parts:
            part.close()
        self._tokenizer.close()

    def _rows(self, query: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """What all files give, the base first."""
        return [row for part in self._parts for row in part.rows(query, values)]

    @cached_property
    def _records(self) -> dict[str, tuple[Source, tuple[Section, ...]]]:
        """The sources and their sections by id, in the corpus's order."""
        rows = sorted(self._rows("SELECT n, record, sections FROM sources ORDER BY n"), key=lambda row: float(row[0]))
        records = ((Source(**json.loads(record)), json.loads(sections)) for _, record, sections in rows)
        return {source.id: (source, tuple(Section(**section) for section in sections)) for source, sections in records}

    @property
    def base(self) -> str:
        """The build that this one is based on; empty if it is whole by itself."""
        return self._own.base

    def gone_keys(self) -> frozenset[str]:
        """The keys of the base's vectors that none of its passages has any more."""
        return frozenset(str(key) for (key,) in self._own.rows("SELECT key FROM gone_keys"))

    def own_keys(self) -> set[str]:
        """The keys of the passages that are not the base's."""
        return {str(key) for (key,) in self._own.rows("SELECT DISTINCT key FROM passages")}

    def sources(self) -> list[Source]:
        """Every source, in the corpus's order."""
        return [source for source, _ in self._records.values()]

    def source(self, id_: str) -> Source:
        """The source with this id.

        Raises:
            UnknownSourceError: there is none.
        """
        if id_ not in self._records:
            some = ", ".join(list(self._records)[:12])
            raise UnknownSourceError(f"No source {id_!r} in this index. It has: {some}. See `askpost sources`.")
        return self._records[id_][0]

    def text(self, id_: str) -> str:
        """The whole text of a source, to which all offsets refer."""
        source = self.source(id_)
        return str(self._rows("SELECT text FROM sources WHERE id = ?", (source.id,))[0][0])

    def sections(self, id_: str) -> tuple[Section, ...]:
        """The sections of a source."""
        return self._records[self.source(id_).id][1]

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

        record, sections = self._records[source]
        title = sections[section].title
        return StoredSentence(id_, record, title, text, start, end, kind, block, neighbour(id_ - 1), neighbour(id_ + 1))

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

    def keys(self) -> set[str]:
        """The keys of all passages' vectors."""
        return {str(key) for (key,) in self._rows("SELECT DISTINCT key FROM passages")}

    def passages_of_kind(self, kind: SourceKind, most: int) -> list[int]:
        """The passages of all sources of a kind; none if they are more than ``most``."""
        ids = [source.id for source in self.sources() if source.kind == kind]
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
        match, words = self._match(content_words(question))
        if not match:
            return []
        if len(self._parts) == 1:
            return self._own.best(match, _CONTEXT_WEIGHT, limit)
        of_all = {word: self.sentence_frequency(word) for word in words}
        counts = bm25.Statistics(self.sentence_count(), self._total("tokens"), of_all)
        parts = [(part, self._statistics(part, words)) for part in self._parts]
        return bm25.search(parts, counts, match, _CONTEXT_WEIGHT, limit, self._tokenizer.terms_of)

    def _match(self, words: Sequence[str]) -> tuple[str, Sequence[str]]:
        """A query in FTS5's language, and the words it holds: the rarest that together occur in at most `_MOST_RANKED`
        sentences, any of them; else all at once.
        """
        frequency = {word: self.sentence_frequency(word) for word in words}
        if sum(frequency.values()) > _MOST_RANKED:
            rarest = sorted(frequency, key=lambda word: frequency[word])
            total = list(accumulate(frequency[word] for word in rarest))
            words = [word for word, occurrences in zip(rarest, total, strict=True) if occurrences <= _MOST_RANKED]
            if not any(frequency[word] for word in words):
                words = [word for word in rarest if frequency[word]]
                return " AND ".join(map(_phrase, words)), words
        return " OR ".join(map(_phrase, words)), words

    def _statistics(self, part: Part, words: Sequence[str]) -> bm25.Statistics:
        """What FTS5 knows of one file: what is hidden counts as well."""
        frequency = {}
        for word in words:
            terms = self._tokenizer.terms(word)
            if len(terms) == 1:
                rows = part.rows("SELECT sentences FROM terms WHERE term = ?", terms)
                frequency[word] = sum(int(sentences) for (sentences,) in rows)
            else:
                frequency[word] = part.matching(_phrase(word), hidden=True)
        return bm25.Statistics(part.total("sentences")[0], part.total("tokens")[0], frequency)

    def sentence_frequency(self, word: str) -> int:
        """The number of sentences that hold the word in any inflection, in themselves or their headings.

        Looked up in a time that does not grow; but a word that FTS5 takes for several, such as "e-mail", is counted.
        """
        terms = self._tokenizer.terms(word)
        if len(terms) == 1:
            return sum(
                int(number) for (number,) in self._rows("SELECT sentences - gone FROM terms WHERE term = ?", terms)
            )
        return sum(part.matching(_phrase(word)) for part in self._parts)

    def sentence_count(self) -> int:
        """The number of sentences that can be found."""
        return self._total("sentences")

    def _total(self, name: str) -> int:
        return sum(own - gone for own, gone in (part.total(name) for part in self._parts))

    def counts(self) -> dict[str, int]:
        """How many sources, passages and sentences the build holds."""
        sources = sum(int(number) for (number,) in self._rows("SELECT count(*) FROM sources"))
        return {"sources": sources, "passages": self._total("passages"), "sentences": self._total("sentences")}

    def vocabulary(self) -> dict[str, int]:
        """The words of all texts, lower-cased, with how often each occurs."""
        words: Counter[str] = Counter()
        for part in self._parts:  # what is gone from the base counts as less than nothing in the other
            words.update(dict(part.rows("SELECT word, count FROM vocabulary")))
        return dict(+words)

    def topics(self) -> list[str]:
        """Titles of sources and sections, each once."""
        titles: Iterable[str] = (
            title
            for source, sections in self._records.values()
            for title in (source.title, *(section.title for section in sections))
        )
        return list(dict.fromkeys(title for title in titles if title))


def _phrase(word: str) -> str:
    """A word in FTS5's query language."""
    return '"' + word.replace('"', '""') + '"'
