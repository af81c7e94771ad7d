"""The machine that figures come from, and the memory of this process."""

import os
import platform
import sys
from pathlib import Path


def machine() -> dict[str, str | int]:
    """The machine in a few words: Python, system, processor and their number, memory in gigabytes."""
    return {
        "python": platform.python_version(),
        "system": platform.platform(),
        "processor": _field("/proc/cpuinfo", "model name") or platform.processor() or platform.machine(),
        "cpus": os.cpu_count() or 0,
        "memory_gb": round(_kilobytes(_field("/proc/meminfo", "MemTotal")) / 1e6),
    }


def peak_memory_mb() -> float | None:
    """Peak resident memory of this process; None where the system does not say.

    On Linux not from getrusage, whose peak begins with the parent's at the fork.
    """
    if peak := _kilobytes(_field("/proc/self/status", "VmHWM")):
        return peak / 1000
    if sys.platform == "darwin":
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    return None


def _field(file: str, name: str) -> str:
    """The first value of that name in a file of "name: value" lines, or nothing."""
    path = Path(file)
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return next((value.strip() for key, _, value in (line.partition(":") for line in lines) if key.strip() == name), "")


def _kilobytes(value: str) -> int:
    return int(value.split()[0]) if value else 0
