"""Build an index in a process of its own, with progress as JSON lines: ``python -m app.web.rebuild HOME CORPUS``."""

import json
import sys
from pathlib import Path

from corpus import load_corpus
from corpus.errors import AskpostError

JOB = "rebuild"


def arguments(home: Path, corpus: Path) -> list[str]:
    """The arguments for Python that build the index of ``corpus`` in ``home``."""
    return ["-m", "app.web.rebuild", str(home), str(corpus)]


def _report(stage: str, done: int, total: int) -> None:
    sys.stdout.write(json.dumps({"stage": stage, "done": done, "total": total}) + "\n")
    sys.stdout.flush()


def main(home: str, corpus: str) -> int:
    """Build, and return the exit code."""
    from index.building import build_index  # not needed by the page, which imports this module for its arguments

    try:
        _report("Reading the documents", 0, 0)
        documents = load_corpus(Path(corpus))
        report = build_index(documents, Path(home), corpus=corpus, progress=_report)
    except AskpostError as error:
        sys.stdout.write(f"{error}\n")
        return error.exit_code
    outcome = f"Built {report.manifest.id}." if report.changed else "Nothing has changed since the build in use."
    sys.stdout.write(f"{outcome}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
