"""What the benchmarks share: both indexes of the bundled post, a process of its own, what a measurement gives."""

import multiprocessing
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import ParamSpec, TypeVar

import numpy as np

from corpus import load_corpus
from eval.systems.naive import build_store, split
from index.building import build_index
from index.models import find_model
from index.settings import BASE_MODEL

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Setting:
    """Where both indexes of the same post were built, and how often things are measured."""

    home: Path
    naive: Path
    model: Path
    repeats: int


@dataclass(frozen=True, slots=True)
class Row:
    """A figure of askpost and of the naive pipeline; None where that has no such thing."""

    what: str
    unit: str
    askpost: float
    naive: float | None

    @property
    def ratio(self) -> float | None:
        """askpost's share of the naive pipeline's figure."""
        return self.askpost / self.naive if self.naive else None


def prepare(folder: Path, repeats: int) -> Setting:
    """Build askpost's index and the naive pipeline's store in a folder."""
    documents = load_corpus()
    model = find_model(BASE_MODEL).folder
    build_index(documents, folder / "home")
    build_store(split(documents), model, folder / "naive")
    return Setting(folder / "home", folder / "naive", model, repeats)


def alone(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call a function in a fresh process, so that neither memory nor threads of others count."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(function, *args, **kwargs).result()


def percentile(values: Sequence[float], share: float) -> float:
    """The value that ``share`` of the values do not exceed, interpolated."""
    return float(np.quantile(values, share))


def megabytes(path: Path) -> float:
    """The size of a file, or of all files below a folder."""
    files = [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file()]
    return sum(file.stat().st_size for file in files) / 1e6
