"""How figures are written, wherever they are."""

from collections.abc import Mapping
from typing import Any

NONE = "–"
_FORMATS = {"quote_chars": "{:.0f}", "median_ms": "{:.1f}"}


def figure(measure: str, value: float | None) -> str:
    """A measure's value, or a dash."""
    return NONE if value is None else _FORMATS.get(measure, "{:.2f}").format(value)


def interval(scores: Mapping[str, Any], measure: str) -> str:
    """The ends of a measure's interval in a report's JSON, or nothing."""
    ends = scores["intervals"].get(measure)
    return f"{ends[0]:.2f}–{ends[1]:.2f}" if ends else ""


def difference(found: Mapping[str, float] | None) -> str:
    """A difference with its interval, or nothing."""
    return f"{found['mean']:+.2f} ({found['low']:+.2f} to {found['high']:+.2f})" if found else ""


def is_real(found: Mapping[str, float] | None) -> bool:
    """Whether a difference is more than noise."""
    return found is not None and (found["low"] > 0 or found["high"] < 0)


def megabytes(value: float | None) -> str:
    """Memory, or a dash where it was not measured."""
    return NONE if value is None else f"{value:.0f}"


def about(report: Mapping[str, Any]) -> str:
    """The set, the split, the build and the machine of a report's JSON, in one sentence each."""
    set_, machine = report["set"], report.get("machine") or {}
    count = report["systems"][0]["overall"]["count"]
    text = (
        f"{count} questions of the {set_['split']} split of {set_['name']} (sha256 {set_['sha256'][:12]}), "
        f"build {report['build']}, {report['created'][:16].replace('T', ' ')} UTC."
    )
    if machine:
        text += (
            f" Machine: {machine['cpus']} × {machine['processor']}, {machine['memory_gb']} GB, "
            f"{machine['system']}, Python {machine['python']}."
        )
    return text
