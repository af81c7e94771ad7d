"""From stored measurements to `docs/bench.md`."""

from collections.abc import Mapping
from typing import Any

from eval.bench.scale import written
from eval.reports.figures import NONE
from eval.reports.markdown import literal, table

GROWTH_PLOT = "bench-growth.svg"
SAMPLE = "texts embedded a second"


def render(run: Mapping[str, Any]) -> str:
    """The whole page."""
    machine = run["machine"]
    about = (
        f"{run['created'][:16].replace('T', ' ')} UTC; {machine['cpus']} × {machine['processor']}, "
        f"{machine['memory_gb']} GB, {machine['system']}, Python {machine['python']}; medians of {run['repeats']} "
        f"measurements each, askpost and the naive pipeline in one run."
    )
    if run["load"]:
        about += f" The machine's load was {run['load'][0]:.1f} at the start and {run['load'][1]:.1f} at the end."
    parts = [
        "# How fast it is",
        "<!-- Written by `python -m eval.bench` from bench.json; a test fails when they differ. Do not edit. -->",
        literal(about),
        "The naive pipeline is LangChain's tutorial with all-MiniLM-L6-v2, of the same size as askpost's model "
        "(`eval/systems/naive.py`). It retrieves and does no more; a ratio below 1 means that askpost takes less, or "
        "for questions a second does less. What txtai, Haystack and others take is in [evaluation.md](evaluation.md), "
        "under cost.",
    ]
    for title, rows in run["sections"].items():
        parts += [f"## {title}", table(["", "unit", "askpost", "naive", "ratio"], map(_row, rows))]
    growth = run["growth"]
    sizes = [f"{row['passages']:,.0f} passages" for row in growth]
    lines = [[name, *(written(row[name]) for row in growth)] for name in growth[0] if name != "passages"]
    parts += [
        "## Growth",
        "Synthetic texts and vectors, the rest as it is served; [scaling.md](scaling.md) says how, and what bounds it. "
        f"The embedding model takes {run[SAMPLE]:.0f} texts a second here.",
        table(["", *sizes], lines),
        f"![Lines: how each figure grows with the number of passages]({GROWTH_PLOT})",
        "## Measure it again",
        "    make bench",
    ]
    return "\n\n".join(parts) + "\n"


def _row(row: Mapping[str, Any]) -> list[str]:
    naive, ours = row["naive"], row["askpost"]
    theirs, ratio = (written(naive), f"{ours / naive:.2f}") if naive else (NONE, "")
    return [row["what"], row["unit"], written(ours), theirs, ratio]
