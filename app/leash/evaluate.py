"""Measure the leash: `python -m app.leash.evaluate FILE...` prints how many lies are caught and truths struck.

A row: {"id", "kind", "supported", "quotes": [{"source", "title", "section", "before", "quote"}], "sentence"}.
See README.md beside this file for the sets and the figures.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from app.entailment import Entailment
from app.leash.checking import Finding, check_sentence
from app.leash.placing import Shelf, quotations
from app.leash.quotes import Quote
from corpus import Source, read_document

PLACED = ("fabricated", "stitched", "misattributed")  # kinds that a quotation is false in, not what is said
_TEXTS = Path(__file__).parents[1] / "reader" / "written"


def read(path: Path) -> list[dict[str, Any]]:
    """The rows of a file."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def quotes_of(row: Mapping[str, Any]) -> list[Quote]:
    """The quotes that a row's sentence cites."""
    return [
        Quote(n, q["quote"], q["source"], q["title"], q["section"], q["before"]) for n, q in enumerate(row["quotes"], 1)
    ]


@cache
def _shelf() -> Shelf:
    """The texts that the rows' quotes are of, as far as they are bundled."""
    paths = {f"{path.parent.name}/{path.stem}": path for path in _TEXTS.glob("*/*.md")}
    return Shelf({id_: read_document(Source(id_, ""), path.read_text("utf-8")).text for id_, path in paths.items()})


def finding(row: Mapping[str, Any]) -> Finding:
    """What the leash says of a row's sentence."""
    # of the older sets some texts are not in the package: their rows have no quotations
    shelf = _shelf() if quotations(row["sentence"]) and "/" in row["quotes"][0]["source"] else None
    return check_sentence(row["sentence"], quotes_of(row), _entailment(), shelf=shelf)


@cache
def _entailment() -> Entailment:
    return Entailment()


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
