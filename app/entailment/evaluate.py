"""How often the entailment model is right: `python -m app.entailment.evaluate --data FOLDER`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from app.entailment.data import LABELS, Pair, pairs_by_split
from app.entailment.model import FOLDERS, Entailment

SHARES = (0.1, 0.25, 0.5, 0.75, 1.0)


def report(pairs: Sequence[Pair], model: Entailment) -> None:
    """Prints, for each kind of pair, how often the likeliest label is right, and how often the surest verdicts are.

    A verdict is the likelier of yes and no, as sure as it is likelier than the other and than open; among the pairs
    where one is due (first), and among all (second, with near misses that should get none).
    """
    read = np.array([(r.yes, r.no, r.open) for r in model.read([(p.hypothesis, p.premise) for p in pairs])])
    for kind in sorted({pair.kind for pair in pairs}):
        rows = np.array([pair.kind == kind for pair in pairs])
        truth = np.array([LABELS.index(pair.label) for pair in pairs])[rows]
        found = read[rows]
        right = (found.argmax(1) == truth).mean()
        typer.echo(f"{kind}: {rows.sum()} pairs, label right {right:.3f}")
        due = truth != LABELS.index("open")
        for name, chosen in (("due", due), ("all", np.ones_like(due))):
            if not due.any():
                continue
            sure = found[chosen][:, :2].max(1)
            correct = found[chosen][:, :2].argmax(1) == truth[chosen]
            order = np.argsort(-sure)
            shares = ", ".join(
                f"{share:.0%} {correct[order[: max(1, round(share * len(order)))]].mean():.3f}" for share in SHARES
            )
            typer.echo(f"  verdicts right, surest of {name} ({len(order)}): {shares}")


def main(
    data: Annotated[Path, typer.Option(help="Folder with boolq-part.jsonl.")],
    model: Annotated[
        list[Path] | None, typer.Option(help="Folder of a network; of several, their mean; default: the package's own.")
    ] = None,
) -> None:
    """Report on what was held out from training."""
    report(pairs_by_split(data)[1], Entailment(model or FOLDERS))


if __name__ == "__main__":
    typer.run(main)
