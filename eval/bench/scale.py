"""How builds and questions grow with the number of passages.

    python -m eval.bench.scale [--passages N ...] [--questions N] [--sample N] [--output FOLDER]
    python -m eval.bench.scale --stored        write again from what is stored

Writes growth.json and growth.svg into docs/, and their table into docs/scaling.md. With the defaults it takes some
five minutes on two idle cores, and twelve on busy ones; it is in no hurry, and can be run with `nice`.

Texts are synthetic: made-up words with Zipf's frequencies, some seven passages a document. Their vectors are
synthetic too, sums of a random vector a word, weighted by the word's rarity, so that 100,000 passages need no hours
of embedding; what the model takes for a text is measured on a sample of them and given apart. All else is what a user
runs: the question encoder, Chroma, SQLite, the build's verification. Questions are asked in a fresh
process, whose memory is measured.
"""

import argparse
import json
import math
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from rich.console import Console

from corpus import Document, Section, Sentence, Source
from corpus.errors import IndexDamagedError
from eval.bench.setting import megabytes, percentile
from eval.machine import machine, peak_memory_mb
from eval.reports.markdown import literal, table
from index.building import build_index
from index.builds import current_build
from index.embedding import CachedEmbeddings
from index.models import find_model
from index.retrieval import Retriever
from index.settings import DEFAULT_MODEL, IndexSettings
from index.verification import failures, verify_build

T = TypeVar("T")

DOCS = Path(__file__).parents[2] / "docs"
STORED = "growth.json"
PLOT = "growth.svg"
PAGE = "scaling.md"
BEGIN, END = "<!-- growth: written by `python -m eval.bench.scale` -->", "<!-- growth ends -->"

SIZES = (1_000, 10_000)  # what `python -m eval.bench` measures
ALL_SIZES = (*SIZES, 100_000)
PLOTTED = ("build s", "one more document s", "question ms", "memory MB", "Chroma MB", "SQLite MB")
PLOT_SAYS = "Lines: how each figure grows with the number of passages"
NOT_SHOWN = ("passages", "brought up to date")
DIMENSIONS = 384
PASSAGES_A_DOCUMENT = 6.7  # roughly: 500 characters hold three sentences
SENTENCES_A_DOCUMENT = 21

_SYLLABLES = [a + b for a in "bdfgklmnprstvz" for b in ("a", "e", "i", "o", "u", "an", "er")]
_WORDS = [f"{a}{b}{c}" for a in _SYLLABLES[::3] for b in _SYLLABLES[::4] for c in ("", *_SYLLABLES[::5])]
_WEIGHTS = [1 / rank for rank in range(1, len(_WORDS) + 1)]
# Unweighted, the frequent words would make all passages alike, which no model's vectors are, and HNSW would lose many.
_RARITY = {word: math.log(1 + rank) for rank, word in enumerate(_WORDS, 1)}


class SyntheticEmbeddings(CachedEmbeddings):
    """Sums of a random vector a word, in place of the model's; the cache is not used."""

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit-length embeddings, shape (len(texts), `DIMENSIONS`)."""
        self.computed += len(texts)
        sums = np.stack([np.sum([_word_vector(word) for word in text.split()], axis=0) for text in texts])
        unit: NDArray[np.float32] = (sums / np.linalg.norm(sums, axis=1, keepdims=True)).astype(np.float32)
        return unit


_vectors: dict[str, NDArray[np.float32]] = {}


def _word_vector(word: str) -> NDArray[np.float32]:
    if word not in _vectors:
        seed = np.random.default_rng(zlib.crc32(word.encode()))
        rarity = _RARITY.get(word.lower().rstrip("."), 1.0)
        _vectors[word] = (rarity * seed.normal(size=DIMENSIONS)).astype(np.float32)
    return _vectors[word]


def document(number: int) -> Document:
    """The synthetic document of this number, always the same."""
    chance = random.Random(number)  # noqa: S311 - no secret
    text, sentences = "", []
    for n in range(SENTENCES_A_DOCUMENT):
        words = chance.choices(_WORDS, _WEIGHTS, k=chance.randint(12, 24))
        sentence = " ".join(words).capitalize() + "."
        start = len(text) + (1 if text else 0)
        text = f"{text} {sentence}" if text else sentence
        sentences.append(Sentence(start, len(text), "prose", 0, n // 5))
    source = Source(id=f"d{number:06}", title=f"Document {number}")
    return Document(source, text, (Section("", 0, len(text)),), tuple(sentences))


def questions(count: int) -> list[str]:
    """Synthetic questions: some words of one document each, frequent and rare alike."""
    chance = random.Random(0)  # noqa: S311 - no secret
    return [" ".join(chance.choices(_WORDS, _WEIGHTS, k=6)) + "?" for _ in range(count)]


def measure(passages: int, home: Path, asked: int) -> dict[str, float]:
    """Build an index of about so many passages in an empty home, ask it, verify it, and add one document to it.

    Raises:
        IndexDamagedError: what was built does not pass.
    """
    documents = [document(number) for number in range(math.ceil(passages / PASSAGES_A_DOCUMENT))]
    settings = IndexSettings(DEFAULT_MODEL, 500)
    build_index(documents[:1], home, settings, embedder=SyntheticEmbeddings)  # the encoder's export is not measured
    started = time.perf_counter()
    report = build_index(documents, home, settings, force=True, embedder=SyntheticEmbeddings)
    built = time.perf_counter() - started
    folder = current_build(home)
    sizes = {part: megabytes(folder / part) for part in ("chroma", "text.sqlite")}
    command = [sys.executable, "-m", "eval.bench.scale", "--ask", str(home), "--questions", str(asked)]
    answered = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    started = time.perf_counter()
    if wrong := list(failures(verify_build(folder))):
        raise IndexDamagedError("; ".join(wrong))
    verified = time.perf_counter() - started
    documents.insert(len(documents) // 2, document(1_000_000))
    started = time.perf_counter()
    added = build_index(documents, home, settings, embedder=SyntheticEmbeddings)
    one_more = time.perf_counter() - started
    return {
        "passages": report.manifest.counts["passages"],
        "sentences": report.manifest.counts["sentences"],
        "build s": built,
        "passages/s": report.manifest.counts["passages"] / built,
        "Chroma MB": sizes["chroma"],
        "SQLite MB": sizes["text.sqlite"],
        **answered,
        "verify s": verified,
        "one more document s": one_more,
        "brought up to date": float(bool(added.manifest.based_on)),
    }


def ask(home: Path, asked: int) -> dict[str, float]:
    """Ask an index in this process; milliseconds, and the process's memory in megabytes."""
    started = time.perf_counter()
    retriever = Retriever.open(home)
    opened = time.perf_counter() - started
    all_questions = questions(asked + 3)
    for question in all_questions[:3]:
        retriever.retrieve(question, 24)
    times: dict[str, list[float]] = {"whole": [], "encode": [], "vectors": [], "words": [], "frequency": []}
    used = time.process_time()
    for question in all_questions[3:]:
        _timed(times["whole"], partial(retriever.retrieve, question, 24))
    used = time.process_time() - used
    for question in all_questions[3:]:
        vector = [float(x) for x in _timed(times["encode"], partial(retriever.encode, question))]
        _timed(times["vectors"], partial(retriever._vectors.search, vector, 24))
        _timed(times["words"], partial(retriever.store.search, question, 48))
        _timed(times["frequency"], partial(retriever.store.sentence_frequency, question.split()[0]))
    retriever.close()
    return {
        "open s": opened,
        "question ms": percentile(times["whole"], 0.5),
        "question p99 ms": percentile(times["whole"], 0.99),
        "question, processor ms": 1000 * used / asked,
        "of it: encode ms": percentile(times["encode"], 0.5),
        "of it: vectors ms": percentile(times["vectors"], 0.5),
        "of it: words ms": percentile(times["words"], 0.5),
        "sentences that hold a word, p99 ms": percentile(times["frequency"], 0.99),
        "memory MB": peak_memory_mb() or 0.0,
    }


def _timed(times: list[float], call: Callable[[], T]) -> T:
    started = time.perf_counter()
    result = call()
    times.append((time.perf_counter() - started) * 1000)
    return result


def embedding_rate(sample: int) -> float:
    """Texts a second that the real model embeds, once it is loaded."""
    with tempfile.TemporaryDirectory() as folder:
        embeddings = CachedEmbeddings(find_model(DEFAULT_MODEL), Path(folder))
        texts = [d.quote(s) for d in map(document, range(1 + sample // SENTENCES_A_DOCUMENT)) for s in d.sentences]
        embeddings.embed(["A text to load the model with."])
        started = time.perf_counter()
        embeddings.embed(texts[:sample])
        taken = time.perf_counter() - started
        embeddings.close()
    return sample / taken


def growth(sizes: Sequence[int], asked: int, console: Console) -> list[dict[str, float]]:
    """The figures of each number of passages."""
    figures: list[dict[str, float]] = []
    with tempfile.TemporaryDirectory() as folder:
        cache = Path(folder, "cache")  # one for all, so that the query encoder is exported once
        cache.mkdir()
        for passages in sizes:
            console.print(f"[dim]{passages:,} passages…[/dim]")
            home = Path(folder, f"{passages}")
            home.mkdir()
            (home / "cache").symlink_to(cache)
            figures.append(measure(passages, home, asked))
            shutil.rmtree(home)
    return figures


def written(value: float) -> str:
    """A figure to three digits."""
    return f"{value:,.3g}" if value < 100 else f"{value:,.0f}"


def plot(figures: Sequence[dict[str, float]], file: Path) -> None:
    """Draw what grows with the number of passages as SVG, a small plot for each figure, passages logarithmic."""
    from eval.reports.plots import draw

    rows = [{"passages": row["passages"], "figure": name, "value": row[name]} for row in figures for name in PLOTTED]
    axes = {
        "x": {
            "field": "passages",
            "type": "quantitative",
            "scale": {"type": "log", "nice": False},
            "axis": {"format": "~s"},
        },
        "y": {"field": "value", "type": "quantitative", "title": None},
    }
    spec = {
        "description": PLOT_SAYS,
        "data": {"values": rows},
        "facet": {"field": "figure", "title": None, "sort": list(PLOTTED)},
        "columns": 3,
        "resolve": {"scale": {"y": "independent"}},
        "spec": {"width": 200, "height": 120, "mark": {"type": "line", "point": True}, "encoding": axes},
    }
    file.write_text(draw(spec), encoding="utf-8")


def render(run: Mapping[str, Any]) -> str:
    """The table of a run, with the machine that it was measured on."""
    on, sizes = run["machine"], run["sizes"]
    header = ["", *(f"{row['passages']:,.0f} passages" for row in sizes)]
    lines = [[name, *(written(row[name]) for row in sizes)] for name in sizes[0] if name not in NOT_SHOWN]
    about = (
        f"{run['created'][:16].replace('T', ' ')} UTC; {on['cpus']} × {on['processor']}, {on['memory_gb']} GB, "
        f"{on['system']}, Python {on['python']}; the machine's load was {run['load'][0]:.1f} at the start and "
        f"{run['load'][1]:.1f} at the end."
    )
    if run["sample"]:
        about += f" The embedding model took {run['sample']:.0f} texts a second."
    return "\n\n".join([table(header, lines), literal(about), f"![{PLOT_SAYS}]({PLOT})"])


def into_page(page: str, run: Mapping[str, Any]) -> str:
    """The page with this run between its marks."""
    before, rest = page.split(BEGIN)
    _, after = rest.split(END)
    return f"{before}{BEGIN}\n\n{render(run)}\n\n{END}{after}"


def main() -> None:
    """Measure and write, or write again."""
    parser = argparse.ArgumentParser(description="How builds and questions grow with the number of passages.")
    parser.add_argument("--passages", type=int, nargs="+", default=list(ALL_SIZES))
    parser.add_argument("--questions", type=int, default=100)
    parser.add_argument("--sample", type=int, default=256, help="texts to embed with the real model; 0: none")
    parser.add_argument("--output", type=Path, default=DOCS, help="the folder to write into, its scaling.md too")
    parser.add_argument("--stored", action="store_true", help="write again from what is stored")
    parser.add_argument("--ask", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.ask:
        sys.stdout.write(json.dumps(ask(options.ask, options.questions)))
        return
    console = Console(highlight=False)
    file, page = options.output / STORED, options.output / PAGE
    if options.stored:
        run: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    else:
        begun = load()
        run = {
            "created": datetime.now(UTC).isoformat(timespec="seconds"),
            "machine": machine(),
            "sizes": growth(options.passages, options.questions, console),
            "sample": embedding_rate(options.sample) if options.sample else 0.0,
            "load": [begun, load()],
        }
        run = json.loads(json.dumps(run), parse_float=lambda text: float(f"{float(text):.4g}"))
        file.write_text(json.dumps(run, indent=1) + "\n", encoding="utf-8")
    plot(run["sizes"], options.output / PLOT)
    if page.exists():
        page.write_text(into_page(page.read_text(encoding="utf-8"), run), encoding="utf-8")
    console.print(render(run), markup=False)


def load() -> float:
    """How many processes waited for the processors over the last minute; 0 where the system does not say."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0


if __name__ == "__main__":
    main()
