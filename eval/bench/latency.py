"""Warm latency: retrieval of askpost against the naive pipeline's, and askpost's whole answer.

    python -m eval.bench.latency [--repeats N] [--json FILE]

One process, one thread of questions: the dev split of the fixed set; the two retrievals
take turns. The first pass is not measured.
"""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.table import Table

from app import Assistant
from corpus import load_corpus
from eval.bench.setting import arguments, finish, percentile
from eval.questions import Question, load_questions
from eval.systems.naive import NaivePipeline
from index.building import build_index
from index.models import find_model
from index.settings import DEFAULT_MODEL

RANKED = 10

Task = Callable[[Question], object]


def measure(tasks: dict[str, Task], questions: tuple[Question, ...], repeats: int) -> dict[str, list[float]]:
    """Milliseconds of each task for each question and repeat, by turns."""
    times: dict[str, list[float]] = {name: [] for name in tasks}
    for turn in range(repeats + 1):
        for question in questions:
            for name, task in tasks.items():
                started = time.perf_counter()
                task(question)
                if turn:
                    times[name].append((time.perf_counter() - started) * 1000)
    return times


def main() -> None:
    """Measure, and print medians, 99th percentiles and the ratio."""
    options = arguments("Warm latency of askpost against the naive LangChain pipeline.", repeats=3)
    console = Console(highlight=False)
    documents = load_corpus()
    with tempfile.TemporaryDirectory() as folder:
        console.print("[dim]Building both indexes…[/dim]")
        build_index(documents, Path(folder))
        assistant = Assistant.open(Path(folder))
        questions = load_questions().of("dev")
        # Whole answers first: torch's idle threads, once the naive pipeline has them, get in the way of others.
        times = measure({"askpost, answer": lambda q: assistant.ask(q.question, q.history)}, questions, options.repeats)
        naive = NaivePipeline(documents, find_model(DEFAULT_MODEL).folder)
        tasks: dict[str, Task] = {
            "askpost, retrieval": lambda q: assistant.retrieve(q.question, RANKED),
            "naive, retrieval": lambda q: naive.search(q.question, RANKED),
        }
        times |= measure(tasks, questions, options.repeats)
        assistant.close()
    figures = {name: {"median": percentile(ms, 0.5), "p99": percentile(ms, 0.99)} for name, ms in times.items()}
    table = Table(title="Warm latency", title_justify="left", box=None)
    for column in ("", "median ms", "p99 ms"):
        table.add_column(column, justify="right" if column else "left")
    for name, values in figures.items():
        table.add_row(name, f"{values['median']:.1f}", f"{values['p99']:.1f}")
    console.print(table)
    ratio = figures["askpost, retrieval"]["median"] / figures["naive, retrieval"]["median"]
    console.print(f"askpost's retrieval takes [bold]{ratio:.2f}[/bold] of the naive pipeline's time (medians).")
    finish({"milliseconds": figures, "ratio": ratio}, options.json, console)


if __name__ == "__main__":
    main()
