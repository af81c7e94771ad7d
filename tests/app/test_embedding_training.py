"""What the embedding model is trained and measured on, and how it sees a batch."""

import random

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from sentence_transformers import SentenceTransformer

from app.embedding.evaluate import samples
from app.embedding.examples import OTHERS, examples, text_of, texts_of, trainable
from app.embedding.network import ROWS, ByLength
from app.reader.data import Passage, Question
from index.models import find_model
from index.settings import DEFAULT_MODEL

POST = Passage("post", "Tea", "Water", ("Hot.", "Soft water is best.", "Never boil it twice.", "Salt ruins it."))
SHORT = Passage("note", "Bread", "", ("It rises.", "Knead it."))
ASKED = Question("1", "written", "Which water?", (POST,), frozenset({(0, 1)}), unsure=frozenset({(0, 2)}))
BRIEF = Question("2", "notes", "What does it do?", (SHORT,), frozenset({(0, 0)}))


@pytest.fixture
def vectors() -> dict[str, NDArray[np.float32]]:
    """Each text in a direction of its own."""
    texts = texts_of([ASKED, BRIEF])
    return dict(zip(texts, np.eye(len(texts), dtype=np.float32), strict=True))


def test_texts_are_what_an_index_embeds() -> None:
    assert texts_of([ASKED, BRIEF])[:2] == ["Tea - Water: Hot.", "Tea - Water: Soft water is best."]
    assert text_of(BRIEF, (0, 1)) == "Bread: Knead it."


@pytest.mark.parametrize("seed", range(40))
def test_others_never_hold_what_may_answer(seed: int, vectors: dict[str, NDArray[np.float32]]) -> None:
    first, brief = examples([ASKED, BRIEF], vectors, random.Random(seed))
    assert POST.sentences[1] in first.answer
    assert SHORT.sentences[0] in brief.answer
    assert len(first.others) == len(brief.others) == OTHERS
    known = {POST.sentences[1], POST.sentences[2]}
    assert not any(sentence in other for sentence in known for other in first.others)
    assert not any(SHORT.sentences[0] in other for other in brief.others)


def test_the_nearest_to_the_answer_come_before_the_rest(vectors: dict[str, NDArray[np.float32]]) -> None:
    many = Passage("post", "Tea", "Water", tuple(f"Sentence {number}." for number in range(40)))
    asked = Question("3", "written", "Which?", (many,), frozenset({(0, 0)}))
    angles = np.linspace(0, 1, 40)
    near = dict(zip(texts_of([asked]), np.stack([np.cos(angles), np.sin(angles)], 1).astype(np.float32), strict=True))
    for seed in range(20):
        (made, _) = examples([asked, BRIEF], near | vectors, random.Random(seed))
        if made.answer == text_of(asked, (0, 0)):  # not a longer one
            assert set(made.others) <= {text_of(asked, (0, number)) for number in range(1, 13)}


def test_a_short_passage_alone_is_refused(vectors: dict[str, NDArray[np.float32]]) -> None:
    with pytest.raises(ValueError, match="'note' is the only document"):
        examples([BRIEF, BRIEF], vectors, random.Random(1))


def test_what_is_held_out_or_has_no_answer_is_not_trained_on() -> None:
    held_out = Question("4", "written", "?", (POST,), frozenset({(0, 1)}), held_out=True)
    nothing = Question("5", "written", "?", (POST,), frozenset())
    somewhere = Question("6", "boolq", "?", (POST,), frozenset({(0, 1)}), bag=True)
    assert trainable([ASKED, held_out, nothing, somewhere]) == [ASKED]


def test_samples_leave_out_what_may_answer() -> None:
    (made,) = samples([ASKED, Question("5", "written", "?", (POST,), frozenset())])
    assert made["positive"] == ["Tea - Water: Soft water is best."]
    assert made["negative"] == ["Tea - Water: Hot.", "Tea - Water: Salt ruins it."]


def test_a_batch_in_parts_has_the_same_embeddings_in_the_same_order() -> None:
    folder = str(find_model(DEFAULT_MODEL).folder)
    texts = [" ".join(["tea"] * (1 + 7 * number % 40)) for number in range(ROWS + 5)]
    whole, parts = (kind(folder, device="cpu").eval() for kind in (SentenceTransformer, ByLength))
    with torch.inference_mode():
        found = [model(model.tokenizer(texts, padding=True, return_tensors="pt")) for model in (whole, parts)]
    first, second = (one["sentence_embedding"].numpy() for one in found)
    assert np.abs(first - second).max() < 1e-5
