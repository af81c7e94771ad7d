"""What many tests need: the bundled post's index and small ones, built once a run with the real parts."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from corpus import load_corpus
from index.building import build_index

if TYPE_CHECKING:
    from app import Assistant


# CI tries the same examples every time, so that a run of it means the same; elsewhere they are new each time.
settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("ci")


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One embedding cache for all homes of the run, so that each text is embedded once."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="session")
def new_home(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Callable[[], Path]:
    """Make an empty index home that shares the run's embedding cache."""

    def make() -> Path:
        home = tmp_path_factory.mktemp("home")
        (home / "cache").symlink_to(cache)
        return home

    return make


@pytest.fixture(scope="session")
def post_home(new_home: Callable[[], Path]) -> Path:
    """The index home of the bundled post."""
    home = new_home()
    build_index(load_corpus(), home)
    return home


@pytest.fixture(scope="session")
def assistant(post_home: Path) -> Assistant:
    """The assistant on the bundled post."""
    from app import Assistant

    return Assistant.open(post_home)


@pytest.fixture
def folder(tmp_path: Path) -> Callable[[dict[str, str]], Path]:
    """Write a corpus folder from names and texts."""

    def write(files: dict[str, str]) -> Path:
        for name, text in files.items():
            path = tmp_path / "corpus" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())
        return tmp_path / "corpus"

    return write
