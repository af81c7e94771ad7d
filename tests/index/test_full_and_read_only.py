"""A disk that is full, a folder that cannot be written to."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest

from corpus.errors import AskpostError
from index.builds import current_build
from index.retrieval import Retriever
from index.settings import IndexSettings
from tests.index.conftest import TEXTS
from tests.index.tiny import build, corpus_of
from tests.index.whole import assert_serves

NOBODY = 65_534

# Fill a small file system of its own with builds until one does not fit. Run in a namespace where mounting is allowed.
FILL = """
import sys
from dataclasses import replace
from pathlib import Path
from corpus.errors import AskpostError
from index.settings import IndexSettings
from tests.index.conftest import TEXTS
from tests.index.tiny import build, corpus_of
from tests.index.whole import assert_serves
home, settings = Path(sys.argv[1]), IndexSettings(sys.argv[2], 300, 50)
corpora = [corpus_of({**TEXTS, "extra": f"Airship {n}."}) for n in range(30)]
for number, documents in enumerate(corpora):
    try:
        build(home, documents, settings)
    except AskpostError as error:
        print(error)
        assert number > 0
        assert assert_serves(home, *corpora) == number - 1
        assert len(list((home / "builds").iterdir())) == number
        break
else:
    raise AssertionError("it never filled")
"""


def test_a_full_disk(tmp_path: Path, tiny: IndexSettings) -> None:
    command = f'mount -t tmpfs -o size=4m none "{tmp_path}" && exec "$0" -c "$1" "{tmp_path}/home" "$2"'
    mount = [] if os.geteuid() == 0 else ["--map-root-user"]
    inside = ["unshare", "--mount", *mount, "sh", "-c", command, sys.executable, FILL, tiny.model]
    if not shutil.which("unshare") or subprocess.run(["unshare", "--mount", *mount, "true"], check=False).returncode:
        pytest.skip("no file system can be mounted here")
    done = subprocess.run(inside, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "free space" in done.stdout, done.stdout


@pytest.fixture
def locked(home: Path, tiny: IndexSettings) -> Iterator[Path]:
    """A home with a build, that nobody but root may write to."""
    build(home, corpus_of(TEXTS), tiny)
    for path in [home, *home.rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    yield home
    for path in [home, *home.rglob("*")]:
        path.chmod(0o755 if path.is_dir() else 0o644)


def as_nobody(home: Path, settings: IndexSettings) -> None:
    """Read and build as a user who may only read; root may write anywhere, whatever the folder says."""
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    retriever = Retriever.open(home)
    assert retriever.retrieve("airship", 3)
    retriever.close()
    with pytest.raises(AskpostError, match=r"cannot be written.*permissions"):
        build(home, corpus_of({"a": "Another."}), settings)


def test_a_read_only_home_is_read_and_not_built_in(
    locked: Path, tiny: IndexSettings, processes: ForkServerContext
) -> None:
    for folder in (*locked.parents, Path(tiny.model), *Path(tiny.model).parents):
        if folder.owner() != "root" or not folder.stat().st_mode & 0o005:
            if os.geteuid() != 0 or folder == Path("/"):
                continue
            folder.chmod(folder.stat().st_mode | 0o055)  # pytest's folders are its user's own
    process = processes.Process(target=as_nobody, args=(locked, tiny))
    process.start()
    process.join()
    assert process.exitcode == 0
    assert_serves(locked, corpus_of(TEXTS))
    assert current_build(locked)
