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


def features(
    question: str,
    candidates: Sequence[Candidate],
    reader: NDArray[np.float32],
    settles: NDArray[np.float64],
    rarity: Rarity,
) -> NDArray[np.float64]:
    """The signals of each candidate, shape (len(candidates), len(FEATURES)).

    ``reader`` holds the reader's logits, ``settles`` how likely each settles a yes/no question (0 for others).
    """
    if not candidates:
        return np.empty((0, len(FEATURES)))
    shape = question_shape(question)
    asked = {word: rarity.idf(word) for word in content_words(question)}
    total = sum(asked.values()) or 1.0
    unknown = sum(weight for word, weight in asked.items() if rarity.unknown(word)) / total
    beside_others = any(candidate.sentence.source.kind != "post" for candidate in candidates)
    top_reader = float(reader.max())
    top_cosine = max(candidate.cosine for candidate in candidates)
    rows = []
    for candidate, logit, settled in zip(candidates, reader, settles, strict=True):
        sentence = candidate.sentence
        own = _stems(sentence.text)
        around = own | _stems(f"{sentence.source.title} {sentence.section} {sentence.before}")
        uncovered = [weight for word, weight in asked.items() if not _covered(word, around)]
        rows.append(
            (
                float(logit),
                float(logit) - top_reader,
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
                float(settled),
            )
        )
    return np.array(rows)


def _stems(text: str) -> set[str]:
    return {stem(word) for word in words(text)}


def _covered(word: str, stems: set[str]) -> bool:
    return stem(word) in stems
