"""The signals of a candidate sentence: reader, cosine, overlap weighted by rarity, and shape."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import snowballstemmer
from numpy.typing import NDArray

from app.evidence.definitions import tells_what
from app.evidence.shape import (
    fits_author,
    fits_type,
    leans_back,
    question_shape,
    sums_up,
)
from index.retrieval import Candidate
from index.stopwords import content_words, words

FEATURES = (
    "reader",
    "reader_gap",
    "cosine",
    "cosine_gap",
    "overlap",
    "overlap_in_context",
    "uncovered",
    "unknown",
    "leans_back",
    "fits_type",
    "fits_author",
    "defines",
    "sums_up",
    "from_post",
    "brief",
    "settles",
)

_STEMMER = snowballstemmer.stemmer("english")


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """The word's stem (Porter's second algorithm for English)."""
    return str(_STEMMER.stemWord(word))


@dataclass(frozen=True, slots=True)
class Rarity:
    """How rare words are in a collection: log((sentences + 1) / (sentences with the word + 1))."""

    frequency: Callable[[str], int]
    sentences: int

    def idf(self, word: str) -> float:
        """The word's inverse sentence frequency; highest for words that occur nowhere."""
        return math.log((self.sentences + 1) / (self.frequency(word) + 1)) + 0.1

    def unknown(self, word: str) -> bool:
        """Whether no sentence holds the word in any inflection."""
        return self.frequency(word) == 0


def features(question: str, candidates: Sequence[Candidate], rarity: Rarity) -> NDArray[np.float64]:
    """The signals of each candidate, shape (len(candidates), len(FEATURES)); those of reading it (`read`) are 0."""
    if not candidates:
        return np.empty((0, len(FEATURES)))
    shape = question_shape(question)
    asked = {word: rarity.idf(word) for word in content_words(question)}
    total = sum(asked.values()) or 1.0
    unknown = sum(weight for word, weight in asked.items() if rarity.unknown(word)) / total
    beside_others = any(candidate.sentence.source.kind != "post" for candidate in candidates)
    top_cosine = max(candidate.cosine for candidate in candidates)
    rows = []
    for candidate in candidates:
        sentence = candidate.sentence
        own = _stems(sentence.text)
        around = own | _stems(f"{sentence.source.title} {sentence.section} {sentence.before}")
        uncovered = [weight for word, weight in asked.items() if not _covered(word, around)]
        rows.append(
            (
                0.0,
                0.0,
                candidate.cosine,
                candidate.cosine - top_cosine,
                sum(weight for word, weight in asked.items() if _covered(word, own)) / total,
                1.0 - sum(uncovered) / total,
                max(uncovered, default=0.0) / max(asked.values(), default=1.0),
                unknown,
                float(leans_back(sentence.text)),
                fits_type(shape.asks, sentence.text),
                fits_author(question, sentence.text),
                float(tells_what(shape, sentence.text)),
                float(shape.asks == "summary" and sums_up(sentence.text)),
                float(beside_others and sentence.source.kind == "post"),
                float(len(words(sentence.text)) <= 4),
                0.0,
            )
        )
    return np.array(rows)


def read(rows: NDArray[np.float64], reader: NDArray[np.float32], settles: NDArray[np.float64]) -> NDArray[np.float64]:
    """The ``rows`` of `features` with what reading the candidates gave.

    ``reader`` holds the reader's logits, ``settles`` how likely each settles a yes/no question (0 for others).
    """
    found = rows.copy()
    if len(rows):
        found[:, FEATURES.index("reader")] = reader
        found[:, FEATURES.index("reader_gap")] = reader - reader.max()
        found[:, FEATURES.index("settles")] = settles
    return found


@lru_cache(maxsize=4_096)  # a short collection's sentences are looked at for every question
def _stems(text: str) -> frozenset[str]:
    return frozenset(stem(word) for word in words(text))


def _covered(word: str, stems: frozenset[str]) -> bool:
    return stem(word) in stems
