"""The run that the documentation rests on: figures alone of the split that is reported on, examples of the other.

    {"test": a report's JSON without its questions, "dev": the same, "failures": {"test": counts, "dev": counts},
     "examples": [...]}

Answers on the test split are not kept, so that nobody tunes to them: of these only how many went wrong in which way.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any

DIGITS = 4
POINTS = 40

KINDS = {
    "no answer": "abstained, though a source answers",
    "answered": "answered, though no source does",
    "other words": "quoted something else first",
    "no verdict": "right quote, no verdict where one is due",
    "wrong verdict": "right quote, wrong verdict",
}


def stored(test: Mapping[str, Any], dev: Mapping[str, Any]) -> dict[str, Any]:
    """What is kept of two reports' JSON."""
    ours = {"test": test["systems"][0]["questions"], "dev": dev["systems"][0]["questions"]}
    wrong = {
        split: [question for question in questions if question["right"] is False] for split, questions in ours.items()
    }
    return {
        "test": _figures(test),
        "dev": _figures(dev),
        "failures": {split: dict(Counter(kind(q) for q in questions)) for split, questions in wrong.items()},
        "examples": [_example(question) for question in wrong["dev"]],
    }


def kind(question: Mapping[str, Any]) -> str:
    """In which way a question of a report went wrong: a key of `KINDS`."""
    if not question["gold"]:
        return "answered"
    if question["abstained"]:
        return "no answer"
    expected, given = question["expected_verdict"], question["verdict"]
    if question["hit"] and expected is not None:
        return "no verdict" if given is None else "wrong verdict"
    return "other words"


def _figures(report: Mapping[str, Any]) -> dict[str, Any]:
    rounded: dict[str, Any] = _rounded({**report, "systems": [_without_questions(each) for each in report["systems"]]})
    return rounded


def _without_questions(system: Mapping[str, Any]) -> dict[str, Any]:
    """A system's figures; of its curve some points and the last, since it is only drawn."""
    curve = system["risk_coverage"]
    thinned = [*curve[:: 1 + len(curve) // POINTS], *curve[-1:]]
    return {**{key: value for key, value in system.items() if key != "questions"}, "risk_coverage": thinned}


def _example(question: Mapping[str, Any]) -> dict[str, Any]:
    first = question["citations"][0] if question["citations"] else None
    return {
        "kind": kind(question),
        "id": question["id"],
        "type": question["type"],
        "before": [turn["question"] for turn in question["history"]],
        "question": question["question"],
        "expected": {"verdict": question["expected_verdict"], "quotes": [gold["quote"] for gold in question["gold"]]},
        "said": {"verdict": question["verdict"], "quote": first["quote"] if first else None},
    }


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, DIGITS)
    if isinstance(value, dict):
        return {key: _rounded(each) for key, each in value.items()}
    return [_rounded(each) for each in value] if isinstance(value, list | tuple) else value
