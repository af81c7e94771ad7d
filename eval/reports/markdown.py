"""A report's JSON as Markdown: for a pull request, and the tables that the documentation has too."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from eval.reports.figures import about, difference, figure, interval, is_real, megabytes
from eval.scoring import MEASURES

_SPECIAL = str.maketrans({char: f"\\{char}" for char in "\\`*_[]|~$#"} | {"<": "&lt;", ">": "&gt;", "&": "&amp;"})


def summary(report: Mapping[str, Any]) -> str:
    """The whole report but its questions, for a pull request."""
    systems = report["systems"]
    wrong = sum(question["right"] is False for question in systems[0]["questions"])
    count = systems[0]["overall"]["count"]
    parts = [
        f"### Evaluation: {literal(report['set']['name'])}, {literal(report['set']['split'])}",
        literal(about(report)),
        f"{wrong} of {count} questions are not right: evidence, and verdict where one is due.",
        measures(report),
        "<details><summary>By type, and cost</summary>",
        right_by_type(report),
        cost(report),
        "</details>",
    ]
    return "\n\n".join(parts) + "\n"


def measures(report: Mapping[str, Any], names: Iterable[str] = tuple(MEASURES)) -> str:
    """A row for each measure, a column for each system; with two systems also their difference."""
    systems = report["systems"]
    differences = report["differences"].get(systems[1]["name"], {}) if len(systems) == 2 else None
    rows = []
    for name in names:
        cells = [MEASURES[name].label + (" ↓" if MEASURES[name].better == "lower" else "")]
        for system in systems:
            ends = interval(system["overall"], name)
            value = figure(name, system["overall"]["values"].get(name))
            cells.append(f"{value} <sub>{ends}</sub>" if ends else value)
        if differences is not None:
            found = differences.get(name)
            cells.append(f"**{difference(found)}**" if is_real(found) else difference(found))
        rows.append(cells)
    heads = ["", *(literal(system["name"]) for system in systems)]
    note = "Small: 95 % bootstrap intervals. ↓: lower is better."
    if differences is not None:
        heads.append("difference")
        note += " Bold: more than noise, by the paired interval."
    return f"{table(heads, rows)}\n\n{note}"


def right_by_type(report: Mapping[str, Any]) -> str:
    """The share of right answers by type of question."""
    systems = report["systems"]
    rows = [
        [literal(type_), str(scores["count"])]
        + [figure("accuracy", system["by_type"][type_]["values"]["accuracy"]) for system in systems]
        for type_, scores in systems[0]["by_type"].items()
    ]
    return table(["right, by type", "n", *(literal(system["name"]) for system in systems)], rows)


def cost(report: Mapping[str, Any]) -> str:
    """What each system took."""
    rows = [
        [
            literal(system["name"]),
            f"{system['cost']['setup_seconds']:.1f}",
            f"{system['cost']['seconds']:.1f}",
            figure("median_ms", system["overall"]["values"]["median_ms"]),
            megabytes(system["cost"]["memory_mb"]),
        ]
        for system in report["systems"]
    ]
    return table(["cost", "ready, s", "all answers, s", "median ms", "peak memory, MB"], rows)


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; the first column to the left, the others to the right."""
    lines = [heads, ["---", *["---:"] * (len(heads) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def literal(text: str) -> str:
    """Text that Markdown shows as it is, on one line."""
    return " ".join(text.split()).translate(_SPECIAL)
