"""Indexes of tiny corpora with a tiny model: every part is real but the weights, and a build takes little time."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest

from index.builds import current_build
from index.settings import IndexSettings
from tests.index.tiny import build, corpus_of, tiny_model, tiny_models

Damage = Callable[[Path], object]

TEXTS = {
    f"doc{n}": f"# Ship {n}\n\nAirship number {n} is grey. It flies to town {n * 7}.\n\nIts captain is {name}."
    for n, name in enumerate(["Ada", "Bo", "Cy", "Di", "Ed", "Flo"])
}


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> IndexSettings:
    """Settings that name a tiny model."""
    return tiny_model(tmp_path_factory.mktemp("model"))


@pytest.fixture
def with_tiny_models() -> Iterator[None]:
    """For tests that call `build_index`, the command line or anything else that would load a model."""
    with tiny_models():
        yield


@pytest.fixture(scope="session")
def processes() -> ForkServerContext:
    """Processes that start with everything imported and nothing opened, so that one costs milliseconds."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(
        ["tests.index.tiny", "index.retrieval", "chromadb", "chromadb.api.rust", "langchain_chroma", "onnxruntime"]
    )
    return context


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An empty index home."""
    return tmp_path / "home"


def current_build_of(home: Path, tiny: IndexSettings) -> Path:
    """Build the texts, and give the build's folder."""
    build(home, corpus_of(TEXTS), tiny)
    return current_build(home)


def flip(name: str) -> Damage:
    """Change one byte in the middle of the first file that the pattern finds."""

    def run(folder: Path) -> None:
        path = next(path for path in sorted(folder.glob(name)) if path.stat().st_size)
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 0xFF
        path.write_bytes(content)

    return run
