"""The gate: a run must not fall below the figures pinned in gate.toml by more than the noise margin.

The floors hold for one question set, named by its sha256: on any other the gate refuses to judge.
Figures are pinned by `pin`, which refuses to lower one unless told to. A run is judged as it ends, or later
from its file.
"""

import json
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from corpus.errors import AskpostError
from eval.report import Report
from eval.scoring import MEASURES

GATE = Path(__file__).parent / "gate.toml"


class GateError(AskpostError):
    """The gate cannot judge this run, or may not be changed as asked."""


@dataclass(frozen=True, slots=True)
class Floors:
    """The figures pinned for a split. A measure may be worse by ``margin``, those in ``exact`` not at all."""

    margin: float
    pinned: dict[str, float]


@dataclass(frozen=True, slots=True)
class Gate:
    """The floors of each split of the set with this sha256."""

    sha256: str
    exact: tuple[str, ...]
    splits: dict[str, Floors]


@dataclass(frozen=True, slots=True)
class Failure:
    """A measure that is worse than allowed; ``value`` is None where the run has none."""

    measure: str
    value: float | None
    allowed: float

    def __str__(self) -> str:
        found = "no value" if self.value is None else f"{self.value:.4f}"
        side = "at most" if MEASURES[self.measure].better == "lower" else "at least"
        return f"{MEASURES[self.measure].label}: {found}, must be {side} {self.allowed:.4f}"


@dataclass(frozen=True, slots=True)
class Figures:
    """What the gate judges a run by: its first system's figures on a split of a set."""

    sha256: str
    split: str
    values: dict[str, float | None]

    @classmethod
    def of(cls, report: Report) -> Self:
        """Those of a report."""
        return cls(report.sha256, report.split, report.ours.overall.values)

    @classmethod
    def read(cls, path: Path) -> Self:
        """Those of a run that was kept (`askpost eval --json`).

        Raises:
            GateError: the file is no such run.
        """
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
            values = data["systems"][0]["overall"]["values"]
            numbers = {str(name): None if value is None else float(value) for name, value in values.items()}
            return cls(str(data["set"]["sha256"]), str(data["set"]["split"]), numbers)
        except (OSError, ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
            raise GateError(
                f"{path} is no run that was kept ({error!r}); write one with: askpost eval --json FILE"
            ) from error


def load_gate(path: Path = GATE) -> Gate:
    """Read the pinned figures.

    Raises:
        GateError: the file is missing or malformed.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        splits = {
            split: Floors(float(table["margin"]), {name: float(value) for name, value in table["floors"].items()})
            for split, table in data["split"].items()
        }
        gate = Gate(str(data["sha256"]), tuple(data["exact"]), splits)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise GateError(f"The gate's file {path} cannot be used ({error!r}); restore it.") from error
    unknown = {name for floors in splits.values() for name in floors.pinned} | set(gate.exact)
    unknown -= MEASURES.keys()
    if unknown:
        raise GateError(f"The gate's file {path} pins unknown measures: {', '.join(sorted(unknown))}.")
    return gate


def check(run: Report | Figures, gate: Gate) -> list[Failure]:
    """What is worse than allowed; empty when the run passes.

    Raises:
        GateError: the gate is for another set, or has no floors for this split.
    """
    figures = Figures.of(run) if isinstance(run, Report) else run
    require(gate, figures.sha256, figures.split)
    floors = gate.splits[figures.split]
    failures = []
    for name, pinned in floors.pinned.items():
        value = figures.values.get(name)
        sign = -1 if MEASURES[name].better == "lower" else 1
        allowed = pinned - sign * (0.0 if name in gate.exact else floors.margin)
        if value is None or not sign * (value - allowed) >= -1e-9:  # rounding is no fall, and NaN no pass
            failures.append(Failure(name, value, allowed))
    return failures


def require(gate: Gate, sha256: str, split: str) -> None:
    """See to it that the gate is for this set and split; cheap, so worth doing before a run.

    Raises:
        GateError: it is not.
    """
    if sha256 != gate.sha256:
        raise GateError(
            f"The gate's floors are for the set with sha256 {gate.sha256[:12]}…, this one has {sha256[:12]}…: figures "
            "of different sets must not be compared. Restore the set, or pin new floors for the new one."
        )
    if split not in gate.splits:
        raise GateError(f"The gate has no floors for the split {split!r}; it has: {', '.join(sorted(gate.splits))}.")


def pin(run: Report | Figures, path: Path = GATE, *, lower: bool = False) -> None:
    """Write the run's figures as the floors of its split, for the measures already pinned there.

    Raises:
        GateError: a figure would become worse, or the set is another, and ``lower`` was not given.
    """
    gate = load_gate(path)
    figures = Figures.of(run) if isinstance(run, Report) else run
    if not lower:
        require(gate, figures.sha256, figures.split)
    if figures.split not in gate.splits:
        raise GateError(f"The gate has no floors for the split {figures.split!r}; it has: {', '.join(gate.splits)}.")
    floors = gate.splits[figures.split]
    pinned = {}
    for name, old in floors.pinned.items():
        value = figures.values.get(name)
        if value is None:
            raise GateError(f"The run has no value of {name}; nothing was pinned.")
        sign = -1 if MEASURES[name].better == "lower" else 1
        if not sign * (value - old) >= -5e-5 and not lower:
            raise GateError(f"{name} would go from {old:.4f} to {value:.4f}: a floor is not lowered without saying so.")
        pinned[name] = value
    splits = {**gate.splits, figures.split: Floors(floors.margin, pinned)}
    path.write_text(_render(Gate(figures.sha256, gate.exact, splits)), encoding="utf-8")


def _render(gate: Gate) -> str:
    exact = ", ".join(f'"{name}"' for name in gate.exact)
    lines = [
        "# Floors of the evaluation: figures of a past run, which a run may miss by the margin only.",
        "# Written by eval/gate.py (pin); for the question set with this sha256 and no other.",
        f'sha256 = "{gate.sha256}"',
        f"exact = [{exact}]  # no margin",
    ]
    for split, floors in gate.splits.items():
        lines += ["", f"[split.{split}]", f"margin = {floors.margin}", f"[split.{split}.floors]"]
        lines += [f"{name} = {value:.4f}" for name, value in floors.pinned.items()]
    return "\n".join(lines) + "\n"
