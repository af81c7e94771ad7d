"""Trees of files: copied, flushed to the disk, summed."""

import hashlib
import os
import shutil
import sys
from pathlib import Path

from corpus.files import sync_folder, write_atomically

__all__ = ["copy_file", "copy_tree", "file_sha256", "sync_tree", "text_sha256", "tree_sha256", "write_atomically"]

_FICLONE = 0x40049409  # Linux's ioctl to share a file's blocks until one of the two is written to


def sync_tree(folder: Path) -> None:
    """Flush every file and folder below ``folder`` to the disk."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())
        elif path.is_dir():
            sync_folder(path)
    sync_folder(folder)


def copy_tree(source: Path, target: Path) -> None:
    """Copy a folder's files: as clones where the file system has them, else byte by byte; never as links."""
    target.mkdir(parents=True, exist_ok=True)
    for path in sorted(source.rglob("*")):
        if path.is_dir():
            (target / path.relative_to(source)).mkdir(exist_ok=True)
        else:
            copy_file(path, target / path.relative_to(source))


def copy_file(source: Path, target: Path) -> None:
    """Copy a file's content: as a clone where the file system has them (Btrfs, XFS), else byte by byte."""
    if not (sys.platform == "linux" and _clone(source, target)):
        shutil.copyfile(source, target)


def _clone(source: Path, target: Path) -> bool:
    import fcntl

    with source.open("rb") as old, target.open("wb") as new:
        try:
            fcntl.ioctl(new.fileno(), _FICLONE, old.fileno())
        except OSError:  # ext4, tmpfs, two file systems
            return False
    return True


def file_sha256(path: Path) -> str:
    """The sha256 of a file's bytes, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def text_sha256(text: str) -> str:
    """The sha256 of a text in UTF-8, in hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def tree_sha256(folder: Path) -> dict[str, str]:
    """The sha256 of every file below a folder, by its path in it."""
    return {
        path.relative_to(folder).as_posix(): file_sha256(path) for path in sorted(folder.rglob("*")) if path.is_file()
    }
