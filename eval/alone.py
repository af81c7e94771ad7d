"""Run a system in a process of its own, so that its memory and its time are its own.

Whatever one system loads (torch, say) is neither there for the next one nor in its way.
"""

import multiprocessing
from collections.abc import Sequence
from dataclasses import replace
from multiprocessing.connection import Connection

from corpus.errors import AskpostError
from eval.machine import peak_memory_mb
from eval.questions import Question
from eval.report import SystemReport
from eval.run import Progress, run_here
from eval.systems.registry import Material

_SPAWN = multiprocessing.get_context("spawn")  # a fork would begin with the memory of this process


class SystemCrashedError(AskpostError):
    """A system's process ended without a report."""


def run_alone(name: str, material: Material, questions: Sequence[Question], progress: Progress) -> SystemReport:
    """As `eval.run.run_here`, with the peak memory of the process.

    Raises:
        SystemCrashedError: the process was killed, for want of memory for instance.
        AskpostError: what the system itself raised.
    """
    receiver, sender = _SPAWN.Pipe(duplex=False)
    process = _SPAWN.Process(target=_child, args=(sender, name, material, questions), daemon=True)
    process.start()
    sender.close()
    try:
        while True:
            message = receiver.recv()
            if isinstance(message, SystemReport):
                return message
            if isinstance(message, Exception):
                raise message
            progress(*message)
    except EOFError:
        process.join()
        raise SystemCrashedError(f"The process of {name!r} ended with exit code {process.exitcode}.") from None
    finally:
        receiver.close()
        process.join(timeout=10)
        process.kill()


def _child(sender: Connection, name: str, material: Material, questions: Sequence[Question]) -> None:
    def told(system: str, done: int, total: int) -> None:
        sender.send((system, done, total))

    try:
        report = run_here(name, material, questions, told)
        sender.send(replace(report, cost=replace(report.cost, memory_mb=peak_memory_mb())))
    except Exception as error:  # noqa: BLE001 - raised again in the process that waits for the report
        sender.send(error)
    finally:
        sender.close()
