"""Build an index: write it aside, verify it, then serve it."""

import dataclasses
import datetime
import hashlib
import importlib.metadata
import json
import shutil
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus import Document
from corpus.errors import AskpostError, IndexDamagedError, IndexMismatchError, NoIndexError
from index.builds import (
    Manifest,
    builds_folder,
    current_build,
    read_manifest,
    remove_old,
    remove_unfinished,
    serve,
    whole_in_size,
    writer_lock,
)
from index.checksums import checksums, sizes
from index.deltas import Share, share, whole, whole_before
from index.embedding import CachedEmbeddings, Progress
from index.encoder import ENCODER_FOLDER, PROBE, QueryEncoder
from index.files import sync_tree
from index.models import ModelFiles, find_model
from index.settings import FORMAT, IndexSettings
from index.text_writer import document_digest
from index.verification import PROBE_DIMENSIONS, verify_contents
from index.writing import Written, reusable, write

__all__ = ["ENCODER_FOLDER", "BuildReport", "build_index", "verify_contents"]

_PACKAGES = ("chromadb", "langchain-chroma", "sentence-transformers", "onnxruntime", "tokenizers")


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a call to `build_index` did; ``embedded`` counts the texts that had to be embedded."""

    manifest: Manifest
    changed: bool
    embedded: int = 0


def _quiet(_stage: str, _done: int, _total: int) -> None:
    """Progress that nobody watches."""


def build_index(
    documents: Sequence[Document],
    home: Path,
    settings: IndexSettings | None = None,
    *,
    corpus: str = "",
    force: bool = False,
    progress: Progress = _quiet,
    embedder: type[CachedEmbeddings] = CachedEmbeddings,
) -> BuildReport:
    """Build the index of ``documents`` in ``home`` and serve it; do nothing if nothing changed.

    The build is written aside, verified and flushed to the disk before CURRENT moves to it: killed
    at any point, it leaves the served build as it was. ``progress`` is called with a stage, the
    number done and the total (0 where unknown). ``embedder`` is for measurements and tests.

    Raises:
        IndexBusyError: another process is building in this home.
        ModelError: the embedding model cannot be found or loaded.
        IndexDamagedError: the new build failed its verification; the old one stays in use.
        AskpostError: the home cannot be written to.
    """
    settings = settings or IndexSettings.configured()
    try:
        builds_folder(home).mkdir(parents=True, exist_ok=True)
        with writer_lock(home):
            model = find_model(settings.model)
            digests = {document.source.id: document_digest(document) for document in documents}
            fingerprint = _fingerprint(digests, model, settings)
            served = _served(home)
            if served and served.fingerprint == fingerprint and not force:
                return BuildReport(served, changed=False)
            remove_unfinished(home)
            embeddings = embedder(model, home / "cache", progress)
            build = _Build(documents, digests, home, settings, model, fingerprint, corpus, progress, embeddings)
            return build.run(None if force else served)
    except IndexDamagedError as error:
        raise IndexDamagedError(
            f"The new build is not whole, and was removed; the index in use is as it was ({error.__cause__ or error}). "
            "Check the disk and free space on it, then run `askpost index --force`."
        ) from error
    except (OSError, sqlite3.Error) as error:
        raise AskpostError(
            f"The index in {home} cannot be written ({error}); free space, check permissions, or give --index a folder."
        ) from error


def _served(home: Path) -> Manifest | None:
    """The build in use, if it can be: one that cannot is no reason not to build another."""
    try:
        return read_manifest(current_build(home))
    except (NoIndexError, IndexDamagedError, IndexMismatchError):
        return None


def _fingerprint(digests: Mapping[str, str], model: ModelFiles, settings: IndexSettings) -> str:
    """A digest of everything that a build depends on."""
    parts = {
        "format": FORMAT,
        "model": model.sha256,
        "passage_chars": settings.passage_chars,
        "server": settings.server.url if settings.server else "",
        "sources": list(digests.values()),
    }
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class _Build:
    """One build, from an empty folder to CURRENT."""

    documents: Sequence[Document]
    digests: Mapping[str, str]
    home: Path
    settings: IndexSettings
    model: ModelFiles
    fingerprint: str
    corpus: str
    progress: Progress
    embeddings: CachedEmbeddings

    def run(self, served: Manifest | None) -> BuildReport:
        """Write, verify, sync, serve; ``served`` may be brought up to date instead of starting from nothing."""
        now = datetime.datetime.now(datetime.UTC)
        folder = _new_folder(builds_folder(self.home), f"{now:%Y%m%dT%H%M%S}", self.fingerprint[:8])
        try:
            self.progress("Writing texts and passages", 0, 0)
            written = self._write(folder, served)
            encoder = self.embeddings.put_encoder(folder / ENCODER_FOLDER)
            self.progress("Verifying", 0, 0)
            probe = QueryEncoder(folder / ENCODER_FOLDER).encode(PROBE)
            counts = verify_contents(folder, probe)
            manifest = self._manifest(folder, now, counts, written, encoder, probe)
            # All of the build is on the disk before the manifest, which says that it is finished,
            # and that before CURRENT.
            sync_tree(folder)
            manifest.save(folder)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        finally:
            self.embeddings.close()
        serve(self.home, folder.name)
        remove_old(self.home, self.settings.keep)
        return BuildReport(manifest, changed=True, embedded=self.embeddings.computed)

    def _write(self, folder: Path, served: Manifest | None) -> Written:
        """Write beside the base, else all as one; on top of a copy where that is worth it, else from nothing."""
        everything, builds = whole(self.documents), folder.parent
        if not (served and self._same_kind(served)):
            return self._put(everything, folder, None)
        if beside := share(builds, served, self.documents, self.digests):
            with suppress(IndexDamagedError, sqlite3.DatabaseError):  # of the base, or of the copy: all as one, then
                written = self._put(beside, folder, self._reusable(builds, served, beside))
                return dataclasses.replace(written, based_on=served.id)
            _empty(folder)
        before = whole_before(builds, served)
        if before and (copied := self._reusable(builds, before, everything)):
            with suppress(IndexDamagedError):  # of the copy, seen only on writing to it: from nothing, then
                return self._put(everything, folder, copied)
            _empty(folder)
        return self._put(everything, folder, None)

    def _reusable(self, builds: Path, before: Manifest, share: Share) -> Manifest | None:
        folder = builds / before.id
        return before if whole_in_size(folder, before) and reusable(folder, before, share, self.digests) else None

    def _put(self, share: Share, folder: Path, copied: Manifest | None) -> Written:
        return write(share, self.digests, folder, self.settings, self.embeddings, copied)

    def _same_kind(self, served: Manifest) -> bool:
        """Whether the vectors of a build are those that this one would have, and in its folder."""
        asked = (self.model.sha256, self.settings.passage_chars)
        local = not served.server and not self.settings.server
        return local and asked == (served.model_sha256, served.passage_chars)

    def _manifest(
        self,
        folder: Path,
        now: datetime.datetime,
        counts: dict[str, int],
        written: Written,
        encoder: dict[str, str],
        probe: NDArray[np.float32],
    ) -> Manifest:
        summed = checksums(folder, encoder)
        return Manifest(
            id=folder.name,
            created=now.isoformat(timespec="seconds"),
            fingerprint=self.fingerprint,
            format=FORMAT,
            model=self.settings.model,
            model_sha256=self.model.sha256,
            dimensions=len(probe),
            passage_chars=self.settings.passage_chars,
            corpus=self.corpus,
            sources=dict(self.digests),
            counts=counts,
            checksums=summed,
            sizes=sizes(folder, summed),
            versions={name: importlib.metadata.version(name) for name in _PACKAGES},
            probe=[round(float(x), 4) for x in probe[:PROBE_DIMENSIONS]],
            server=self.settings.server.url if self.settings.server else "",
            based_on=written.based_on,
            replaced=written.replaced,
            base=written.base,
        )


def _empty(folder: Path) -> None:
    for path in folder.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def _new_folder(parent: Path, time: str, suffix: str) -> Path:
    """Make a build's folder; a number behind its name sets it after others of the same second."""
    same = [folder.name.split("-")[2:] for folder in parent.glob(f"{time}-*")]
    number = 1 + max((int(rest[0]) if rest else 1 for rest in same), default=0)
    folder = parent / (f"{time}-{suffix}" if number == 1 else f"{time}-{suffix}-{number}")
    folder.mkdir()
    return folder
