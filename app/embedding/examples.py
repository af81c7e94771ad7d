"""What the embedding model is trained on: a question, an answer under its headings, and others that do not answer."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.reader.augment import typed
from app.reader.data import Passage, Question

OTHERS = 3  # that do not answer, for each question
NEAREST = 12  # of the question's own passages, of which the others are drawn
LONGER = 0.1  # the share of questions with passages in the place of sentences: an index embeds both

Place = tuple[int, int]  # passage and sentence of a question
Vectors = Mapping[str, NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class Example:
    """A question, a text that answers it, and `OTHERS` texts that do not."""

    question: str
    answer: str
    others: tuple[str, ...]


def trainable(questions: Sequence[Question]) -> list[Question]:
    """The questions with a known answer that are not held out."""
    return [question for question in questions if not question.held_out and question.answers and not question.bag]


def text_of(question: Question, place: Place) -> str:
    """A sentence as an index embeds it."""
    number, index = place
    return question.passages[number].embedded(index, index + 1)


def texts_of(questions: Sequence[Question]) -> list[str]:
    """Every sentence of the questions' passages as an index embeds it, each once."""
    return list(dict.fromkeys(text_of(question, place) for question in questions for place in _places(question)))


def examples(questions: Sequence[Question], vectors: Vectors, rng: random.Random) -> list[Example]:
    """One example for each of the `trainable` questions.

    Args:
        questions: what to take; all are answerable.
        vectors: unit vectors of `texts_of` the questions, which say what is near an answer.
        rng: draws answers and others.

    Raises:
        ValueError: a passage is short, and there is no other document to take something from.
    """
    alone = len({question.group for question in questions}) == 1
    made = []
    for question in questions:
        answer = rng.choice(sorted(question.answers))
        known = question.answers | question.unsure
        near = list(dict.fromkeys([*_nearest(question, answer, known, vectors), *sorted(question.decoys - known)]))
        chosen = rng.sample(near, min(OTHERS, len(near)))
        if rng.random() < LONGER:
            texts = [_around(question, answer, frozenset()), *(_around(question, place, known) for place in chosen)]
        else:
            texts = [text_of(question, place) for place in (answer, *chosen)]
        if alone and len(texts) <= OTHERS:
            raise ValueError(f"{question.group!r} is the only document, and too short to train on alone")
        while len(texts) <= OTHERS:  # a short passage: something from elsewhere
            other = rng.choice(questions)
            if other.group != question.group:
                texts.append(text_of(other, rng.choice(_places(other))))
        made.append(Example(typed(question.text, rng), texts[0], tuple(texts[1:])))
    return made


def _places(question: Question) -> list[Place]:
    return [(n, i) for n, passage in enumerate(question.passages) for i in range(len(passage.sentences))]


def _nearest(question: Question, answer: Place, known: frozenset[Place], vectors: Vectors) -> list[Place]:
    """The `NEAREST` sentences to the answer that are not known to answer, nearest first."""
    wrong = [place for place in _places(question) if place not in known]
    if not wrong:
        return []
    cosines = np.stack([vectors[text_of(question, place)] for place in wrong]) @ vectors[text_of(question, answer)]
    return [wrong[number] for number in np.argsort(-cosines, kind="stable")[:NEAREST]]


def _around(question: Question, place: Place, never: frozenset[Place]) -> str:
    """The sentence with one before it and two after it, up to one that is in `never`."""
    number, index = place
    passage: Passage = question.passages[number]
    first, last = index, index
    if index and (number, index - 1) not in never:
        first -= 1
    while last < min(index + 2, len(passage.sentences) - 1) and (number, last + 1) not in never:
        last += 1
    return passage.embedded(first, last + 1)
