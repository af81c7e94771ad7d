"""From a stored run to `docs/evaluation.md`, and to the table in the README."""

import re
from collections.abc import Mapping
from typing import Any

from eval.docs.stored import KINDS
from eval.reports.figures import about, difference, figure, is_real
from eval.reports.markdown import cost, literal, measures, right_by_type, table
from eval.scoring import MEASURES
from eval.systems.registry import SYSTEMS

EXAMPLES = 3  # of each kind
BESIDE = ("accuracy", "hit_1", "hit_3", "f1", "citation_precision", "balanced_accuracy", "auc", "aurc", "ndcg_10")
COMPARED = ("accuracy", "hit_1", "f1", "ndcg_10")
PLOTS = {
    "evaluation-types.svg": "Bars: the share of right answers by type of question, a bar for each system",
    "evaluation-risk.svg": "Lines: the share of errors as the share of questions answered grows, by system",
    "evaluation-reliability.svg": "Points near a diagonal: how often askpost is right at each confidence",
}
README_ROWS = {
    "hit_1": "first citation answers (hit@1)",
    "hit_3": "one of three citations answers (hit@3)",
    "f1": "F1 of the first quote with the gold quote",
    "verdict_accuracy": "verdict right, of those due",
    "verdict_accuracy_given": "verdict right, of those given",
    "abstention_recall": "abstains on unanswerable",
    "balanced_accuracy": "balanced accuracy of abstention",
    "ece": "calibration error of the confidence (ECE)",
    "verbatim": "quotes verbatim",
    "quote_chars": "median length of the first quote, characters",
}
_README_TABLE = re.compile(r"^\| \| askpost \| naive \|\n(?:\|.*\n)+", re.MULTILINE)

NOT_MEASURED = """\
- **Other readers' judgement.** One person wrote the questions and their gold quotes; nobody has judged answers by hand.
- **Other posts.** The fixed set is on one short post and seven digests. `askpost eval --set` runs on other sets; their
  figures are not on this page.
- **Languages other than English**, and questions longer than a sentence or two.
- **How good a phrased answer reads.** A language model may phrase; its sentences are checked against the quotes, but
  whether people prefer them is not measured. No chat model is among the systems here, since none runs on this machine.
- **Reader models of txtai and Haystack.** They are scored as retrievers with all-MiniLM-L6-v2; their
  extractive readers have to be downloaded, and were not.
- **Independence of the splits.** The post is short, so questions of both splits may share a gold sentence.
- **Speed.** Times on this page are of the run that was scored, one question at a time; `make bench` measures them
  properly."""


def render(run: Mapping[str, Any]) -> str:
    """The whole page."""
    report = run["test"]
    pair = {**report, "systems": report["systems"][:2]}
    parts = [
        "# How good it is",
        "<!-- Written by `python -m eval.docs` from evaluation.json; a test fails when they differ. Do not edit. -->",
        literal(about(report)),
        "Everything is judged against gold quotes, without a model; what each measure is, and where it comes from, is "
        "said in its module in [eval/metrics](../eval/metrics). The set and its rules: "
        "[eval/sets/post/README.md](../eval/sets/post/README.md).",
        "## Side by side",
        _side_by_side(report),
        _abouts(report),
    ]
    if len(report["systems"]) > 1:
        parts += ["What askpost is ahead by; bold where that is more than noise:", _ahead(report)]
    parts += [
        "## Every measure",
        measures(pair),
        _meanings(),
        "## By type of question",
        right_by_type(report),
        *(f"![{text}]({name})" for name, text in list(PLOTS.items())[:1]),
        "## How sure it is",
        *(f"![{text}]({name})" for name, text in list(PLOTS.items())[1:]),
    ]
    if all("cost" in system for system in report["systems"]):
        parts += [
            "## Cost",
            "Each system in a process of its own. *Ready* includes its index where it builds one; askpost opens one "
            "that is built before.",
            cost(report),
        ]
    parts += [
        "## Where it fails",
        _failures(run),
        _examples(run),
        "## What was not measured",
        NOT_MEASURED,
        "## Measure it again",
        "    make peers                  # optional: txtai and Haystack\n"
        "    .venv/bin/python -m eval.docs      # run, store, write this page and the README's table\n"
        "    .venv/bin/askpost eval --system askpost --system naive --html report.html",
    ]
    return "\n\n".join(parts) + "\n"


def readme_table(run: Mapping[str, Any]) -> str:
    """The README's table: askpost beside the naive pipeline."""
    naive = next(system for system in run["test"]["systems"] if system["name"].startswith("naive"))
    both = (run["test"]["systems"][0], naive)
    rows = [
        [label, *(figure(name, system["overall"]["values"].get(name)) for system in both)]
        for name, label in README_ROWS.items()
    ]
    lines = [["", "askpost", "naive"], *rows]
    head, *rest = (f"| {' | '.join(line)} |".replace("|  |", "| |") for line in lines)
    return "\n".join([head, "|---|---|---|", *rest]) + "\n"


def in_readme(readme: str) -> str:
    """The table that the README has.

    Raises:
        ValueError: it has none.
    """
    if found := _README_TABLE.search(readme):
        return found[0]
    raise ValueError("The README has no table that begins with | | askpost | naive |.")


def _side_by_side(report: Mapping[str, Any]) -> str:
    rows = [
        [literal(system["name"]), *(figure(name, system["overall"]["values"].get(name)) for name in BESIDE)]
        for system in report["systems"]
    ]
    arrows = (MEASURES[name].label + (" ↓" if MEASURES[name].better == "lower" else "") for name in BESIDE)
    return table(["", *arrows], rows)


def _abouts(report: Mapping[str, Any]) -> str:
    names = [system["name"].removesuffix(" (never abstains)") for system in report["systems"]]
    lines = [f"- {literal(name)}: {SYSTEMS[name].about}" for name in names if name in SYSTEMS]
    fitted = (
        "Systems beside askpost embed with all-MiniLM-L6-v2, but for own-embedding. A system without a rule for "
        "abstaining gets a threshold on its score, fitted on the dev split. Ablations keep their coefficients: they "
        "say what happens when a part fails. Retrieval is scored over what a system retrieves: of the naive "
        "pipeline's long chunks there are few, which is easier."
    )
    return "\n".join(lines) + f"\n\n{fitted}"


def _ahead(report: Mapping[str, Any]) -> str:
    rows = []
    for name, found in report["differences"].items():
        cells = [(difference(found.get(measure)), is_real(found.get(measure))) for measure in COMPARED]
        rows.append([f"than {literal(name)}", *(f"**{cell}**" if real else cell for cell, real in cells)])
    return table(["", *(MEASURES[measure].label for measure in COMPARED)], rows)


def _meanings() -> str:
    lines = "\n".join(f"- {measure.label}: {measure.meaning}" for measure in MEASURES.values())
    return f"<details><summary>What they mean</summary>\n\n{lines}\n\n</details>"


def _failures(run: Mapping[str, Any]) -> str:
    counts = {split: run[split]["systems"][0]["overall"]["count"] for split in ("test", "dev")}
    rows = [
        [meaning, *(str(run["failures"][split].get(name, 0)) for split in counts)] for name, meaning in KINDS.items()
    ]
    return table(["what went wrong", *(f"{split}, of {count}" for split, count in counts.items())], rows)


def _examples(run: Mapping[str, Any]) -> str:
    parts = [
        "Examples, the first of each kind in the dev split; test questions are not shown, so that none is tuned to."
    ]
    for name, meaning in KINDS.items():
        found = [example for example in run["examples"] if example["kind"] == name][:EXAMPLES]
        if found:
            parts += [f"**{meaning.capitalize()}**", "\n".join(map(_example, found))]
    return "\n\n".join(parts)


def _example(example: Mapping[str, Any]) -> str:
    asked = " → ".join(map(literal, (*example["before"], example["question"])))
    expected, said = example["expected"], example["said"]
    lines = [
        f"- {asked} ({literal(example['type'])})",
        f"  - expected: {_words(expected['verdict'], expected['quotes'][0] if expected['quotes'] else None)}",
        f"  - said: {_words(said['verdict'], said['quote'])}",
    ]
    return "\n".join(lines)


def _words(verdict: str | None, quote: str | None) -> str:
    words = [*([f"{verdict}."] if verdict else []), *([f"“{literal(quote)}”"] if quote else [])]
    return " ".join(words) or "no answer"
