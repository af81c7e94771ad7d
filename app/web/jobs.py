"""Long work outside the server's process: a command that reports its progress in lines, and can be cancelled."""

import contextlib
import json
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

_LOG_LINES = 200


@dataclass
class Job:
    """A command that runs or ran.

    Lines of its output that are JSON objects with a ``stage`` are progress; all others are its log.
    ``code`` is the exit code once it has ended.
    """

    name: str
    process: subprocess.Popen[str]
    started: float = field(default_factory=time.time)
    stage: str = "Starting"
    done: int = 0
    total: int = 0
    log: deque[str] = field(default_factory=lambda: deque(maxlen=_LOG_LINES))
    code: int | None = None
    cancelled: bool = False

    @property
    def running(self) -> bool:
        """Whether it has not ended."""
        return self.code is None

    @property
    def fraction(self) -> float | None:
        """How much of the stage is done, where that is known."""
        return min(self.done / self.total, 1.0) if self.total else None

    def cancel(self) -> None:
        """End it; what it had begun to write is left aside."""
        if self.running:
            self.cancelled = True
            self.process.terminate()

    def follow(self) -> None:
        """Read its output to the end."""
        assert self.process.stdout is not None  # noqa: S101 - it was started with a pipe
        for line in self.process.stdout:
            self._take(line.rstrip())
        self.code = self.process.wait()

    def _take(self, line: str) -> None:
        report: Any = None
        with contextlib.suppress(ValueError):
            report = json.loads(line)
        if isinstance(report, dict) and "stage" in report:
            if report["stage"] != self.stage:
                self.log.append(str(report["stage"]))
            self.stage = str(report["stage"])
            self.done, self.total = int(report.get("done", 0)), int(report.get("total", 0))
        elif line:
            self.log.append(line)


class Jobs:
    """The jobs of this server by name; one of each name at a time, the last one kept for its outcome."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._jobs: dict[str, Job] = {}

    def start(self, name: str, arguments: Sequence[str]) -> Job:
        """Run this Python with arguments, unless the job of that name is running already."""
        with self._lock:
            known = self._jobs.get(name)
            if known is not None and known.running:
                return known
            process = subprocess.Popen(  # noqa: S603 - this Python, with arguments of this program
                [sys.executable, *arguments],
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                encoding="utf-8",
                errors="replace",
            )
            job = self._jobs[name] = Job(name, process)
            threading.Thread(target=job.follow, name=name, daemon=True).start()
            return job

    def get(self, name: str) -> Job | None:
        """The job of that name that runs or was the last to run."""
        return self._jobs.get(name)
