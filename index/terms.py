"""How FTS5 takes words apart, and in how many sentences each of its terms stands.

FTS5 counts the sentences of a term by reading all of them. So that a question takes no longer in a large index, a
build keeps the counts in a table, and bringing it up to date counts only what was added and removed.
"""

import sqlite3
import threading

TOKENIZE = "porter unicode61 remove_diacritics 2"

_COUNTED = """
CREATE VIRTUAL TABLE temp.counted USING fts5vocab (main, lexical, row);
DELETE FROM terms;
INSERT INTO terms SELECT term, doc FROM temp.counted;
DROP TABLE temp.counted;
"""
_SCRATCH = "".join(
    f"CREATE VIRTUAL TABLE temp.{name} USING fts5 (sentence, context, content = '', tokenize = '{TOKENIZE}');"
    f"CREATE VIRTUAL TABLE temp.{name}_terms USING fts5vocab (temp, {name}, row);"
    for name in ("added", "removed")
)
_CHANGE = """
INSERT INTO terms SELECT term, doc FROM temp.added_terms WHERE true
    ON CONFLICT (term) DO UPDATE SET sentences = sentences + excluded.sentences;
UPDATE terms SET sentences = sentences - doc FROM temp.removed_terms AS gone WHERE gone.term = terms.term;
DELETE FROM terms WHERE sentences <= 0 AND term IN (SELECT term FROM temp.removed_terms);
"""
_DIFFERENCES = """
SELECT count(*) FROM (
    SELECT * FROM (SELECT term, doc FROM temp.found EXCEPT SELECT term, sentences FROM terms)
    UNION ALL SELECT * FROM (SELECT term, sentences FROM terms EXCEPT SELECT term, doc FROM temp.found))
"""


class TermCounts:
    """Keeps the counts of a text store that is being written to."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        database.execute("CREATE TABLE IF NOT EXISTS terms (term TEXT PRIMARY KEY, sentences INTEGER) WITHOUT ROWID")
        # From nothing, it is cheaper to count once, at the end.
        self._from_nothing = not database.execute("SELECT 1 FROM terms LIMIT 1").fetchone()
        if not self._from_nothing:
            database.executescript(_SCRATCH)

    def add(self, id_: int | None, sentence: str, context: str) -> None:
        """Note a sentence that was added to FTS5."""
        if not self._from_nothing:
            self._database.execute("INSERT INTO temp.added (rowid, sentence, context) VALUES (?, ?, ?)",
                                   (id_, sentence, context))  # fmt: skip

    def remove(self, id_: int) -> None:
        """Note a sentence that will be removed from FTS5; it must still be there."""
        if not self._from_nothing:
            self._database.execute(
                "INSERT INTO temp.removed (rowid, sentence, context)"
                " SELECT rowid, sentence, context FROM main.lexical WHERE rowid = ?",
                (id_,),
            )

    def write(self) -> None:
        """Bring the table up to date."""
        self._database.executescript(_COUNTED if self._from_nothing else _CHANGE)


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
        with self._lock:
            self._database.execute("INSERT INTO texts VALUES (?)", (text,))
            rows = self._database.execute("SELECT term FROM instances ORDER BY offset").fetchall()
            self._database.rollback()
        return [str(term) for (term,) in rows]

    def close(self) -> None:
        """Release the memory."""
        with self._lock:
            self._database.close()


def has_counts(database: sqlite3.Connection) -> bool:
    """Whether a text store keeps counts; those made by earlier versions do not."""
    return bool(database.execute("SELECT 1 FROM sqlite_master WHERE name = 'terms'").fetchone())


def differences(database: sqlite3.Connection) -> int:
    """How many counts differ from what FTS5 says; reads the whole index."""
    if not has_counts(database):
        return 0
    database.execute("CREATE VIRTUAL TABLE temp.found USING fts5vocab (main, lexical, row)")
    return int(database.execute(_DIFFERENCES).fetchone()[0])
