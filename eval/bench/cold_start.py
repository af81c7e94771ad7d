"""Cold start: a whole `askpost ask` process against a naive LangChain script, by turns, in one run.

    python -m eval.bench.cold_start [--repeats N] [--json FILE]

Both answer the same question with the same embedding model, from indexes built beforehand. Each is
run once unmeasured, so that the disk's cache is equally warm. The naive script is spared all network checks.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from eval.bench.setting import Setting, arguments, finish, prepare

SCRIPT = Path(__file__).with_name("naive_script.py")
QUESTION = "does docker share a kernel?"
OFFLINE = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "ANONYMIZED_TELEMETRY": "False"}


def commands(setting: Setting) -> dict[str, list[str]]:
    """The two processes to measure."""
    askpost = Path(sys.executable).with_name("askpost")
    return {
        "askpost": [str(askpost), "ask", QUESTION, "--json", "--index", str(setting.home)],
        "naive": [sys.executable, str(SCRIPT), str(setting.model), str(setting.naive), QUESTION],
    }


def seconds(command: Sequence[str]) -> float:
    """How long a process takes from its start to its end."""
    started = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, env={**os.environ, **OFFLINE})
    return time.perf_counter() - started


def measure(commands: dict[str, list[str]], repeats: int) -> dict[str, list[float]]:
    """Seconds of each command, run by turns so that a busy moment falls on all."""
    for command in commands.values():
        seconds(command)
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(repeats):
        for name, command in commands.items():
            times[name].append(seconds(command))
    return times


def main() -> None:
    """Measure, and print medians and the ratio."""
    options = arguments("Cold start of askpost against a naive LangChain script.", repeats=5)
    console = Console(highlight=False)
    with tempfile.TemporaryDirectory() as folder:
        console.print("[dim]Building both indexes…[/dim]")
        times = measure(commands(prepare(Path(folder))), options.repeats)
    medians = {name: statistics.median(values) for name, values in times.items()}
    table = Table(title="Cold start, whole process", title_justify="left", box=None)
    for column in ("", "median s", "least", "most"):
        table.add_column(column, justify="right" if column else "left")
    for name, values in times.items():
        table.add_row(name, f"{medians[name]:.2f}", f"{min(values):.2f}", f"{max(values):.2f}")
    console.print(table)
    ratio = medians["askpost"] / medians["naive"]
    console.print(f"askpost takes [bold]{ratio:.2f}[/bold] of the naive script's time ({options.repeats} runs each).")
    finish({"seconds": times, "medians": medians, "ratio": ratio}, options.json, console)


if __name__ == "__main__":
    main()
