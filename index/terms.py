"""How FTS5 takes words apart, and in how many sentences each of its terms stands.

FTS5 counts the sentences of a term by reading all of them. So that a question takes no longer in a large index, a
build keeps the counts in a table, and bringing it up to date counts only what was added and removed. A build that has
a base also counts what the base still has and this build has not any more: its terms' ``gone``.
"""

import sqlite3
import threading
from collections.abc import Sequence

TOKENIZE = "porter unicode61 remove_diacritics 2"

SCHEMA = """
CREATE TABLE IF NOT EXISTS terms (term TEXT PRIMARY KEY, sentences INTEGER NOT NULL DEFAULT 0,
                                  gone INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS totals (name TEXT PRIMARY KEY, own INTEGER NOT NULL DEFAULT 0,
                                   gone INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
INSERT OR IGNORE INTO totals (name) VALUES ('passages'), ('sentences'), ('tokens');
"""

# What is noted of sentences, and which count it changes by how much.
ADDED, REMOVED, HIDDEN, SHOWN = "added", "removed", "hidden", "shown"
_CHANGES = {ADDED: ("sentences", "own", 1), REMOVED: ("sentences", "own", -1),
            HIDDEN: ("gone", "gone", 1), SHOWN: ("gone", "gone", -1)}  # fmt: skip

_COUNTED = """
CREATE VIRTUAL TABLE temp.vocabulary_of_all USING fts5vocab (main, lexical, row);
CREATE TEMP TABLE counted AS SELECT term, doc, cnt FROM temp.vocabulary_of_all;
INSERT INTO terms (term, sentences) SELECT term, doc FROM temp.counted;
UPDATE totals SET own = (SELECT coalesce(sum(cnt), 0) FROM temp.counted) WHERE name = 'tokens';
DROP TABLE temp.counted;
DROP TABLE temp.vocabulary_of_all;
"""
_SCRATCH = """
CREATE VIRTUAL TABLE temp.{name} USING fts5 (sentence, context, content = '', tokenize = '{tokenize}');
CREATE VIRTUAL TABLE temp.{name}_terms USING fts5vocab (temp, {name}, row);
"""
_CHANGE = """
INSERT INTO terms (term, {column}) SELECT term, {sign} * doc FROM temp.{name}_terms WHERE true
    ON CONFLICT (term) DO UPDATE SET {column} = {column} + excluded.{column};
UPDATE totals SET {total} = {total} + {sign} * (SELECT coalesce(sum(cnt), 0) FROM temp.{name}_terms)
    WHERE name = 'tokens';
DELETE FROM terms WHERE sentences = 0 AND gone = 0 AND term IN (SELECT term FROM temp.{name}_terms);
"""
_DIFFERENCES = """
SELECT count(*) FROM (
    SELECT * FROM (SELECT term, doc FROM temp.found EXCEPT SELECT term, sentences FROM terms)
    UNION ALL
    SELECT * FROM (SELECT term, sentences FROM terms WHERE sentences EXCEPT SELECT term, doc FROM temp.found))
"""


class TermCounts:
    """Keeps the counts of a text store that is being written to."""

    def __init__(self, database: sqlite3.Connection, *, based: bool = False) -> None:
        self._database = database
        database.executescript(SCHEMA)
        # From nothing, it is cheaper to count once, at the end.
        self._from_nothing = not based and not database.execute("SELECT 1 FROM terms LIMIT 1").fetchone()
        self._noted = dict.fromkeys(_CHANGES, 0)

    def note(self, change: str, sentence: str, context: str) -> None:
        """Note a sentence with its context that was added to FTS5 or removed, or hidden in the base or shown again."""
        if not (self._from_nothing or self._noted[change]):
            self._database.executescript(_SCRATCH.format(name=change, tokenize=TOKENIZE))
        self._noted[change] += 1
        if not self._from_nothing:
            self._database.execute(
                f"INSERT INTO temp.{change} (sentence, context) VALUES (?, ?)",  # noqa: S608 - one of this module's names
                (sentence, context),
            )

    def write(self) -> None:
        """Bring the tables up to date."""
        if self._from_nothing:
            self._database.executescript(_COUNTED)
        for name, (column, total, sign) in _CHANGES.items():
            if self._noted[name]:
                add_total(self._database, "sentences", total, sign * self._noted[name])
            if self._noted[name] and not self._from_nothing:
                self._database.executescript(_CHANGE.format(name=name, column=column, total=total, sign=sign))


def add_total(database: sqlite3.Connection, name: str, column: str, more: int) -> None:
    """Add to a total of a text store: ``own``, or ``gone`` from the base."""
    query = f"UPDATE totals SET {column} = {column} + ? WHERE name = ?"  # noqa: S608 - one of two columns
    database.execute(query, (more, name))


class Tokenizer:
    """Says what terms FTS5 makes of a text, by putting it into a table of its own; safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._database = sqlite3.connect(":memory:", check_same_thread=False)
        self._database.executescript(
            f"CREATE VIRTUAL TABLE texts USING fts5 (text, tokenize = '{TOKENIZE}');"
            "CREATE VIRTUAL TABLE instances USING fts5vocab (texts, instance);"
        )

    def terms(self, text: str) -> list[str]:
        """The terms of a text, in its order."""
        return self.terms_of([text])[0]

    def terms_of(self, texts: Sequence[str]) -> list[list[str]]:
        """The terms of each text, in its order."""
        found: list[list[str]] = [[] for _ in texts]
        with self._lock:
            self._database.executemany("INSERT INTO texts (rowid, text) VALUES (?, ?)", enumerate(texts))
            for number, term in self._database.execute("SELECT doc, term FROM instances ORDER BY doc, offset"):
                found[number].append(str(term))
            self._database.rollback()
        return found

    def close(self) -> None:
        """Release the memory."""
        with self._lock:
            self._database.close()


def differences(database: sqlite3.Connection) -> int:
    """How many counts differ from what FTS5 says; reads the whole index."""
    database.execute("CREATE VIRTUAL TABLE temp.found USING fts5vocab (main, lexical, row)")
    return int(database.execute(_DIFFERENCES).fetchone()[0])
