"""What the benchmarks share: both indexes of the bundled post, the machine's description, percentiles."""

import argparse
import json
import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console

from corpus import load_corpus
from eval.systems.naive import build_store, split
from index.building import build_index
from index.models import find_model
from index.settings import DEFAULT_MODEL

NAIVE_FOLDER = "naive"


@dataclass(frozen=True, slots=True)
class Setting:
    """Where both indexes of the same post were built, with the same model."""

    home: Path
    naive: Path
    model: Path


def prepare(folder: Path) -> Setting:
    """Build askpost's index and the naive pipeline's store in a folder."""
    documents = load_corpus()
    model = find_model(DEFAULT_MODEL).folder
    build_index(documents, folder / "home")
    build_store(split(documents), model, folder / NAIVE_FOLDER)
    return Setting(folder / "home", folder / NAIVE_FOLDER, model)


def machine() -> dict[str, str | int]:
    """The machine in a few words."""
    return {"python": platform.python_version(), "system": platform.platform(), "cpus": os.cpu_count() or 0}


def percentile(values: Sequence[float], share: float) -> float:
    """The value that ``share`` of the values do not exceed, interpolated."""
    return float(np.quantile(values, share))


def arguments(about: str, repeats: int) -> argparse.Namespace:
    """The command line that the benchmarks have in common."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--repeats", type=int, default=repeats, help=f"how often each is measured ({repeats})")
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    return parser.parse_args()


def finish(figures: dict[str, Any], file: Path | None, console: Console) -> None:
    """Name the machine, and write the figures where asked to."""
    described = machine()
    console.print(f"[dim]{described['cpus']} CPUs, Python {described['python']}, {described['system']}[/dim]")
    if file:
        file.write_text(json.dumps({"machine": described, **figures}, indent=2) + "\n", encoding="utf-8")
