"""Measure everything in one run, and write docs/bench.json, docs/bench.md and its plot.

    python -m eval.bench [--repeats N] [--passages N ...] [--questions N] [--sample N] [--output FOLDER]
    python -m eval.bench --stored        write again from what is stored

Nothing else should run on the machine meanwhile. With the defaults it takes some ten minutes on two cores.
"""

import argparse
import json
import os
import tempfile
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console

from eval.bench import building, cold_start, latency, scale, throughput
from eval.bench.page import GROWTH_PLOT, SAMPLE, render
from eval.bench.setting import Row, Setting, prepare
from eval.machine import machine

DOCS = Path(__file__).parents[2] / "docs"
STORED = "bench.json"
PAGE = "bench.md"
SECTIONS: dict[str, Callable[[Setting], list[Row]]] = {
    "Cold start": cold_start.rows,
    "Warm": latency.rows,
    "Several at once": throughput.rows,
    "Building": building.rows,
}


def measure(options: argparse.Namespace, console: Console) -> dict[str, Any]:
    """All measurements as plain data."""
    load = _load()
    with tempfile.TemporaryDirectory() as folder:
        console.print("[dim]Building both indexes…[/dim]")
        setting = prepare(Path(folder), options.repeats)
        sections = {}
        for title, rows in SECTIONS.items():
            console.print(f"[dim]{title}…[/dim]")
            sections[title] = [asdict(row) for row in rows(setting)]
    return {
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": machine(),
        "repeats": options.repeats,
        "sections": sections,
        "growth": scale.growth(options.passages, options.questions, console),
        SAMPLE: scale.embedding_rate(options.sample),
        "load": [*load, *_load()],
    }


def _load() -> list[float]:
    """How many processes were waiting for the processors over the last minute, where the system says."""
    return [round(os.getloadavg()[0], 2)] if hasattr(os, "getloadavg") else []


def main() -> None:
    """Measure and write, or write again."""
    parser = argparse.ArgumentParser(description="Measure askpost against the naive pipeline.")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--passages", type=int, nargs="+", default=list(scale.SIZES), help="sizes to measure growth at")
    parser.add_argument("--questions", type=int, default=100, help="questions at each size")
    parser.add_argument("--sample", type=int, default=256, help="texts to embed with the real model")
    parser.add_argument("--output", type=Path, default=DOCS, help="the folder to write into")
    parser.add_argument("--stored", action="store_true", help="write again from what is stored")
    options = parser.parse_args()
    console = Console(highlight=False)
    file = options.output / STORED
    if options.stored:
        run: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    else:
        run = json.loads(json.dumps(measure(options, console)), parse_float=lambda text: float(f"{float(text):.4g}"))
        file.write_text(json.dumps(run, indent=1) + "\n", encoding="utf-8")
    page = render(run)
    (options.output / PAGE).write_text(page, encoding="utf-8")
    scale.plot(run["growth"], options.output / GROWTH_PLOT)
    console.print(page, markup=False)


if __name__ == "__main__":
    main()
