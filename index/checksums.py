"""Which files of a build never change, with their checksums and sizes."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from index.chroma_clients import CHROMA_FOLDER
from index.encoder import ENCODER_FOLDER
from index.files import file_sha256

MANIFEST = "manifest.json"

CHROMA_DATABASE = f"{CHROMA_FOLDER}/chroma.sqlite3"

NOT_SUMMED = (MANIFEST, CHROMA_DATABASE, f"{CHROMA_DATABASE}-journal")


def checksums(folder: Path, known: Mapping[str, str] | None = None) -> dict[str, str]:
    """The sha256 of every file of a build that nothing writes to; those of ``known`` are taken as given.

    Chroma's SQLite file is not among them: Chroma writes to it on opening. What it holds is checked
    by its keys (see `index.verification`).
    """
    sums = {f"{ENCODER_FOLDER}/{name}": sha256 for name, sha256 in (known or {}).items()}
    paths = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if path.is_file()}
    unknown = [name for name in paths if name not in NOT_SUMMED and name not in sums]
    with ThreadPoolExecutor(2) as pool:  # large files, a processor each
        sums |= zip(unknown, pool.map(file_sha256, (paths[name] for name in unknown)), strict=True)
    return {name: sums[name] for name in paths if name in sums}


def sizes(folder: Path, names: Mapping[str, str]) -> dict[str, int]:
    """The sizes in bytes of those of a build's files that are there."""
    paths = {name: folder / name for name in names}
    return {name: path.stat().st_size for name, path in paths.items() if path.is_file()}
