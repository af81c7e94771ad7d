"""Fetch the pages of a corpus anew (`askpost fetch`): conditional requests, an archive for the dead, what changed."""

import datetime
import difflib
from collections.abc import Callable, Collection
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from filelock import FileLock, Timeout

from corpus.documents import Extract, Source
from corpus.errors import CorpusError, UnknownSourceError
from corpus.fetching.archive import Archive
from corpus.fetching.client import Fetcher, Page, Validators
from corpus.fetching.errors import FetchError, GoneError, TransientError
from corpus.fetching.formats import SUFFIX_OF
from corpus.fetching.sandbox import Sandbox
from corpus.fetching.settings import FetchSettings
from corpus.fetching.verdict import why_wrong
from corpus.loading import read_source_list
from corpus.reading import read_extract
from corpus.snapshots import (
    FOLDER,
    Snapshot,
    SnapshotDamagedError,
    current_snapshot,
    note_attempt,
    save_snapshot,
    snapshot_folder,
)

_COMPARED = 5_000  # lines of a page; comparing can take time with the square of their number

State = Literal["new", "changed", "unchanged", "kept", "failed"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How fetching one source ended.

    ``kept`` means that nothing came and the last good snapshot stays; ``failed`` that there is none.
    ``reason`` says why, and also why a page was taken from the archive. ``diff`` holds the lines of a
    unified diff between the old and the new text as a reader sees them.
    """

    source: str
    address: str
    state: State
    reason: str = ""
    diff: tuple[str, ...] = ()


Report = Callable[[Outcome], None]


def refresh(
    corpus: Path,
    settings: FetchSettings | None = None,
    *,
    only: Collection[str] = (),
    report: Report = lambda outcome: None,
    sandbox: Sandbox | None = None,
) -> list[Outcome]:
    """Fetch every source of ``corpus`` that has an address, or those named in ``only``.

    Each outcome goes to ``report`` as it comes. What cannot be fetched leaves its last snapshot in place.
    ``sandbox`` is a running one to be shared.

    Raises:
        UnknownSourceError: ``only`` names a source that the list has not.
        CorpusError: another process is fetching into this corpus, or it cannot be written.
    """
    settings = settings or FetchSettings()
    entries, _ = read_source_list(corpus)
    unknown = set(only) - {str(entry["id"]) for entry in entries}
    if unknown:
        raise UnknownSourceError(f"There is no source {', '.join(sorted(unknown))} in {corpus}.")
    post_date = next((str(entry.get("date", "")) for entry in entries if entry.get("kind") == "post"), "")
    wanted = [entry for entry in entries if entry.get("linked") and (not only or str(entry["id"]) in only)]
    lock = _lock(corpus)
    try:
        with nullcontext(sandbox) if sandbox else Sandbox(settings.extraction_seconds) as worker:
            work = _Refresh(corpus, settings, worker)
            outcomes = []
            for number, entry in enumerate(wanted):
                outcomes.append(work.source(entry, post_date, number))
                report(outcomes[-1])
            return outcomes
    except OSError as error:
        raise CorpusError(f"{corpus} cannot be written ({error.strerror}); nothing that was there is lost.") from error
    finally:
        lock.release()


def _lock(corpus: Path) -> FileLock:
    """One process fetches at a time; the system lets go of the lock when a process dies."""
    try:
        (corpus / FOLDER).mkdir(exist_ok=True)
        lock = FileLock(corpus / FOLDER / ".lock", timeout=0)
        lock.acquire()
    except Timeout as error:
        raise CorpusError(f"Another process is fetching into {corpus}; wait until it is done.") from error
    except OSError as error:
        raise CorpusError(
            f"{corpus} cannot be written ({error.strerror}); make a copy of your own with `askpost new`."
        ) from error
    return lock


class _Refresh:
    def __init__(self, corpus: Path, settings: FetchSettings, sandbox: Sandbox) -> None:
        self._corpus = corpus
        self._settings = settings
        self._sandbox = sandbox
        self._fetcher = Fetcher(settings)
        self._archive = Archive(self._fetcher, settings.archive)

    def source(self, entry: dict[str, Any], post_date: str, number: int) -> Outcome:
        """Fetch one source; ``number`` is how many pages came before it."""
        id_, address = str(entry["id"]), str(entry["linked"])
        snapshot_folder(self._corpus, id_)  # an id that cannot have snapshots is an error, not an outcome
        try:
            old = current_snapshot(self._corpus, id_)
        except SnapshotDamagedError:
            old = None
        try:
            if number >= self._settings.max_pages:
                raise FetchError(f"More than {self._settings.max_pages} pages are not fetched in one run.")
            outcome = self._fetch(entry, old, str(entry.get("near") or post_date))
        except FetchError as error:
            outcome = Outcome(id_, address, "kept" if old else "failed", str(error))
        attempt = {"time": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"), **asdict(outcome)}
        note_attempt(self._corpus, id_, {key: str(attempt[key]) for key in ("time", "address", "state", "reason")})
        return outcome

    def _fetch(self, entry: dict[str, Any], old: tuple[Snapshot, Extract] | None, near: str) -> Outcome:
        id_, address = str(entry["id"]), str(entry["linked"])
        if old and old[0].archived:  # a capture does not change, and what killed the page has not gone away
            return Outcome(id_, address, "unchanged", old[0].note)
        validators = Validators(old[0].address, old[0].etag, old[0].last_modified) if old else None
        archived = note = ""
        try:
            page = self._fetcher.get(address, validators)
            if page is None:
                return Outcome(id_, address, "unchanged")
            suffix, extract = self._extract(page, page.address)
            wrong = why_wrong(page, extract)
            if wrong:
                raise GoneError(f"{address}: {wrong}.")
        except (GoneError, TransientError) as error:
            if old:  # it was there once: what we have is nearer to the page than any other copy
                raise
            try:
                page, archived = self._archive.nearest(address, near, str(entry.get("archive", "")))
                suffix, extract = self._extract(page, address)
            except FetchError as failure:
                raise FetchError(f"{error} {failure}") from error
            note = f"taken from the Wayback Machine's copy of {archived}, because: {error}"
        if old and _lines(old[1]) == _lines(extract):
            return Outcome(id_, address, "unchanged")
        save_snapshot(
            self._corpus,
            id_,
            page.body,
            suffix,
            extract,
            requested=address,
            address=page.address,
            fetched=page.fetched,
            content_type=page.content_type,
            licence=extract.licence or page.licence,
            etag=page.etag,
            last_modified=page.last_modified,
            archived=archived,
            note=note,
        )
        return Outcome(id_, address, "changed" if old else "new", note, _diff(old[1], extract) if old else ())

    def _extract(self, page: Page, base: str) -> tuple[str, Extract]:
        kind, extract = self._sandbox.extract(page.body, page.content_type, base)
        return SUFFIX_OF[kind], extract


def _lines(extract: Extract) -> list[str]:
    return read_extract(Source(id="page", title=""), extract).text.splitlines()


def _diff(old: Extract, new: Extract) -> tuple[str, ...]:
    before, now = _lines(old)[:_COMPARED], _lines(new)[:_COMPARED]
    return tuple(difflib.unified_diff(before, now, "before", "now", n=1, lineterm=""))
