"""Fit the verdict's weights: `python -m app.verdict.fit --data FOLDER` writes data/weights.json.

The assistant is asked every yes/no question of the held-out posts, with the pages that they link to, and of held-out
Wikipedia passages, and what it would cite is read by the rules and by the entailment model. To these come contrast
pairs, in which question and evidence share their words. Figures printed are cross-validated over whole posts, and of
the pairs held out. Needs the `train` extra.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track
from rich.table import Table
from sklearn.linear_model import LogisticRegression

from app.assistant import Assistant
from app.entailment import Entailment
from app.evidence.cases import Collection, anew, written_collections
from app.evidence.scoring import Logistic
from app.verdict.deciding import SIDES, SIGNALS, WEIGHTS, Piece, signals
from app.verdict.evaluate import contrast_pairs
from app.verdict.questions import is_yes_no
from index.building import build_index

THRESHOLDS = (0.4, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9)
THRESHOLD = 0.65
FOLDS = 10
PAIRS = Path("tests/app/data/contrast_pairs.jsonl")
LIKELY = 0.8  # how likely the evidence of a pair answers


@dataclass(frozen=True, slots=True)
class Scene:
    """A question's signals, one row a side, the verdict due, and the one by the rules alone."""

    post: str
    rows: NDArray[np.float64]
    due: str | None


def scenes_of(collection: Collection, home: Path) -> list[Scene]:
    """What is made of each yes/no question that the assistant answers with quotes."""
    build_index(collection.documents, home)
    assistant = Assistant.open(home)
    scenes = []
    for case in track(collection.cases, description=collection.name, transient=True):
        question = assistant.understand(case.question, case.history).question
        if not is_yes_no(question):
            continue
        pieces = assistant.pieces(question)
        rows = signals(question, pieces, assistant.entailment) if pieces else np.empty((0, len(SIGNALS)))
        scenes.append(Scene(collection.name, rows, case.verdict))
    assistant.close()
    return scenes


def pairs(file: Path, entailment: Entailment) -> dict[str, list[Scene]]:
    """Contrast pairs by split: question, evidence and the verdict due."""
    found: dict[str, list[Scene]] = {}
    for case in contrast_pairs(file):
        rows = signals(case.question, [Piece(evidence, LIKELY) for evidence in case.evidence], entailment)
        found.setdefault(case.split, []).append(Scene(case.id, rows, case.due))
    return found


def fit(scenes: Sequence[Scene], strength: float = 1.0) -> Logistic:
    """A logistic regression of "this side is due" on its signals."""
    given = [scene for scene in scenes if len(scene.rows)]
    rows = np.concatenate([scene.rows for scene in given])
    due = np.array([scene.due == side for scene in given for side in SIDES])
    model = LogisticRegression(C=strength, max_iter=2_000).fit(rows, due)
    weights = {name: round(float(w), 4) for name, w in zip(SIGNALS, model.coef_[0], strict=True)}
    return Logistic(weights, round(float(model.intercept_[0]), 4))


def cross_validated(scenes: Sequence[Scene], always: Sequence[Scene]) -> NDArray[np.float64]:
    """Both sides' probabilities for each scene, by a fit on other posts and what is `always` fitted to.

    0 where nothing is cited.
    """
    posts = sorted({scene.post for scene in scenes})
    fold = {post: number % FOLDS for number, post in enumerate(posts)}
    found = np.zeros((len(scenes), len(SIDES)))
    for held in range(FOLDS):
        side = fit([*(scene for scene in scenes if fold[scene.post] != held), *always])
        for number, scene in enumerate(scenes):
            if fold[scene.post] == held and len(scene.rows):
                found[number] = side(scene.rows, SIGNALS)
    return found


def report(title: str, scenes: Sequence[Scene], found: NDArray[np.float64]) -> Table:
    """How many verdicts are given and how many of them are right, at several thresholds and by the rules alone."""
    due = sum(scene.due is not None for scene in scenes)
    table = Table(title=f"{title}: {len(scenes)} questions, {due} verdicts due")
    for column in ("threshold", "given", "right when given", "right of due", "given where none is due"):
        table.add_column(column, justify="right")
    rules = np.array([scene.rows[:, 0] if len(scene.rows) else [0.0, 0.0] for scene in scenes])
    for name, sure in [
        *((f"{threshold:.2f}", found - threshold) for threshold in THRESHOLDS),
        ("rules", np.where(rules > 0, 0.0, -1.0)),
    ]:
        sides = [SIDES[int(row.argmax())] if row.max() >= 0 else None for row in sure]
        told = [(side, scene.due) for side, scene in zip(sides, scenes, strict=True) if side]
        right = sum(side == wanted for side, wanted in told)
        none_due = sum(wanted is None for _, wanted in told)
        shares = (f"{right / max(1, len(told)):.3f}", f"{right / max(1, due):.3f}")
        table.add_row(name, str(len(told)), *shares, str(none_due))
    return table


def main(
    data: Annotated[Path, typer.Option(help="The folder with the SelQA and BoolQ files.")],
    homes: Annotated[Path, typer.Option(help="Where to keep the small indexes.")] = Path("artifacts/fit"),
    out: Annotated[Path, typer.Option(help="Where to write the weights.")] = WEIGHTS,
) -> None:
    """Ask, fit, print the figures, and write the weights."""
    asked = [*written_collections(), anew(data)]
    scenes = [scene for one in asked for scene in scenes_of(one, homes / one.name)]
    of_pairs = pairs(PAIRS, Entailment())
    fitted_to = of_pairs.pop("develop")
    found = cross_validated(scenes, fitted_to)
    passages = np.array([scene.post == "anew" for scene in scenes])
    for title, rows in (("posts, cross-validated", ~passages), ("Wikipedia passages", passages)):
        Console().print(report(title, [scenes[i] for i in np.flatnonzero(rows)], found[rows]))
    side = fit([*scenes, *fitted_to])
    for split, held_out in of_pairs.items():
        Console().print(report(split, held_out, np.array([side(scene.rows, SIGNALS) for scene in held_out])))
    fitted = {"weights": side.weights, "intercept": side.intercept, "threshold": THRESHOLD}
    out.write_text(json.dumps(fitted, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
