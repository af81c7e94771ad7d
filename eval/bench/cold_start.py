"""Cold start: a whole `askpost ask` process against a naive LangChain script, by turns, in one run.

Both answer the same question with embedding models of the same size, from indexes built beforehand. Each is
run once unmeasured, so that the disk's cache is equally warm. The naive script is spared all network checks.
"""

import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from eval.bench.setting import Row, Setting

SCRIPT = Path(__file__).with_name("naive_script.py")
QUESTION = "does docker share a kernel?"
OFFLINE = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "ANONYMIZED_TELEMETRY": "False"}


@dataclass(frozen=True, slots=True)
class Cost:
    """What a process took from its start to its end: seconds by the clock, and of the processors."""

    wall: float
    cpu: float


def rows(setting: Setting) -> list[Row]:
    """Medians of both processes."""
    costs = measure(commands(setting), setting.repeats)
    wall = {name: statistics.median(cost.wall for cost in each) for name, each in costs.items()}
    cpu = {name: statistics.median(cost.cpu for cost in each) for name, each in costs.items()}
    return [
        Row("whole process, median", "s", wall["askpost"], wall["naive"]),
        Row("its processor time, median", "s", cpu["askpost"], cpu["naive"]),
    ]


def commands(setting: Setting) -> dict[str, list[str]]:
    """The two processes to measure."""
    askpost = Path(sys.executable).with_name("askpost")
    return {
        "askpost": [str(askpost), "ask", QUESTION, "--json", "--index", str(setting.home)],
        "naive": [sys.executable, str(SCRIPT), str(setting.model), str(setting.naive), QUESTION],
    }


def run(command: Sequence[str]) -> Cost:
    """Run a process and measure it; if it fails, say what it said and leave."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, **OFFLINE})
    wall, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed with exit code {done.returncode}:\n{done.stderr.strip()}")
    return Cost(wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def measure(commands: dict[str, list[str]], repeats: int) -> dict[str, list[Cost]]:
    """The cost of each command, run by turns so that a busy moment falls on all."""
    for command in commands.values():
        run(command)
    costs: dict[str, list[Cost]] = {name: [] for name in commands}
    for _ in range(repeats):
        for name, command in commands.items():
            costs[name].append(run(command))
    return costs
