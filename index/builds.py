"""Builds in an index home: which there are, which one is served, and what each was made from."""

import json
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from corpus.errors import IndexBusyError, IndexDamagedError, IndexMismatchError, NoIndexError
from index.files import file_sha256, write_atomically
from index.settings import FORMAT, IndexSettings

CURRENT = "CURRENT"
MANIFEST = "manifest.json"
KEEP = 3

_ID = re.compile(r"[0-9]{8}T[0-9]{6}-[0-9a-f]{8}(-[0-9]+)?")


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a build was made from and what it holds. ``created`` is UTC, ISO 8601."""

    id: str
    created: str
    fingerprint: str
    format: int
    model: str
    model_sha256: str
    dimensions: int
    passage_chars: int
    corpus: str
    sources: dict[str, str]
    counts: dict[str, int]
    checksums: dict[str, str]
    versions: dict[str, str] = field(default_factory=dict)

    def save(self, folder: Path) -> None:
        """Write the manifest into a build's folder."""
        write_atomically(folder / MANIFEST, json.dumps(asdict(self), indent=2, sort_keys=True) + "\n")


def builds_folder(home: Path) -> Path:
    """The folder that holds the builds of an index home."""
    return home / "builds"


def current_build(home: Path) -> Path:
    """The folder of the build in use.

    Raises:
        NoIndexError: nothing has been built here.
        IndexDamagedError: CURRENT names a build that is not there.
    """
    try:
        name = (home / CURRENT).read_text(encoding="utf-8").strip()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise NoIndexError(f"There is no index in {home} yet; run `{_command(home)}`.") from error
    except (OSError, UnicodeDecodeError) as error:
        raise IndexDamagedError(f"{home / CURRENT} cannot be read ({error}); run `{_command(home)}`.") from error
    folder = builds_folder(home) / name
    if not _ID.fullmatch(name) or not (folder / MANIFEST).exists():
        raise IndexDamagedError(
            f"{home / CURRENT} names the build {name!r}, which is not there; run `{_command(home)}`."
        )
    return folder


def _command(home: Path) -> str:
    return f"askpost index --index {home}"


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a build.

    Raises:
        IndexDamagedError: it is missing or malformed.
        IndexMismatchError: the build has another layout than this version of askpost reads.
    """
    try:
        data = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if data["format"] != FORMAT:
            raise IndexMismatchError(
                f"The build {folder.name} has format {data['format']}, this askpost reads {FORMAT}; "
                "run `askpost index`."
            )
        return Manifest(**data)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise IndexDamagedError(
            f"{folder / MANIFEST} cannot be read ({error}); run `askpost index --force`."
        ) from error


def check_settings(manifest: Manifest, settings: IndexSettings, model_sha256: str) -> None:
    """See to it that a build was made as the settings ask for.

    Raises:
        IndexMismatchError: it was made with another model or chunking.
    """
    asked = {"model": model_sha256, "passage_chars": settings.passage_chars}
    built = {"model": manifest.model_sha256, "passage_chars": manifest.passage_chars}
    if asked != built:
        raise IndexMismatchError(
            f"The index was built with the model {manifest.model!r} and passages of {manifest.passage_chars} "
            f"characters; the settings ask for {settings.model!r} and {settings.passage_chars}. "
            "Run `askpost index` to build it anew."
        )


def list_builds(home: Path) -> list[Manifest]:
    """The manifests of all finished builds, newest first."""
    folders = builds_folder(home).glob("*") if builds_folder(home).is_dir() else []
    finished = [folder for folder in folders if _ID.fullmatch(folder.name) and (folder / MANIFEST).exists()]
    return [read_manifest(folder) for folder in sorted(finished, key=lambda folder: folder.name, reverse=True)]


def select_build(home: Path, id_: str) -> None:
    """Serve another finished build (rollback).

    Raises:
        NoIndexError: there is no such build.
    """
    if not _ID.fullmatch(id_) or not (builds_folder(home) / id_ / MANIFEST).exists():
        names = ", ".join(manifest.id for manifest in list_builds(home)) or "none"
        raise NoIndexError(f"There is no build {id_!r} in {home}; it has: {names}.")
    write_atomically(home / CURRENT, id_ + "\n")


def remove_old(home: Path, keep: int = KEEP) -> list[str]:
    """Delete unfinished builds and all but the newest ``keep``; never the one in use."""
    served = current_build(home).name
    kept = {served, *(manifest.id for manifest in list_builds(home)[:keep])}
    removed = [folder for folder in builds_folder(home).iterdir() if folder.name not in kept]
    for folder in removed:
        shutil.rmtree(folder, ignore_errors=True)
    return [folder.name for folder in removed]


def checksums(folder: Path) -> dict[str, str]:
    """The sha256 of every file of a build that nothing may write to. Chroma's own files are not
    among them: it may touch its SQLite file on opening; its content is checked by counts and a probe.
    """
    return {
        path.relative_to(folder).as_posix(): file_sha256(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != MANIFEST and path.relative_to(folder).parts[0] != "chroma"
    }


@contextmanager
def writer_lock(home: Path) -> Iterator[None]:
    """Hold the home's only writer's place; the system frees it when the process ends, however it ends.

    Raises:
        IndexBusyError: another process holds it.
    """
    from filelock import FileLock, Timeout

    try:
        with FileLock(home / "LOCK", timeout=0):
            yield
    except Timeout as error:
        raise IndexBusyError(f"Another process is building the index in {home}; wait for it to end.") from error
