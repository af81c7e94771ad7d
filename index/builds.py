"""Builds in an index home: which there are, which one is served, and what each was made from."""

import json
import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

from corpus.errors import IndexBusyError, IndexDamagedError, IndexMismatchError, NoIndexError
from corpus.files import sync_folder, write_atomically
from index.checksums import CHROMA_DATABASE, MANIFEST, sizes
from index.chroma_clients import CHROMA_FOLDER, remove_collection
from index.settings import FORMAT, KEEP, may_be_set

CURRENT = "CURRENT"

BUILD_ID = re.compile(r"[0-9]{8}T[0-9]{6}-[0-9a-f]{8}(-[0-9]+)?")


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a build was made from and what it holds. ``created`` is UTC, ISO 8601.

    ``sources`` are the digests of its documents by id. ``probe`` is how the embedding of
    `index.encoder.PROBE` begins: an encoder that says otherwise is of another model. ``based_on``
    names the build that this one was brought up to date from, if any, and ``replaced`` counts the
    vectors removed along the way since its own files were made from nothing. ``base`` names the build
    whose files it reads beside its own, if any; its own then hold what was added or changed since.
    ``checksums`` and ``sizes`` are of its own files.
    """

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
    probe: list[float] = field(default_factory=list)
    server: str = ""
    based_on: str = ""
    replaced: int = 0
    base: str = ""
    sizes: dict[str, int] = field(default_factory=dict)

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
    if not BUILD_ID.fullmatch(name) or not (folder / MANIFEST).exists():
        raise IndexDamagedError(
            f"{home / CURRENT} names the build {name!r}, which is not there; run `{_command(home)}`."
        )
    return folder


def _command(home: Path) -> str:
    return f"askpost index --index {home}"


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a build.

    Raises:
        IndexDamagedError: it is missing or malformed, or the build that it is based on is not there.
        IndexMismatchError: the build has another layout than this version of askpost reads.
    """
    try:
        data = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if data["format"] != FORMAT:
            raise IndexMismatchError(
                f"The build {folder.name} has format {data['format']}, this askpost reads {FORMAT}; "
                "run `askpost index`."
            )
        manifest = Manifest(**data)
        base = folder.parent / manifest.base
        if manifest.base and not (BUILD_ID.fullmatch(manifest.base) and (base / MANIFEST).exists()):
            raise ValueError(f"its base {manifest.base!r} is not there")
        return manifest
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise IndexDamagedError(
            f"{folder / MANIFEST} cannot be read ({error}); run `askpost index --force`."
        ) from error


def check_settings(manifest: Manifest) -> None:
    """See to it that a build was made as file and environment ask for, in what they ask for.

    Raises:
        IndexMismatchError: it was made with another model or chunking.
    """
    if not (may_be_set("model") or may_be_set("passage_chars")):
        return
    from index.configuration import is_set, load_settings  # only now: a question does not wait for pydantic in vain

    settings = load_settings()
    for key, asked, built in (
        ("model", settings.model, manifest.model),
        ("passage_chars", settings.passage_chars, manifest.passage_chars),
    ):
        if asked != built and is_set(key):
            raise IndexMismatchError(
                f"The index was built with {key} {built!r}, the settings ask for {asked!r} (see `askpost config`); "
                "run `askpost index` to build it anew."
            )


def list_builds(home: Path) -> list[Manifest]:
    """The manifests of all builds that can be served, newest first; damaged and foreign ones are left out."""
    return [manifest for folder in _finished(home) if (manifest := _readable(folder))]


def unusable_builds(home: Path) -> dict[str, IndexDamagedError | IndexMismatchError]:
    """The finished builds that `list_builds` leaves out, newest first, each with what is wrong with it."""
    found: dict[str, IndexDamagedError | IndexMismatchError] = {}
    for folder in _finished(home):
        try:
            read_manifest(folder)
        except (IndexDamagedError, IndexMismatchError) as error:
            found[folder.name] = error
    return found


def _finished(home: Path) -> list[Path]:
    """The folders of finished builds, newest first."""
    return sorted((folder for folder in _ours(home) if (folder / MANIFEST).exists()), key=_age, reverse=True)


def _ours(home: Path) -> list[Path]:
    """The folders of builds, finished or not. What else is there was not made here, and is left alone."""
    folders = builds_folder(home).glob("*") if builds_folder(home).is_dir() else []
    return [folder for folder in folders if BUILD_ID.fullmatch(folder.name)]


def _age(folder: Path) -> tuple[str, int]:
    """What builds are ordered by: the time in the name, then the number that tells apart those of one second."""
    time, _, *number = folder.name.split("-")
    return time, int(number[0]) if number else 1


def _readable(folder: Path) -> Manifest | None:
    try:
        return read_manifest(folder)
    except (IndexDamagedError, IndexMismatchError):
        return None


def select_build(home: Path, id_: str) -> None:
    """Serve another finished build (rollback).

    Raises:
        NoIndexError: there is no such build.
        IndexDamagedError: its manifest cannot be read.
        IndexMismatchError: it is of another format.
        IndexBusyError: another process is building.
    """
    build_folder(home, id_)
    with writer_lock(home):
        serve(home, id_)


def serve(home: Path, id_: str) -> None:
    """Move CURRENT to a build; for callers that hold the lock."""
    read_manifest(build_folder(home, id_))
    sync_folder(builds_folder(home))
    write_atomically(home / CURRENT, id_ + "\n")


def build_folder(home: Path, id_: str) -> Path:
    """The folder of a finished build.

    Raises:
        NoIndexError: there is no such build.
    """
    folder = builds_folder(home) / id_
    if not BUILD_ID.fullmatch(id_) or not (folder / MANIFEST).exists():
        names = ", ".join(manifest.id for manifest in list_builds(home)) or "none"
        raise NoIndexError(f"There is no build {id_!r} in {home}; it has: {names}.")
    return folder


def previous_build(home: Path) -> str:
    """The newest build that is older than the one in use.

    Raises:
        NoIndexError: there is none.
    """
    served = current_build(home)
    older = [folder.name for folder in _finished(home) if _age(folder) < _age(served) and _readable(folder)]
    if not older:
        raise NoIndexError(f"There is no build older than {served.name} in {home}; see `askpost index list`.")
    return older[0]


def remove_unfinished(home: Path) -> list[str]:
    """Delete what killed builds have left; for callers that hold the lock. Returns the names."""
    finished = {folder.name for folder in _finished(home)}
    for aside in home.glob(f".{CURRENT}.*"):
        aside.unlink(missing_ok=True)
    return _remove(folder for folder in _ours(home) if folder.name not in finished)


def remove_old(home: Path, keep: int = KEEP) -> list[str]:
    """Delete unfinished builds and all but the newest ``keep``, never the one in use; return the names.

    For callers that hold the lock. Builds that cannot be read do not count, and are deleted. What a build that is kept
    has as its base is kept too.
    """
    try:
        served = current_build(home).name
    except (NoIndexError, IndexDamagedError):
        served = ""
    builds = list_builds(home)
    kept = {served, *(manifest.id for manifest in builds[:keep])}
    kept |= {manifest.base for manifest in builds if manifest.id in kept}
    bases = {manifest.base for manifest in builds}
    unused = [folder for folder in _ours(home) if folder.name not in kept]
    return _remove(sorted(unused, key=lambda folder: folder.name in bases))  # never a base before what is based on it


def collect_garbage(home: Path, keep: int = KEEP) -> list[str]:
    """`remove_old` for whoever does not hold the lock.

    Raises:
        NoIndexError: nothing has been built here.
        IndexBusyError: another process is building.
    """
    if not builds_folder(home).is_dir():
        raise NoIndexError(f"There is no index in {home} yet; run `{_command(home)}`.")
    with writer_lock(home):
        return [*remove_unfinished(home), *remove_old(home, keep)]


def whole_in_size(folder: Path, manifest: Manifest) -> bool:
    """Whether a build's own files are there, and those that never change as long as they were. Costs no reading."""
    return sizes(folder, manifest.checksums) == manifest.sizes and (folder / CHROMA_DATABASE).is_file()


def _remove(folders: Iterable[Path]) -> list[str]:
    removed = []
    for folder in list(folders):
        if folder.is_dir() and not folder.is_symlink():
            if not remove_collection(folder / CHROMA_FOLDER):
                continue  # its server is away: kept, so that a later call finds the collection's name
            with suppress(OSError):  # what cannot be deleted is no reason to fail: the next build tries again
                (folder / MANIFEST).unlink(missing_ok=True)  # first: half a build must not look like one
            shutil.rmtree(folder, ignore_errors=True)
        else:
            with suppress(OSError):
                folder.unlink(missing_ok=True)
        removed.append(folder.name)
    return removed


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
