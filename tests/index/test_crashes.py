"""Builds that are killed, and disks that lose what was not synced: the build in use stays whole."""

from __future__ import annotations

import os
import random
import shutil
import signal
import sys
from collections.abc import Callable, Sequence
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest

from corpus import Document
from index.builds import current_build, read_manifest, writer_lock
from index.settings import IndexSettings
from tests.index.conftest import TEXTS
from tests.index.disk import RecordedDisk
from tests.index.tiny import build, build_beside, corpus_of
from tests.index.whole import assert_serves

KILLS = 50


def build_and_die(
    home: Path, documents: Sequence[Document], settings: IndexSettings, event: int, build: Callable[..., object] = build
) -> None:
    """Build, and kill this process at the given one of Python's audit events (a file opened, renamed, removed, ...)."""
    count = 0

    def hook(name: str, _args: tuple[object, ...]) -> None:
        nonlocal count
        if name.split(".")[0] in ("open", "os", "sqlite3", "shutil", "fcntl"):
            count += 1
            if count == event:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)
    build(home, documents, settings)


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")
@pytest.mark.parametrize("build", [build, build_beside])
def test_a_build_killed_at_any_point_leaves_the_served_one(
    home: Path, tiny: IndexSettings, processes: ForkServerContext, build: Callable[..., object]
) -> None:
    corpora = [corpus_of(TEXTS), corpus_of({**TEXTS, "doc2": "A zeppelin came.", "new": "An airship more."})]
    for documents in corpora:
        build(home, documents, tiny)  # so that both are in the cache, and builds take their least time
    serving, chance, killed = 1, random.Random(6), 0
    for turn in range(KILLS):
        target = (home, corpora[1 - serving], tiny)
        if turn % 2:  # at a random time
            process = processes.Process(target=build, args=target)
            process.start()
            process.join(chance.uniform(0.02, 0.5))
            process.kill()
        else:  # at a random point of the program
            process = processes.Process(target=build_and_die, args=(*target, chance.randrange(1, 120), build))
            process.start()
        process.join()
        killed += process.exitcode == -signal.SIGKILL
        serving = assert_serves(home, *corpora)
    assert killed > KILLS / 2
    with writer_lock(home):  # every one of the dead has let go of it
        pass
    build(home, corpora[1 - serving], tiny)
    assert bool(read_manifest(current_build(home)).base) == (build is build_beside)
    assert all((folder / "manifest.json").exists() for folder in (home / "builds").iterdir())
    assert not list(home.glob(".CURRENT*"))


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("build", [build, build_beside])
@pytest.mark.parametrize("renames", ["when synced", "at once"])
def test_a_power_cut_at_any_sync_leaves_a_whole_build(
    home: Path,
    tiny: IndexSettings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    renames: str,
    build: Callable[..., object],
) -> None:
    """What it covers: see `RecordedDisk`. The disk is cut after every sync of a build and after every rename."""
    corpora = [corpus_of(TEXTS), corpus_of({**TEXTS, "doc2": "A zeppelin came."})]
    build(home, corpora[0], tiny)
    os.sync()
    disk = RecordedDisk(home, names_at_once=renames == "at once")
    monkeypatch.setattr(os, "fsync", disk.fsync)
    replace = Path.replace

    def replace_and_cut(self: Path, target: Path) -> Path:
        done = replace(self, target)
        disk.cut()
        return done

    monkeypatch.setattr(Path, "replace", replace_and_cut)
    build(home, corpora[1], tiny)
    disk.cut()
    monkeypatch.undo()
    assert len(disk.cuts) > 20
    served: list[int] = []
    for number, image in enumerate(disk.images()):
        after = tmp_path / f"after-{number}"
        image.write(after)
        served.append(assert_serves(after, *corpora))
        shutil.rmtree(after)
    assert served == sorted(served)  # the old build up to some cut, the new one from then on
    assert set(served) == {0, 1}


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_the_first_build_of_a_home_survives_a_power_cut(
    home: Path, tiny: IndexSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.mkdir()
    disk = RecordedDisk(home, names_at_once=False)
    monkeypatch.setattr(os, "fsync", disk.fsync)
    build(home, corpus_of(TEXTS), tiny)
    disk.cut()
    monkeypatch.undo()
    *_, last = disk.images()
    last.write(tmp_path / "after")
    assert current_build(tmp_path / "after").name == current_build(home).name
    assert_serves(tmp_path / "after", corpus_of(TEXTS))
