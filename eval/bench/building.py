"""Building: from nothing, with one more document, and with nothing changed; the index's size, the builder's memory.

The naive pipeline does the same work each time: tutorials embed everything again. Each build is a process of its own,
from before its libraries are imported until its index is on disk.
"""

import statistics
import tempfile
import time
from pathlib import Path

from corpus import Document, load_corpus
from eval.bench.scale import document
from eval.bench.setting import Row, Setting, alone, megabytes
from eval.machine import peak_memory_mb
from index.builds import current_build
from index.encoder import ENCODER_FOLDER
from index.text_store import TEXT_FILE
from index.vectors import CHROMA_FOLDER

Built = tuple[float, float]  # seconds, and the process's peak memory in megabytes


def rows(setting: Setting) -> list[Row]:
    """Medians of the times, the greatest of the memories, and sizes."""
    taken: dict[str, list[Built]] = {name: [] for name in ("full", "one more", "no change", "naive")}
    for _ in range(setting.repeats):
        with tempfile.TemporaryDirectory() as folder:
            home = Path(folder, "home")
            taken["full"].append(alone(build, home, more=False))
            taken["no change"].append(alone(build, home, more=False))
            taken["one more"].append(alone(build, home, more=True))
            taken["naive"].append(alone(build_naive, setting.model, Path(folder, "naive")))
    seconds = {name: statistics.median(time for time, _ in each) for name, each in taken.items()}
    memory = {name: max(peak for _, peak in each) for name, each in taken.items()}
    served = current_build(setting.home)
    index = megabytes(served / CHROMA_FOLDER) + megabytes(served / TEXT_FILE)
    return [
        Row("from nothing", "s", seconds["full"], seconds["naive"]),
        Row("with one more document", "s", seconds["one more"], seconds["naive"]),
        Row("with nothing changed", "s", seconds["no change"], seconds["naive"]),
        Row("peak memory, from nothing", "MB", memory["full"], memory["naive"]),
        Row("index on disk: vectors, texts and words", "MB", index, megabytes(setting.naive)),
        Row("the model that questions need", "MB", megabytes(served / ENCODER_FOLDER), megabytes(setting.model)),
    ]


def build(home: Path, *, more: bool) -> Built:
    """Build askpost's index, or bring it up to date; ``more`` adds a document."""
    started = time.perf_counter()
    from index.building import build_index

    documents: list[Document] = load_corpus()
    if more:
        documents.append(document(0))
    build_index(documents, home)
    return time.perf_counter() - started, peak_memory_mb() or 0.0


def build_naive(model: Path, folder: Path) -> Built:
    """Build the naive pipeline's store."""
    started = time.perf_counter()
    from eval.systems.naive import build_store, split

    build_store(split(load_corpus()), model, folder)
    return time.perf_counter() - started, peak_memory_mb() or 0.0
