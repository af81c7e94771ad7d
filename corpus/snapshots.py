"""Snapshots: fetched pages, kept in the corpus so that they can be read, checked and compared later.

    <corpus>/snapshots/<source id>/
      CURRENT                    -> names one snapshot; replaced atomically
      <time>-<hash>/record.json, raw.<html|pdf|...> (the bytes as they came), text.<html|md|txt> (the readable part)
      attempt.json               -> how the last fetch ended, whether or not it brought a snapshot

A snapshot is written aside, flushed to the disk and never changed afterwards; CURRENT moves when it is
whole. A crash, a full disk or a bad page leaves the last good one in place, and the few before it too.
"""

import datetime
import hashlib
import json
import os
import re
import shutil
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from corpus.documents import Extract, Format
from corpus.errors import CorpusError, SourceListError
from corpus.files import sync_folder, write_atomically, write_synced

FOLDER = "snapshots"
CURRENT = "CURRENT"
RECORD = "record.json"
ATTEMPT = "attempt.json"
KEEP = 3  # snapshots of a source that stay on the disk

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_NAME = re.compile(r"[0-9]{8}T[0-9]{6}[0-9]{6}Z-[0-9a-f]{8}")
_SUFFIXES: dict[Format, str] = {"html": ".html", "markdown": ".md", "plain": ".txt"}


class SnapshotDamagedError(CorpusError):
    """A snapshot's files are not what its record says."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The record of one fetched page.

    ``requested`` is the address asked for, ``address`` the one that answered after redirects (empty
    for a local file); ``fetched`` is UTC, ISO 8601. ``archived`` is the capture's date if the page
    comes from the Wayback Machine, and ``note`` says why. Hashes are sha256 of the files' bytes.
    """

    requested: str
    address: str
    fetched: str
    content_type: str
    format: Format
    raw_file: str
    raw_sha256: str
    text_sha256: str
    title: str = ""
    date: str = ""
    author: str = ""
    licence: str = ""
    etag: str = ""
    last_modified: str = ""
    archived: str = ""
    note: str = ""

    @property
    def text_file(self) -> str:
        """The name of the file with the readable part."""
        return "text" + _SUFFIXES[self.format]


def snapshot_folder(corpus: Path, source: str) -> Path:
    """Where a source's snapshots lie.

    Raises:
        SourceListError: the id cannot name a folder, or the folder lies outside the corpus.
    """
    folder = corpus / FOLDER / source
    if not _ID.fullmatch(source):
        raise SourceListError(f"The source id {source!r} cannot have snapshots; use letters, digits, . _ and - only.")
    if not folder.resolve().is_relative_to(corpus.resolve()):
        raise SourceListError(f"{folder} leads out of the corpus; remove the link.")
    return folder


def current_snapshot(corpus: Path, source: str) -> tuple[Snapshot, Extract] | None:
    """The snapshot in use and its readable part, checked against its hashes; None if there is none.

    Raises:
        SnapshotDamagedError: a file is missing or altered.
    """
    folder = snapshot_folder(corpus, source)
    try:
        name = (folder / CURRENT).read_text(encoding="utf-8").strip()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise _damaged(folder, error) from error
    if not _NAME.fullmatch(name):
        raise _damaged(folder, f"CURRENT says {name[:60]!r}")
    return _read(folder / name, corpus)


def _read(place: Path, corpus: Path) -> tuple[Snapshot, Extract]:
    root = corpus.resolve()
    try:
        known = {field.name for field in fields(Snapshot)}
        record = json.loads((place / RECORD).read_text(encoding="utf-8"))
        snapshot = Snapshot(**{key: str(value) for key, value in record.items() if key in known})  # type: ignore[arg-type] # format is looked up next
        paths = [place / snapshot.text_file, place / snapshot.raw_file]
        if not all(path.resolve().is_relative_to(root) for path in paths):
            raise _damaged(place.parent, "it names files outside the corpus")
        text, raw = (path.read_bytes() for path in paths)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise _damaged(place.parent, error) from error
    if [_sha256(raw), _sha256(text)] != [snapshot.raw_sha256, snapshot.text_sha256]:
        raise _damaged(place.parent, "its files have changed since it was fetched")
    extract = Extract(snapshot.format, text.decode(), snapshot.title, snapshot.date, snapshot.author, snapshot.licence)
    return snapshot, extract


def _damaged(folder: Path, reason: object) -> SnapshotDamagedError:
    return SnapshotDamagedError(
        f"The snapshot of {folder.name} is damaged ({reason}); run `askpost fetch {folder.name}`, "
        f"or write the name of another folder in {folder} into its file {CURRENT}."
    )


def save_snapshot(corpus: Path, source: str, raw: bytes, suffix: str, extract: Extract, **about: str) -> Snapshot:
    """Keep a page as the source's snapshot in use.

    ``about`` holds the record's other fields: requested, address, fetched, content_type and so on.
    """
    folder = snapshot_folder(corpus, source)
    folder.mkdir(parents=True, exist_ok=True)
    text = extract.text.encode("utf-8", errors="replace")
    snapshot = Snapshot(
        format=extract.format,
        raw_file=f"raw{suffix}",
        raw_sha256=_sha256(raw),
        text_sha256=_sha256(text),
        title=extract.title,
        date=extract.date,
        author=extract.author,
        **{"licence": extract.licence, **about},
    )
    aside = folder / f".aside-{os.getpid()}"
    shutil.rmtree(aside, ignore_errors=True)  # left by a killed process of the same number
    try:
        aside.mkdir()
        write_synced(aside / snapshot.raw_file, raw)
        write_synced(aside / snapshot.text_file, text)
        write_synced(aside / RECORD, _json(asdict(snapshot)))
        sync_folder(aside)
        now = datetime.datetime.now(datetime.UTC)
        name = f"{now:%Y%m%dT%H%M%S%fZ}-{snapshot.raw_sha256[:8]}"
        aside.rename(folder / name)
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise
    sync_folder(folder)
    write_atomically(folder / CURRENT, name)
    _prune(folder)
    return snapshot


def note_attempt(corpus: Path, source: str, attempt: dict[str, str]) -> None:
    """Note how the last fetch of a source ended: its time, outcome and reason."""
    folder = snapshot_folder(corpus, source)
    folder.mkdir(parents=True, exist_ok=True)
    write_atomically(folder / ATTEMPT, _json(attempt))


def _prune(folder: Path) -> None:
    """Remove all but the last few snapshots, and what killed runs left half written."""
    whole = sorted((path for path in folder.iterdir() if _NAME.fullmatch(path.name)), key=lambda path: path.name)
    for path in [*whole[:-KEEP], *folder.glob(".aside-*")]:
        shutil.rmtree(path, ignore_errors=True)


def _json(data: dict[str, Any]) -> bytes:
    return (json.dumps(data, indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode()


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
