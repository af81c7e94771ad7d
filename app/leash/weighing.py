"""Weigh the signals: how likely a sentence says more, or other, than the quotes that it cites."""

import json
import math
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from app.leash.signals import Signal

WEIGHTS = "data/weights.json"
VAGUE = "the quotes do not bear it out"
PLAIN = ("number_missing", "name_missing")  # reasons that a reader checks at a glance, the plainest first


@cache
def _model() -> tuple[float, float, dict[str, float]]:
    """Threshold, intercept and weights, as `app.leash.fitting` writes them."""
    model = json.loads(files(__package__).joinpath(WEIGHTS).read_text("utf-8"))
    return model["threshold"], model["intercept"], model["weights"]


def probability(signals: Mapping[str, Signal]) -> float:
    """How likely the sentence is false, from 0 to 1."""
    _, intercept, weights = _model()
    score = intercept + sum(weights.get(name, 0.0) * signal.value for name, signal in signals.items())
    return 1 / (1 + math.exp(-score))


def objection(signals: Mapping[str, Signal]) -> str:
    """Why a sentence is struck: a `PLAIN` reason, else the one that weighs most; empty where it may stand."""
    threshold, _, weights = _model()
    if probability(signals) < threshold:
        return ""
    weighed = {name: weights.get(name, 0.0) * signal.value for name, signal in signals.items() if signal.why}
    plain = [name for name in PLAIN if weighed.get(name, 0.0) > 0]
    heaviest = plain[0] if plain else max(weighed, key=lambda name: weighed[name], default=None)
    return signals[heaviest].why if heaviest and weighed[heaviest] > 0 else VAGUE
