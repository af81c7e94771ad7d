"""Run the evaluation, keep its figures, and write the documentation from them.

    python -m eval.docs                          run every installed system, store, write
    python -m eval.docs --reports TEST DEV       store and write from two reports (`askpost eval --json`)
    python -m eval.docs --stored                 write again from what is stored

Writes docs/evaluation.json, docs/evaluation.md with its plots, and the table in README.md. Needs the checkout.
"""

import argparse
import json
from pathlib import Path
from typing import Any

from rich.console import Console

from eval.alone import run_alone
from eval.docs.page import PLOTS, in_readme, readme_table, render
from eval.docs.stored import stored
from eval.reports.plots import draw, reliability_diagram, right_by_type, risk_over_coverage
from eval.run import evaluate
from eval.systems.registry import ALL

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
STORED = DOCS / "evaluation.json"
PAGE = DOCS / "evaluation.md"
README = ROOT / "README.md"


def measure(console: Console) -> dict[str, Any]:
    """Run all systems on the test split, and askpost on dev for examples."""

    def progress(name: str, done: int, total: int) -> None:
        if done == total:
            console.print(f"[dim]{name}: {total} questions[/dim]")

    test = evaluate(split="test", systems=[ALL], runner=run_alone, progress=progress)
    dev = evaluate(split="dev", systems=["askpost"], runner=run_alone, progress=progress)
    return stored(test.to_json(), dev.to_json())


def write(run: dict[str, Any]) -> None:
    """The page, its plots, and the README's table."""
    PAGE.write_text(render(run), encoding="utf-8")
    specs = (right_by_type(run["test"]), risk_over_coverage(run["test"]), reliability_diagram(run["test"]))
    for name, spec in zip(PLOTS, specs, strict=True):
        if spec:
            (DOCS / name).write_text(draw(spec), encoding="utf-8")
    readme = README.read_text(encoding="utf-8")
    README.write_text(readme.replace(in_readme(readme), readme_table(run)), encoding="utf-8")


def main() -> None:
    """Measure, or take what was measured, and write."""
    parser = argparse.ArgumentParser(description="Write the documentation's figures from a run of the evaluation.")
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--reports", type=Path, nargs=2, metavar=("TEST", "DEV"), help="reports to write from")
    source.add_argument("--stored", action="store_true", help="write again from what is stored")
    options = parser.parse_args()
    console = Console(highlight=False)
    if options.stored:
        run: dict[str, Any] = json.loads(STORED.read_text(encoding="utf-8"))
    else:
        if options.reports:
            test, dev = (json.loads(path.read_text(encoding="utf-8")) for path in options.reports)
            run = stored(test, dev)
        else:
            run = measure(console)
        STORED.write_text(json.dumps(run, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    write(run)
    console.print(f"Wrote {STORED.relative_to(ROOT)}, {PAGE.relative_to(ROOT)}, its plots, and the README's table.")


if __name__ == "__main__":
    main()
