"""Fit the evidence model: `python -m app.evidence.fit --data FOLDER` writes coefficients.json.

A question's candidates against each other, by conditional logit: what is retrieved, unread, and then what that has
read. By logistic regression (L2, scikit-learn): the best candidate against whether it is right; all candidates
together against whether the question has an answer. Figures printed are cross-validated over whole collections, so that
no text is both fitted and scored, but for the first of the four, which only chooses what is read. Needs the `train`
extra.
"""

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track
from rich.table import Table
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression

from app.assistant import Assistant
from app.evidence.cases import Collection, collections
from app.evidence.features import FEATURES
from app.evidence.scoring import (
    ANY,
    COEFFICIENTS,
    MODELS,
    TOP,
    EvidenceModel,
    Logistic,
    any_features,
    top_features,
)
from app.reader import Reader
from index.building import build_index
from index.retrieval import Retriever
from index.text_store import StoredSentence

Rows = NDArray[np.float64]
NOTHING = Logistic({}, 0.0)
NOT_FITTED = EvidenceModel(NOTHING, NOTHING, NOTHING, NOTHING, 0.0)
# Of a probability fitted with both classes weighing the same. The table that `main` prints is level from 0.4 on, at
# 0.854 to 0.859.
THRESHOLDS = (0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6)
THRESHOLD = 0.5


@dataclass(frozen=True, slots=True)
class Scene:
    """One question's candidates: their features, which are right, and whether anything answers."""

    collection: str
    group: str
    rows: Rows
    right: NDArray[np.bool_]
    answerable: bool


def scenes_of(collection: Collection, home: Path, promising: Logistic | None = None) -> list[Scene]:
    """Retrieve every question of a collection as the assistant would, and read what is ``promising``; else nothing."""
    build_index(collection.documents, home)
    evidence = replace(NOT_FITTED, promising=promising or NOTHING)  # only signals are asked for
    assistant = Assistant(Retriever.open(home), Reader(), evidence)
    scenes = []
    for case in track(collection.cases, description=collection.name, transient=True):
        question = assistant.understand(case.question, case.history).question
        if assistant.about(question):
            continue  # answered by rule, without evidence
        sentences, rows = assistant.signals(question) if promising else _unread(assistant, question)
        right = np.array([case.answered_by(s.source.id, s.text) for s in sentences], dtype=bool)
        if len(rows):
            scenes.append(Scene(collection.name, collection.group, rows, right, bool(case.gold)))
    assistant.close()
    return scenes


def _unread(assistant: Assistant, question: str) -> tuple[list[StoredSentence], Rows]:
    candidates, rows = assistant.gather(question)
    return [candidate.sentence for candidate in candidates], rows


def fit_candidates(scenes: list[Scene], strength: float = 1.0) -> Logistic:
    """The candidates of all scenes against which of them are right; every group of collections weighs the same.

    Weights are those that put what is right before the rest of the same question, and are then scaled to probabilities
    over all candidates, of questions without an answer too.
    """
    weights = _conditional_logit(scenes, strength)
    scores = np.concatenate([scene.rows for scene in scenes]) @ weights
    right = np.concatenate([scene.right for scene in scenes])
    weight = np.concatenate([np.full(len(s.rows), w) for s, w in zip(scenes, _even(scenes), strict=True)])
    scaled = _logistic(scores[:, None], right, weight, ("score",), strength)
    slope = scaled.weights["score"]
    return Logistic(
        {name: round(slope * float(w), 4) for name, w in zip(FEATURES, weights, strict=True)}, scaled.intercept
    )


def _conditional_logit(scenes: list[Scene], strength: float) -> Rows:
    """The weight of each feature by which one choice among a question's candidates falls on a right one.

    McFadden, "Conditional logit analysis of qualitative choice behavior" (1974), where any of several may be right;
    with an L2 penalty on the weights of standardised features. Questions without an answer have no say.
    """
    chosen = [(scene, w) for scene, w in zip(scenes, _even(scenes), strict=True) if scene.right.any()]
    rows = np.concatenate([scene.rows for scene, _ in chosen])
    right = np.concatenate([scene.right for scene, _ in chosen])
    sizes = np.array([len(scene.rows) for scene, _ in chosen])
    even = np.array([w for _, w in chosen])
    scale = rows.std(0)
    scale[scale == 0] = 1.0
    rows = rows / scale

    def loss(weights: Rows) -> tuple[float, Rows]:
        scores = rows @ weights
        share, total = _softmax(scores, sizes)
        share_right, total_right = _softmax(np.where(right, scores, -np.inf), sizes)
        gradient = rows.T @ (np.repeat(even, sizes) * (share - share_right)) + weights / strength
        return float(even @ (total - total_right) + weights @ weights / (2 * strength)), gradient

    fitted: Rows = minimize(loss, np.zeros(len(FEATURES)), jac=True, method="L-BFGS-B").x / scale
    return fitted


def _softmax(scores: Rows, sizes: NDArray[np.intp]) -> tuple[Rows, Rows]:
    """Of scores in runs of the given sizes: each one's share of its run, and the log of each run's sum of exponents."""
    starts = np.cumsum(sizes) - sizes
    highest = np.maximum.reduceat(scores, starts)
    odds = np.exp(scores - np.repeat(highest, sizes))
    sums = np.add.reduceat(odds, starts)
    return odds / np.repeat(sums, sizes), highest + np.log(sums)


def _even(scenes: list[Scene]) -> Rows:
    """A weight for each scene, 1 on average, by which every group of collections weighs the same."""
    counts = {group: sum(scene.group == group for scene in scenes) for group in {scene.group for scene in scenes}}
    weights = np.array([1.0 / counts[scene.group] for scene in scenes])
    even: Rows = weights * len(scenes) / weights.sum()
    return even


def fit(scenes: list[Scene], promising: Logistic, strength: float = 1.0) -> EvidenceModel:
    """The other three models and the threshold; every group of collections weighs the same."""
    weights = _even(scenes)
    candidate = fit_candidates(scenes, strength)
    probabilities = [candidate(scene.rows, FEATURES) for scene in scenes]
    whole = np.stack([any_features(scene.rows) for scene in scenes])
    tops = np.stack([top_features(w, p) for w, p in zip(whole, probabilities, strict=True)])
    correct = np.array([bool(s.right[int(np.argmax(p))]) for s, p in zip(scenes, probabilities, strict=True)])
    answerable = np.array([scene.answerable for scene in scenes])
    # Answering and abstaining count the same: each class weighs half in each group.
    shares = {g: np.mean([s.answerable for s in scenes if s.group == g]) for g in {s.group for s in scenes}}
    even = weights / np.array([shares[s.group] if s.answerable else 1 - shares[s.group] for s in scenes])
    return EvidenceModel(
        promising,
        candidate,
        _logistic(tops, correct, weights, TOP, strength),
        _logistic(whole, answerable, even, ANY, strength),
        threshold=THRESHOLD,
    )


def _logistic(
    rows: Rows, labels: NDArray[np.bool_], weights: Rows, names: tuple[str, ...], strength: float
) -> Logistic:
    mean, scale = rows.mean(0), rows.std(0)
    scale[scale == 0] = 1.0
    fitted = LogisticRegression(C=strength, max_iter=2_000).fit((rows - mean) / scale, labels, sample_weight=weights)
    coefficients = fitted.coef_[0] / scale
    intercept = float(fitted.intercept_[0] - (coefficients * mean).sum())
    return Logistic({n: round(float(c), 4) for n, c in zip(names, coefficients, strict=True)}, round(intercept, 4))


def cross_validated(scenes: list[Scene], folds: int = 5) -> list[tuple[Scene, EvidenceModel]]:
    """Each scene with a model that was fitted without its collection."""
    names = sorted({s.collection for s in scenes})
    by_index = {id(s): i for i, s in enumerate(scenes)}
    fold_of = [
        names.index(s.collection) % folds if s.group in ("written", "linked") else by_index[id(s)] % folds
        for s in scenes
    ]
    models = [fit([s for s, f in zip(scenes, fold_of, strict=True) if f != fold], NOTHING) for fold in range(folds)]
    return [(scene, models[fold]) for scene, fold in zip(scenes, fold_of, strict=True)]


def report(fitted: list[tuple[Scene, EvidenceModel]]) -> Table:
    """Figures by group. ``read`` is how often an answer is among what is read."""
    results: dict[str, list[tuple[bool, bool, float, bool, bool]]] = {}
    for scene, model in fitted:
        weighed = model.weigh(scene.rows)
        correct = bool(scene.right[int(np.argmax(weighed.probabilities))])
        results.setdefault(scene.group, []).append(
            (scene.answerable, correct, weighed.confidence, weighed.answered, bool(scene.right.any()))
        )
    table = Table("group", "questions", "read", "first right", "answers answerable", "abstains", "ECE", box=None)
    for group, rows in results.items():
        answerable = [row for row in rows if row[0]]
        unanswerable = [row for row in rows if not row[0]]
        table.add_row(
            group,
            str(len(rows)),
            f"{np.mean([row[4] for row in answerable]):.3f}",
            f"{np.mean([row[1] for row in answerable]):.3f}",
            f"{np.mean([row[3] for row in answerable]):.3f}",
            f"{np.mean([not row[3] for row in unanswerable]):.3f}",
            f"{_ece([row[2] for row in rows], [row[1] for row in rows]):.3f}",
        )
    return table


def thresholds(fitted: list[tuple[Scene, EvidenceModel]]) -> Table:
    """Balanced accuracy of answering and abstaining at several thresholds: its mean over the groups."""
    table = Table("threshold", "mean balanced accuracy", box=None)
    for threshold in THRESHOLDS:
        answered: dict[tuple[str, bool], list[bool]] = {}
        for scene, model in fitted:
            weighed = replace(model, threshold=threshold).weigh(scene.rows)
            answered.setdefault((scene.group, scene.answerable), []).append(weighed.answered)
        shares = [np.mean(given) if answerable else 1 - np.mean(given) for (_, answerable), given in answered.items()]
        table.add_row(f"{threshold:.2f}", f"{np.mean(shares):.3f}")
    return table


def _ece(confidence: list[float], correct: list[bool], bins: int = 10) -> float:
    """Expected calibration error (Naeini et al., 2015) over equal-width bins."""
    place = np.minimum((np.array(confidence) * bins).astype(int), bins - 1)
    parts = [
        abs(np.mean(np.array(confidence)[place == b]) - np.mean(np.array(correct)[place == b])) * np.mean(place == b)
        for b in range(bins)
        if (place == b).any()
    ]
    return float(sum(parts))


def main(
    data: Annotated[Path, typer.Option(help="The folder with the SelQA and SQuAD files.")],
    question_set: Annotated[Path, typer.Option(help="The set whose dev split is used.")] = Path(
        "eval/sets/post/questions.jsonl"
    ),
    homes: Annotated[Path, typer.Option(help="Where to keep the small indexes.")] = Path("artifacts/fit"),
    out: Annotated[Path, typer.Option(help="The coefficients to write.")] = COEFFICIENTS,
) -> None:
    """Fit the evidence model and print its cross-validated figures."""
    made = collections(data, question_set)
    promising = fit_candidates([s for c in made for s in scenes_of(c, homes / c.name)])
    scenes = [s for c in made for s in scenes_of(c, homes / c.name, promising)]
    fitted_without = cross_validated(scenes)
    Console().print(report(fitted_without), thresholds(fitted_without))
    model = fit(scenes, promising)
    parts = {name: getattr(model, name) for name in MODELS}
    fitted: dict[str, object] = {n: {"weights": dict(p.weights), "intercept": p.intercept} for n, p in parts.items()}
    fitted["threshold"] = model.threshold
    out.write_text(json.dumps(fitted, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
