"""From questions to training examples: a question and the windows whose sentences compete to answer it."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from app.reader import augment
from app.reader.augment import Window
from app.reader.data import Passage, Question, seeded


@dataclass(frozen=True)
class Recipe:
    """What an example is made of; the experiments vary it.

    `twice` are sources whose questions count as two, `narrow` is how often a window is cut down to about one sentence,
    as most are that are read in use.
    """

    window: int = 5
    same: int = 1
    near: int = 2
    elsewhere: float = 0.5
    boolq: float = 0.3
    twice: frozenset[str] = frozenset()
    swapped: float = 0.15
    borrowed: float = 0.1
    distract: float = 0.3
    augment: bool = True
    narrow: float = 0.6


@dataclass(frozen=True)
class Example:
    """A question and its windows. In a `bag`, labels of 1 mean that one of them answers."""

    question: str
    windows: tuple[Window, ...]
    bag: bool = False


def window_of(passage: Passage, start: int, end: int, labels: Sequence[int]) -> Window:
    """Sentences [start, end) of a passage."""
    before = passage.sentences[start - 1] if start else ""
    return Window(passage.title, passage.section, passage.sentences[start:end], tuple(labels[start:end]), before)


def narrowed(window: Window, index: int, rng: random.Random) -> Window:
    """Sentence `index` of a window, now and then with the next one."""
    end = min(len(window.sentences), index + rng.choice((1, 1, 2)))
    before = window.sentences[index - 1] if index else window.before
    return replace(window, sentences=window.sentences[index:end], labels=window.labels[index:end], before=before)


def partition(passage: Passage, labels: Sequence[int], longest: int, rng: random.Random) -> list[Window]:
    """The passage cut into windows of a random number of sentences, and of about 100 tokens at most."""
    windows, start = [], 0
    while start < len(passage.sentences):
        end = start + 1
        length = len(passage.sentences[start].split())
        target = start + rng.randint(2, longest)
        while end < min(target, len(passage.sentences)):
            length += len(passage.sentences[end].split())
            if length > 70:
                break
            end += 1
        windows.append(window_of(passage, start, end, labels))
        start = end
    return windows


def around(passage: Passage, index: int, rng: random.Random) -> Window:
    """A sentence with what stands around it, all labelled as no answer."""
    start = max(0, index - rng.randint(0, 2))
    end = min(len(passage.sentences), index + rng.randint(1, 2))
    return window_of(passage, start, end, [0] * len(passage.sentences))


def own_windows(
    question: Question, nearness: Sequence[NDArray[np.float32]], recipe: Recipe, rng: random.Random
) -> list[Window]:
    """Windows of the question's own passages: two with answers, two with decoys, and a few others of the same document.

    Of the others, as many as make it `near` with the decoys are among the nearest to the question by `nearness`
    (passages, sentences), as the candidates are that the reader is given in use; the rest are any.
    """
    right: list[Window] = []
    tempting: list[Window] = []
    others: list[tuple[float, Window]] = []
    for number, passage in enumerate(question.passages):
        labels = [1 if question.bag else 0] * len(passage.sentences)
        decoys = {index for place, index in question.decoys if place == number}
        for place, index in question.unsure:
            if place == number:
                labels[index] = -1
        for place, index in question.answers:
            if place == number:
                labels[index] = 1
        start = 0
        for window in partition(passage, labels, recipe.window, rng):
            end = start + len(window.sentences)
            answering = [index for index, label in enumerate(window.labels) if label == 1]
            alluring = [index - start for index in sorted(decoys) if start <= index < end]
            closeness = nearness[number][start:end]
            place = rng.choice(answering or alluring or [int(closeness.argmax())])
            if not question.bag and rng.random() < recipe.narrow:
                window = narrowed(window, place, rng)
            if answering:
                right.append(window)
            elif alluring:
                tempting.append(window)
            else:
                others.append((float(closeness.max()), window))
            start = end
    wanted = [window for windows in (right, tempting) for window in rng.sample(windows, min(2, len(windows)))]
    missing = max(0, recipe.near - min(2, len(tempting)))
    nearest = sorted(others, key=lambda other: -other[0])[: 3 * missing]
    near = rng.sample(nearest, min(missing, len(nearest)))
    rest = [other for other in others if other not in near]
    rng.shuffle(rest)
    more = recipe.same + (not question.answers and not question.decoys)
    return wanted + [window for _, window in [*near, *rest[:more]]]


def examples(
    questions: Sequence[Question], mined: Sequence[list[tuple[Passage, int]]],
    nearness: Sequence[Sequence[NDArray[np.float32]]], recipe: Recipe, seed: int,
) -> list[Example]:  # fmt: skip
    """One pass over the data; another seed gives other windows, negatives and augmentations.

    `mined` are each question's negatives from other documents, `nearness` its own passages' cosines (`mining`).
    """
    rng = seeded(seed)
    asked: dict[str, list[str]] = defaultdict(list)
    pool: list[str] = []
    for question in questions:
        asked[question.group].append(question.text)
        pool += augment.entities(question.text)
    made = []
    for question, negatives, near in zip(questions, mined, nearness, strict=True):
        if question.bag and rng.random() >= recipe.boolq:
            continue
        for _ in range(1 + (question.source in recipe.twice)):
            windows = own_windows(question, near, recipe, rng)
            chosen = rng.sample(negatives, min(rng.random() < recipe.elsewhere, len(negatives)))
            far = [around(passage, index, rng) for passage, index in chosen]
            others = [text for text in asked[question.group] if text != question.text]
            made.append(_example(question.text, windows + far, question.bag, others, recipe, rng))
            if not question.answers:
                continue
            roll = rng.random()
            none = [_without(window) for window in windows]
            if roll < recipe.swapped:
                swapped = augment.swap_entity(question.text, question.passages[0], pool, rng)
                if swapped:
                    made.append(_example(swapped, none, False, others, recipe, rng))
            elif roll < recipe.swapped + recipe.borrowed and negatives:
                # The question asked of other documents only: nothing there answers.
                more = rng.sample(negatives, min(2, len(negatives)))
                made.append(_example(question.text, [around(p, i, rng) for p, i in more], False, others, recipe, rng))
    rng.shuffle(made)
    return made


def _without(window: Window) -> Window:
    return replace(window, labels=(0,) * len(window.labels))


def _example(
    question: str, windows: list[Window], bag: bool, others: list[str], recipe: Recipe, rng: random.Random
) -> Example:
    if recipe.augment:
        windows = [augment.pronoun(window, rng) for window in windows]
        windows = [augment.distract(w, question, others, rng) if rng.random() < recipe.distract else w for w in windows]
        windows = [augment.forget(window, rng) for window in windows]
        question = augment.typed(question, rng)
    return Example(question, tuple(windows), bag)
