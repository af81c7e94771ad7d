"""Warm latency and memory: retrieval against the naive pipeline's by turns, and askpost's whole answer.

One thread of questions: the dev split of the fixed set. The first pass is not measured. Whole answers are measured in
a process of their own: torch's idle threads, once the naive pipeline has them, get in the way of others.
"""

import time
from collections.abc import Callable
from pathlib import Path

from app import Assistant
from corpus import load_corpus
from eval.bench.setting import Row, Setting, alone, percentile
from eval.machine import peak_memory_mb
from eval.questions import Question, load_questions
from eval.systems.naive import NaivePipeline

RANKED = 10

Task = Callable[[Question], object]


def rows(setting: Setting) -> list[Row]:
    """Medians, 99th percentiles, and the memory of a process that answers."""
    times = alone(retrievals, setting.home, setting.model, setting.repeats)
    answers, ours = alone(whole_answers, setting.home, setting.repeats)
    theirs = alone(naive_memory, setting.model)
    found = []
    for name, share in (("median", 0.5), ("99th percentile", 0.99)):
        both = {system: percentile(ms, share) for system, ms in times.items()}
        found.append(Row(f"retrieval, {name}", "ms", both["askpost"], both["naive"]))
    found += [
        Row("whole answer, median", "ms", percentile(answers, 0.5), None),
        Row("whole answer, 99th percentile", "ms", percentile(answers, 0.99), None),
    ]
    return [*found, Row("peak memory while answering", "MB", ours, theirs)]


def retrievals(home: Path, model: Path, repeats: int) -> dict[str, list[float]]:
    """Milliseconds of both systems' retrieval."""
    assistant, naive = Assistant.open(home), NaivePipeline(load_corpus(), model)
    tasks: dict[str, Task] = {
        "askpost": lambda q: assistant.retrieve(q.question, RANKED),
        "naive": lambda q: naive.search(q.question, RANKED),
    }
    times = measure(tasks, repeats)
    assistant.close()
    return times


def whole_answers(home: Path, repeats: int) -> tuple[list[float], float]:
    """Milliseconds of askpost's answers, and the process's peak memory in megabytes."""
    assistant = Assistant.open(home)
    times = measure({"answer": lambda q: assistant.ask(q.question, q.history)}, repeats)["answer"]
    assistant.close()
    return times, peak_memory_mb() or 0.0


def naive_memory(model: Path) -> float:
    """Peak memory of a process in which the naive pipeline answers, in megabytes."""
    naive = NaivePipeline(load_corpus(), model)
    measure({"answer": naive.respond}, 0)
    return peak_memory_mb() or 0.0


def measure(tasks: dict[str, Task], repeats: int) -> dict[str, list[float]]:
    """Milliseconds of each task for each question and repeat, by turns."""
    questions = load_questions().of("dev")
    times: dict[str, list[float]] = {name: [] for name in tasks}
    for turn in range(repeats + 1):
        for question in questions:
            for name, task in tasks.items():
                started = time.perf_counter()
                task(question)
                if turn:
                    times[name].append((time.perf_counter() - started) * 1000)
    return times
