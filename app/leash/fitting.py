"""Fit the leash's weights: `python -m app.leash.fitting FILE...`, with `--test FILE...` to measure on others.

    python -m app.leash.fitting tests/leash/data/dev.jsonl app/leash/written/train.jsonl \\
        --test app/leash/written/held-out.jsonl tests/leash/data/test.jsonl

A logistic regression of "false" on the signals. The threshold is the one at which `CAUGHT` of the false sentences are
caught in cross-validation, whole texts held out. Needs scikit-learn, which comes with sentence-transformers.
Sentences with quotations are left out where the quotation is what is false: these are placed, not weighed.
"""

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from app.entailment import Entailment
from app.leash.checking import claim
from app.leash.evaluate import PLACED, quotes_of, read
from app.leash.reading import measure_reading
from app.leash.signals import Signal, measure
from app.leash.weighing import WEIGHTS

CAUGHT = 0.95
STRENGTH = 0.07  # of the data against the prior, chosen in cross-validation
FOLDS = 5


def main(paths: Sequence[Path], tests: Sequence[Path], target: Path) -> None:
    """Fit on some files, write the weights, print what is caught and struck at several thresholds."""
    rows, signals = _measured(_rows(paths))
    names = sorted({name for one in signals for name in one})
    x, y = _matrix(signals, names), np.array([not row["supported"] for row in rows])
    model = make_pipeline(StandardScaler(), LogisticRegression(C=STRENGTH, max_iter=2_000))
    groups = np.array([row["quotes"][0]["source"] for row in rows])
    scores = cross_val_predict(model, x, y, groups=groups, cv=GroupKFold(FOLDS), method="predict_proba")[:, 1]
    threshold = float(np.quantile(scores[y], 1 - CAUGHT))
    model.fit(x, y)
    scaler, regression = model.named_steps["standardscaler"], model.named_steps["logisticregression"]
    weights = regression.coef_[0] / scaler.scale_
    intercept = float(regression.intercept_[0] - weights @ scaler.mean_)
    fitted = {
        "threshold": round(threshold, 4),
        "intercept": round(intercept, 4),
        "weights": {name: round(float(weight), 4) for name, weight in zip(names, weights, strict=True)},
    }
    target.write_text(json.dumps(fitted, indent=1) + "\n", encoding="utf-8")
    _print("cross-validated", scores, y, threshold)
    for path in tests:
        rows, signals = _measured(_rows([path]))
        scores = model.predict_proba(_matrix(signals, names))[:, 1]
        _print(path.name, scores, np.array([not row["supported"] for row in rows]), threshold)
        kinds = np.array([row["kind"] for row in rows])
        for kind in sorted(set(kinds)):
            print(f"  {kind}: {(scores[kinds == kind] >= threshold).mean():.3f} of {sum(kinds == kind)} struck")  # noqa: T201 - a script's output


def _rows(paths: Sequence[Path]) -> list[dict[str, Any]]:
    return [row for path in paths for row in read(path) if row["kind"] not in PLACED]


def _measured(rows: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[dict[str, Signal]]]:
    entailment = Entailment()
    measured = []
    for row in rows:
        text, quotes = claim(row["sentence"])[1], quotes_of(row)
        measured.append(measure(text, quotes) | measure_reading(text, quotes, entailment))
    return rows, measured


def _matrix(signals: Sequence[Mapping[str, Signal]], names: Sequence[str]) -> Any:
    return np.array([[one[name].value if name in one else 0.0 for name in names] for one in signals])


def _print(name: str, scores: Any, y: Any, threshold: float) -> None:
    for at in (threshold, *np.quantile(scores[y], (0.05, 0.1, 0.15, 0.2))):
        struck = scores >= at
        print(f"{name} at {at:.3f}: caught {struck[y].mean():.3f}, true struck {struck[~y].mean():.3f}")  # noqa: T201 - a script's output


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", nargs="+", type=Path)
    parser.add_argument("--test", nargs="*", type=Path, default=[])
    arguments = parser.parse_args()
    main(arguments.paths, arguments.test, Path(__file__).parent / WEIGHTS)
