"""Figures for `understand` on its written cases: `python -m app.understand.evaluate [FOLDER]`.

FOLDER holds `followups.jsonl` and `typos.jsonl` (default: the tests' data).
"""

import json
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from app.understand import Turn, Vocabulary, understand
from app.understand._clause import norm
from app.understand._english import word_set

DATA = Path(__file__).parents[2] / "tests" / "app" / "data"
TYPO_TOPICS = word_set(
    "containers container docker kernel share shared virtual machine packer image isolation hypervisor "
    "lightweight vagrant linux lxc sourdough yeast flour oven volcano lava eruption orchestra "
    "violin bassoon telescope galaxy nebula"
)


def read(path: Path) -> list[dict[str, Any]]:
    """The rows of a JSON-lines file."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


def words(text: str) -> list[str]:
    """A text's words as they are compared: no case, no punctuation, no genitive ending."""
    return [norm(w).removesuffix("'s") for w in text.split() if norm(w)]


def vocabulary_of(row: dict[str, Any], rows: Iterable[dict[str, Any]]) -> Vocabulary:
    """The words of every case's answers, with this row's topics."""
    counts = Counter(w for r in rows for t in r["history"] for w in words(t["question"] + " " + t["answer"]))
    return Vocabulary(counts, row.get("topics", ()))


def followup_is_right(row: dict[str, Any], understood: str) -> bool:
    """Whether a resolved question is one of those accepted, or holds and lacks the words it must."""
    said = words(understood)
    if "accept" in row:
        return any(said == words(accepted) for accepted in row["accept"])
    lacks = {w.casefold() for w in row["lacks"]}
    return {w.casefold() for w in row["contains"]} <= set(said) and not lacks & set(said)


def main(folder: Path) -> None:
    """Print the share right of each set and split, the failures, and the time taken."""
    right: dict[str, list[bool]] = defaultdict(list)
    failures: list[str] = []
    elapsed: list[float] = []
    rows = read(folder / "followups.jsonl")
    for row in rows:
        vocabulary = vocabulary_of(row, rows)
        history = [Turn(**turn) for turn in row["history"]]
        start = time.perf_counter()
        said = understand(row["question"], history, vocabulary).question
        elapsed.append(time.perf_counter() - start)
        ok = followup_is_right(row, said)
        right[f"follow-ups {row['split']}"].append(ok)
        if not ok:
            failures.append(
                f"{row['id']} {row['split']} {row['history'][-1]['question']} / {row['question']} -> {said}"
            )
    vocabulary = Vocabulary(Counter(TYPO_TOPICS))
    for row in read(folder / "typos.jsonl"):
        said = understand(row["question"], (), vocabulary).question
        kind = "kept" if row["question"] == row["expected"] else "corrected"
        right[f"typos {kind} {row['split']}"].append(said == row["expected"])
        if said != row["expected"]:
            failures.append(f"{row['id']} {row['split']} {row['question']} -> {said}")
    lines = [
        f"{name:28} {sum(results):3} of {len(results):3}  {sum(results) / len(results):.3f}"
        for name, results in sorted(right.items())
    ]
    lines.append(f"median {sorted(elapsed)[len(elapsed) // 2] * 1000:.2f} ms a follow-up")
    shown = failures if "--held" in sys.argv else [f for f in failures if " heldout " not in f]
    sys.stdout.write("\n".join(lines + shown) + "\n")


if __name__ == "__main__":
    folders = [a for a in sys.argv[1:] if not a.startswith("-")]
    main(Path(folders[0]) if folders else DATA)
