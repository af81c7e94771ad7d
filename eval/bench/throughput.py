"""Throughput: questions a second when several threads ask one system at once, as users of a server do."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from app import Assistant
from corpus import load_corpus
from eval.bench.setting import Row, Setting, alone
from eval.questions import Question, load_questions
from eval.systems.naive import NaivePipeline

THREADS = (1, 2, 4, 8)
RANKED = 10

Rates = dict[int, float]  # questions a second by number of threads


def rows(setting: Setting) -> list[Row]:
    """Both systems' retrieval, and askpost's whole answers, by number of threads."""
    answers = alone(askpost_answers, setting.home, setting.repeats)
    ours = alone(askpost_retrieval, setting.home, setting.repeats)
    theirs = alone(naive_retrieval, setting.model, setting.repeats)
    found = [Row(f"retrieval, {_threads(n)}", "questions/s", ours[n], theirs[n]) for n in THREADS]
    return found + [Row(f"whole answers, {_threads(n)}", "questions/s", answers[n], None) for n in THREADS]


def askpost_answers(home: Path, repeats: int) -> Rates:
    """Whole answers."""
    assistant = Assistant.open(home)
    found = rates(lambda question: assistant.ask(question.question, question.history), repeats)
    assistant.close()
    return found


def askpost_retrieval(home: Path, repeats: int) -> Rates:
    """Retrieval alone."""
    assistant = Assistant.open(home)
    found = rates(lambda question: assistant.retrieve(question.question, RANKED), repeats)
    assistant.close()
    return found


def naive_retrieval(model: Path, repeats: int) -> Rates:
    """The naive pipeline, which does nothing else."""
    naive = NaivePipeline(load_corpus(), model)
    return rates(lambda question: naive.search(question.question, RANKED), repeats)


def rates(task: Callable[[Question], object], repeats: int) -> Rates:
    """Questions a second; the first pass is not measured."""
    once = load_questions().of("dev")
    questions = once * repeats
    for question in once:
        task(question)
    found = {}
    for threads in THREADS:
        with ThreadPoolExecutor(threads) as pool:
            started = time.perf_counter()
            for _ in pool.map(task, questions):
                pass
            found[threads] = len(questions) / (time.perf_counter() - started)
    return found


def _threads(number: int) -> str:
    return f"{number} thread{'s' if number > 1 else ''}"
