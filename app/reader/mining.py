"""Negatives: what the embedding model finds near the question, and what a reader took for answers."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from sentence_transformers import SentenceTransformer

from app.reader.data import Passage, Question

CHUNK = 256


def embed(texts: Sequence[str], model: SentenceTransformer, cache: Path) -> NDArray[np.float32]:
    """Unit vectors of `texts`; `cache` keeps those of every text that the model has seen before."""
    by = hashlib.sha256()
    for weights in model.state_dict().values():
        by.update(weights.float().numpy())
    keys = [hashlib.sha256(by.digest() + text.encode()).hexdigest()[:20] for text in texts]
    file = cache / "embeddings.npz"
    kept: dict[str, NDArray[np.float32]] = {}
    if file.exists():
        with np.load(file) as stored:
            kept = dict(zip(stored["keys"].tolist(), stored["vectors"], strict=True))
    new = {key: text for key, text in zip(keys, texts, strict=True) if key not in kept}
    if new:
        with torch.autocast("cpu", torch.bfloat16):
            vectors = model.encode(list(new.values()), batch_size=64, normalize_embeddings=True)
        kept |= dict(zip(new, np.asarray(vectors, dtype=np.float32), strict=True))
        cache.mkdir(parents=True, exist_ok=True)
        np.savez(file, keys=np.array(list(kept)), vectors=np.array(list(kept.values())))
    return np.array([kept[key] for key in keys], dtype=np.float32)


def passages_of(questions: Sequence[Question]) -> list[Passage]:
    """Each different passage, in order."""
    return list(dict.fromkeys(passage for question in questions for passage in question.passages))


def sentences_of(passage: Passage) -> list[str]:
    """A passage's sentences as an index embeds them."""
    return [passage.embedded(index, index + 1) for index in range(len(passage.sentences))]


def mine(
    asked: Sequence[Question], everything: Sequence[Question], model: SentenceTransformer, cache: Path, keep: int = 12
) -> list[list[tuple[Passage, int]]]:
    """For each asked question the `keep` nearest sentences of `everything`'s other groups, from different passages."""
    passages = passages_of(everything)
    places = [(number, index) for number, p in enumerate(passages) for index in range(len(p.sentences))]
    groups = {group: i for i, group in enumerate(dict.fromkeys(p.group for p in passages))}
    owner = np.array([groups[passages[number].group] for number, _ in places])
    sentences = embed([text for passage in passages for text in sentences_of(passage)], model, cache)
    texts = embed([question.text for question in asked], model, cache)
    depth = min(4 * keep, len(places) - 1)
    mined = []
    for start in range(0, len(asked), CHUNK):
        rows = texts[start : start + CHUNK] @ sentences.T
        for question, similarity in zip(asked[start : start + CHUNK], rows, strict=True):
            similarity[owner == groups[question.group]] = -np.inf
            nearest = np.argpartition(-similarity, depth)[:depth]
            best: dict[int, int] = {}
            for place in nearest[np.argsort(-similarity[nearest])]:
                number, index = places[place]
                if np.isfinite(similarity[place]):
                    best.setdefault(number, index)
            mined.append([(passages[number], index) for number, index in list(best.items())[:keep]])
    return mined


def nearness(asked: Sequence[Question], model: SentenceTransformer, cache: Path) -> list[list[NDArray[np.float32]]]:
    """For each asked question and each of its own passages, the cosine of every sentence to the question."""
    passages = passages_of(asked)
    vectors = embed([text for passage in passages for text in sentences_of(passage)], model, cache)
    ends = np.cumsum([len(passage.sentences) for passage in passages])
    of = dict(zip(passages, np.split(vectors, ends[:-1]), strict=True))
    texts = embed([question.text for question in asked], model, cache)
    return [[of[p] @ text for p in question.passages] for question, text in zip(asked, texts, strict=True)]


@dataclass(frozen=True)
class Tried:
    """What came of asking a question before: whether it was right, and the wrong sentences that were liked best."""

    right: bool
    tempting: tuple[str, ...]


def tried(file: Path) -> dict[tuple[str, str], Tried]:
    """What `app.evidence.trying` wrote, by the question's group and text."""
    rows = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    return {(row["group"], row["question"]): Tried(row["right"], tuple(row["tempting"])) for row in rows}


def tempted(question: Question, outcome: Tried | None) -> Question:
    """The question with what was tempting among its decoys."""
    if outcome is None or not outcome.tempting:
        return question
    places = {
        (number, index)
        for number, passage in enumerate(question.passages)
        for index, sentence in enumerate(passage.sentences)
        if any(sentence in liked or liked in sentence for liked in outcome.tempting)
    }
    return replace(question, decoys=question.decoys | (places - question.answers - question.unsure))


def hardest(
    questions: Sequence[Question],
    outcomes: Mapping[tuple[str, str], Tried],
    limit: int,
    rng: random.Random,
    share: float = 1.0,
) -> list[Question]:
    """`limit` questions at most: a share of those that went wrong, and of all others as many as there is room for."""
    wrong = [q for q in questions if (found := outcomes.get((q.group, q.text))) and not found.right]
    if share < 1:
        wrong = rng.sample(wrong, round(share * len(wrong)))
    if len(wrong) > limit:
        return rng.sample(wrong, limit)
    went_wrong = {id(question) for question in wrong}
    others = [question for question in questions if id(question) not in went_wrong]
    chosen = went_wrong | {id(question) for question in rng.sample(others, min(limit - len(wrong), len(others)))}
    return [question for question in questions if id(question) in chosen]
