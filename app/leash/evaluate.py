"""Measure the leash: `python -m app.leash.evaluate FILE...` prints how many lies are caught and truths struck.

`tests/leash/data/dev.jsonl` (36 texts) is what the checks were fitted to. `test.jsonl` was written last, of
texts that no check has seen, and is not to be looked at to improve one; so it shows what to expect elsewhere: about
nine false sentences in ten are caught, and about a quarter of the true ones, those in other words than the quotes',
are struck with them, where the quotes then stand in.

A row: {"id", "kind", "supported", "quotes": [{"source", "title", "section", "before", "quote"}], "sentence"}.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from app.leash.checking import Finding, check_sentence
from app.leash.quotes import Quote


def read(path: Path) -> list[dict[str, Any]]:
    """The rows of a file."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def finding(row: Mapping[str, Any]) -> Finding:
    """What the leash says of a row's sentence."""
    quotes = [
        Quote(n, q["quote"], q["source"], q["title"], q["section"], q["before"]) for n, q in enumerate(row["quotes"], 1)
    ]
    return check_sentence(row["sentence"], quotes)


def measure(rows: Iterable[Mapping[str, Any]]) -> tuple[dict[str, float], list[tuple[Mapping[str, Any], str]]]:
    """The shares of false sentences caught and of true ones struck, and the rows judged wrongly.

    ``precision`` and ``recall`` are of striking: of what is struck, how much is false; of what is false, how
    much is struck. A key for each kind of false sentence gives the share of that kind caught.
    """
    total: Counter[str] = Counter()
    struck: Counter[str] = Counter()
    wrong: list[tuple[Mapping[str, Any], str]] = []
    for row in rows:
        result = finding(row)
        kind = row["kind"]
        total[kind] += 1
        struck[kind] += not result.supported
        if result.supported != row["supported"]:
            wrong.append((row, result.why))
    false = sum(total.values()) - total["true"]
    caught = sum(struck.values()) - struck["true"]
    figures = {
        "precision": caught / max(1, sum(struck.values())),
        "recall": caught / max(1, false),
        "true_struck": struck["true"] / max(1, total["true"]),
    }
    return figures | {kind: struck[kind] / total[kind] for kind in sorted(total) if kind != "true"}, wrong


def main(paths: list[str]) -> None:
    """Print the figures of each file, and with --wrong the rows judged wrongly."""
    for path in (path for path in paths if path != "--wrong"):
        rows = read(Path(path))
        figures, wrong = measure(rows)
        print(f"{path}: {len(rows)} sentences, " + ", ".join(f"{key} {value:.3f}" for key, value in figures.items()))  # noqa: T201 - a script's output
        for row, why in wrong if "--wrong" in paths else ():
            print(f"  {row['id']} {row['kind']}: {row['sentence']} | {why}")  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1:])
