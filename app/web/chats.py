"""The conversations of one reader, kept in SQLite beside the index.

A turn is added once for its place in a chat, and answered once: a rerun, a double click or a second
tab that adds the same question at the same place gets the turn that is there already.
"""

import contextlib
import json
import sqlite3
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.contract import Answer, Turn
from app.web.record import answer_from_data, answer_to_data

CHATS_FILE = "chats.sqlite"
_TITLE = 80  # characters of the first question that make a chat's title

_SCHEMA = """
CREATE TABLE IF NOT EXISTS chats (
    id TEXT PRIMARY KEY, title TEXT NOT NULL, created REAL NOT NULL, updated REAL NOT NULL);
CREATE TABLE IF NOT EXISTS turns (
    id TEXT PRIMARY KEY, chat TEXT NOT NULL REFERENCES chats ON DELETE CASCADE, n INTEGER NOT NULL,
    question TEXT NOT NULL, asked REAL NOT NULL, answer TEXT, error TEXT,
    thumb INTEGER, reason TEXT NOT NULL DEFAULT '',
    UNIQUE (chat, n));
"""
_COLUMNS = "id, chat, n, question, asked, answer, error, thumb, reason"


@dataclass(frozen=True, slots=True)
class Chat:
    """A conversation. Times are seconds since 1970."""

    id: str
    title: str
    created: float
    updated: float


@dataclass(frozen=True, slots=True)
class ChatTurn:
    """A question at its place ``n`` in a chat, with its answer, or the error in its stead, once there is one.

    ``thumb`` is 1 for up and 0 for down.
    """

    id: str
    chat: str
    n: int
    question: str
    asked: float
    answer: Answer | None = None
    error: str | None = None
    thumb: int | None = None
    reason: str = ""

    @property
    def pending(self) -> bool:
        """Whether the answer is still to come."""
        return self.answer is None and self.error is None


def new_id() -> str:
    """A fresh id for a chat or a turn."""
    return uuid.uuid4().hex


class ChatStore:
    """Reads and writes chats; safe to share between threads and processes."""

    def __init__(self, path: Path) -> None:
        """Open the file, or make it."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._database = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=10)
        self._database.executescript("PRAGMA journal_mode = WAL; PRAGMA foreign_keys = ON;" + _SCHEMA)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._database.close()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            self._database.execute("BEGIN IMMEDIATE")
            try:
                yield self._database
            except BaseException:
                self._database.execute("ROLLBACK")
                raise
            self._database.execute("COMMIT")

    def add(self, chat: str, n: int, question: str) -> ChatTurn:
        """Add a question at place ``n`` of a chat, which is made if it is new.

        If the place holds the same question already, that turn is returned; if it holds another
        one, the question goes to the end.
        """
        now = time.time()
        with self._transaction() as database:
            database.execute("INSERT OR IGNORE INTO chats VALUES (?, ?, ?, ?)", (chat, _title(question), now, now))
            turns = self._select("chat = ? ORDER BY n", chat)
            for turn in turns:
                if turn.n == n and turn.question == question:
                    return turn
            turn = ChatTurn(new_id(), chat, turns[-1].n + 1 if turns else 0, question, now)
            database.execute(
                "INSERT INTO turns (id, chat, n, question, asked) VALUES (?, ?, ?, ?, ?)",
                (turn.id, chat, turn.n, question, now),
            )
            database.execute("UPDATE chats SET updated = ? WHERE id = ?", (now, chat))
            return turn

    def replace(self, turn: ChatTurn, question: str) -> ChatTurn:
        """Ask another question in the place of ``turn``; it and what followed it are dropped."""
        with self._transaction() as database:
            if self._select("id = ?", turn.id):  # else a double click has replaced it already
                database.execute("DELETE FROM turns WHERE chat = ? AND n >= ?", (turn.chat, turn.n))
                if turn.n == 0:  # a title that the reader gave stays
                    titles = (_title(question), turn.chat, _title(turn.question))
                    database.execute("UPDATE chats SET title = ? WHERE id = ? AND title = ?", titles)
        return self.add(turn.chat, turn.n, question)

    def finish(self, turn: str, answer: Answer) -> None:
        """Keep a turn's answer. A turn that was dropped meanwhile stays dropped."""
        data = json.dumps(answer_to_data(answer))
        with self._transaction() as database:
            database.execute("UPDATE turns SET answer = ?, error = NULL WHERE id = ?", (data, turn))

    def fail(self, turn: str, error: str) -> None:
        """Keep why a turn has no answer."""
        with self._transaction() as database:
            database.execute("UPDATE turns SET error = ? WHERE id = ?", (error, turn))

    def retry(self, turn: str) -> None:
        """Forget why a turn has no answer, so that it is asked again."""
        with self._transaction() as database:
            if any(known.answer is None for known in self._select("id = ?", turn)):
                database.execute("UPDATE turns SET error = NULL, answer = NULL WHERE id = ?", (turn,))

    def rate(self, turn: str, thumb: int | None, reason: str = "") -> None:
        """Keep what the reader thinks of an answer."""
        with self._transaction() as database:
            database.execute("UPDATE turns SET thumb = ?, reason = ? WHERE id = ?", (thumb, reason, turn))

    def rename(self, chat: str, title: str) -> None:
        """Give a chat another title; an empty one changes nothing."""
        if title := _title(title):
            with self._transaction() as database:
                database.execute("UPDATE chats SET title = ? WHERE id = ?", (title, chat))

    def delete(self, chat: str) -> None:
        """Delete a chat with its turns."""
        with self._transaction() as database:
            database.execute("DELETE FROM chats WHERE id = ?", (chat,))

    def chats(self, limit: int = 200) -> list[Chat]:
        """The chats, the latest used first."""
        with self._lock:
            rows = self._database.execute(
                "SELECT id, title, created, updated FROM chats ORDER BY updated DESC, rowid DESC LIMIT ?", (limit,)
            )
            return [Chat(*row) for row in rows]

    def chat(self, id_: str) -> Chat | None:
        """A chat by id."""
        return next((chat for chat in self.chats(limit=-1) if chat.id == id_), None)

    def turns(self, chat: str) -> list[ChatTurn]:
        """The turns of a chat in order; none for a chat that does not exist (yet)."""
        with self._lock:
            return self._select("chat = ? ORDER BY n", chat)

    def turn(self, id_: str) -> ChatTurn | None:
        """A turn by id."""
        with self._lock:
            return next(iter(self._select("id = ?", id_)), None)

    def only(self, question: str) -> str | None:
        """The latest chat that consists of this one question."""
        with self._lock:
            row = self._database.execute(
                "SELECT chat FROM turns GROUP BY chat HAVING count(*) = 1 AND max(question) = ?"
                " ORDER BY max(asked) DESC LIMIT 1",
                (question,),
            ).fetchone()
        return None if row is None else str(row[0])

    def answers(self) -> Iterator[Answer]:
        """Every answer that is kept."""
        with self._lock:
            rows = self._database.execute("SELECT answer FROM turns WHERE answer IS NOT NULL").fetchall()
        for (data,) in rows:
            with contextlib.suppress(ValueError):  # another version's
                yield answer_from_data(json.loads(data))

    def _select(self, condition: str, value: str) -> list[ChatTurn]:
        rows = self._database.execute(f"SELECT {_COLUMNS} FROM turns WHERE {condition}", (value,))  # noqa: S608 - conditions are this module's own
        return [_turn(*row) for row in rows]


def _title(text: str) -> str:
    return " ".join(text.split())[:_TITLE]


def _turn(id_: str, chat: str, n: int, question: str, asked: float, answer: str | None, *rest: Any) -> ChatTurn:
    error, *opinion = rest
    read = None
    if answer is not None:
        try:
            read = answer_from_data(json.loads(answer))
        except ValueError:
            error = "This answer was kept by another version of askpost. Try it again."
    return ChatTurn(id_, chat, n, question, asked, read, error, *opinion)


def history(turns: list[ChatTurn], before: int) -> list[Turn]:
    """The answered turns before place ``before``, as the assistant takes them."""
    return [Turn(turn.question, turn.answer.answer) for turn in turns if turn.n < before and turn.answer is not None]
