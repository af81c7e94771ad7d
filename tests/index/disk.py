"""A disk that keeps only what was synced.

Files are recorded by inode: `os.fsync` of a file keeps its content as it is then, of a folder its
entries. A cut gives the tree that can be reached from the root through kept entries, each file with
the content that was kept, or empty if none ever was.

Two disks: one on which names change only when their folder is synced, and one on which they change at
once, ahead of the contents, as some file systems may order them. What it does not cover: syncs by SQLite
and Chroma themselves (they count as lost, which is the harder case), sectors torn in half, and disks
that say a sync is done when it is not.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

Entries = dict[str, int]


@dataclass(frozen=True, slots=True)
class Image:
    """What is on the disk after a cut."""

    root: int
    files: dict[int, bytes]
    folders: dict[int, Entries]

    def write(self, target: Path) -> None:
        """Put it into a folder."""
        self._write(target, self.root)

    def _write(self, target: Path, inode: int) -> None:
        if inode in self.folders:
            target.mkdir()
            for name, child in self.folders[inode].items():
                self._write(target / name, child)
        else:
            target.write_bytes(self.files.get(inode, b""))


@dataclass
class RecordedDisk:
    """Stands in for `os.fsync` below ``root``; what was there at first is on the disk."""

    root: Path
    names_at_once: bool
    files: dict[int, bytes] = field(default_factory=dict)
    folders: dict[int, Entries] = field(default_factory=dict)
    cuts: list[Image] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._fsync = os.fsync
        for path in [self.root, *self.root.rglob("*")]:
            inode = path.stat().st_ino
            if path.is_dir():
                self.folders[inode] = _entries(path)
            else:
                self.files[inode] = path.read_bytes()

    def fsync(self, handle: int) -> None:
        """Keep the file or folder, and cut."""
        found = os.fstat(handle)
        path = Path(f"/proc/self/fd/{handle}").readlink()
        if stat.S_ISDIR(found.st_mode):
            self.folders[found.st_ino] = _entries(path)
        else:
            self.files[found.st_ino] = path.read_bytes()
        self.cut()

    def cut(self) -> None:
        """Record what would be there if the power failed now."""
        folders = dict(self.folders)
        if self.names_at_once:
            folders |= {path.stat().st_ino: _entries(path) for path in [self.root, *self.root.rglob("*/")]}
        self.cuts.append(Image(self.root.stat().st_ino, dict(self.files), folders))

    def images(self) -> Iterator[Image]:
        """The cuts that differ in what is below the root."""
        seen = set()
        for image in self.cuts:
            reached = str(_reachable(image, image.root))
            if reached not in seen:
                seen.add(reached)
                yield image


def _entries(folder: Path) -> Entries:
    return {path.name: path.stat().st_ino for path in folder.iterdir()}


def _reachable(image: Image, inode: int) -> object:
    if inode in image.folders:
        return sorted((name, str(_reachable(image, child))) for name, child in image.folders[inode].items())
    return hash(image.files.get(inode, b""))
