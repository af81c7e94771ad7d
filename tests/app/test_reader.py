"""The reader as shipped: what it loads, how it ranks, and what survives truncation."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from random import Random

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from app.reader import Context, Network, Reader
from app.reader.context import MAX_TOKENS, Encoder
from app.reader.data import Passage
from app.reader.model import FOLDER, MOST, STAGES, Stage, encode, promising, rows
from app.reader.network import build, collate, forward
from app.reader.pretrained import of_network, write
from app.reader.thaw import thaw
from index.models import find_model
from index.settings import BASE_MODEL

FOLDERS = [FOLDER, *(stage.folder for stage in STAGES)]


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader()


@pytest.fixture(scope="module", params=FOLDERS, ids=lambda folder: folder.name)
def network(request: pytest.FixtureRequest) -> Network:
    return Network(request.param)


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return Encoder(FOLDER / "tokenizer.json")


def contexts(title: str, section: str, sentences: list[str]) -> list[Context]:
    passage = Passage("", title, section, tuple(sentences))
    return [passage.context(i) for i in range(len(sentences))]


LIGHTHOUSE = contexts(
    "A week on the island",
    "The lighthouse",
    [
        "Have you ever slept in a lighthouse?",
        "We walked up to the lighthouse on the second day.",
        "It was built in 1857 by two brothers from the mainland.",
        "The lamp was switched off for good when the radio beacon came.",
        "There are 212 steps, and no lift.",
        "Bring water, because the keeper's shop is shut on Mondays.",
    ],
)
KNITTING = contexts(
    "Wool notes",
    "Choosing needles",
    [
        "What should a beginner buy?",
        "Bamboo needles grip the yarn, so stitches don't slide off by accident.",
        "Metal ones are faster but noisier.",
        "I learned from my aunt.",
        "A pair costs about six euros at the market.",
    ],
)


@pytest.mark.parametrize(
    ("question", "candidates", "right"),
    [
        ("When was the lighthouse built?", LIGHTHOUSE, 2),
        ("How many steps are there?", LIGHTHOUSE, 4),
        ("When is the shop closed?", LIGHTHOUSE, 5),
        ("Why are bamboo needles good for beginners?", KNITTING, 1),
        ("How much do needles cost?", KNITTING, 4),
        ("Who taught the author to knit?", KNITTING, 3),
    ],
)
def test_the_answering_sentence_comes_first(
    reader: Reader, question: str, candidates: list[Context], right: int
) -> None:
    assert int(np.argmax(reader.score(question, candidates))) == right


def test_an_answer_scores_above_everything_said_about_another_subject(reader: Reader) -> None:
    answered = reader.score("When was the lighthouse built?", LIGHTHOUSE).max()
    unanswered = reader.score("When was the lighthouse built?", KNITTING).max()
    assert answered > unanswered + 2


def test_scores_do_not_depend_on_company_order_or_thread(network: Network) -> None:
    question = "How many steps are there?"
    together = network.score(question, LIGHTHOUSE)
    assert together.dtype == np.float32
    np.testing.assert_array_equal(together, network.score(question, LIGHTHOUSE))
    np.testing.assert_array_equal(together[::-1], network.score(question, LIGHTHOUSE[::-1]))
    # Neighbours are read together; sequences of their own have nothing to do with each other.
    np.testing.assert_array_equal(together, network.score(question, [*LIGHTHOUSE, *KNITTING])[: len(LIGHTHOUSE)])
    with ThreadPoolExecutor(4) as pool:
        for scores in pool.map(lambda _: network.score(question, LIGHTHOUSE), range(8)):
            np.testing.assert_array_equal(together, scores)


def test_the_most_promising_are_read_again_and_again(reader: Reader) -> None:
    question = "How many steps are there?"
    candidates = [*KNITTING, *LIGHTHOUSE]
    expected = Network(FOLDER).score(question, candidates)
    for stage in STAGES:
        best = promising(expected, stage)
        assert 0 < len(best) < len(candidates)
        again = Network(stage.folder).score(question, [candidates[i] for i in best])
        expected[best] = (1 - stage.share) * expected[best] + stage.share * again
    np.testing.assert_allclose(reader.score(question, candidates), expected, rtol=1e-6)
    np.testing.assert_allclose(reader.score(question, candidates[::-1])[::-1], expected, rtol=1e-6)


@given(st.lists(st.integers(-80, 80), max_size=20), st.sampled_from(STAGES))
def test_the_promising_are_close_to_the_best_and_few(quarters: list[int], stage: Stage) -> None:
    scores = np.array(quarters, dtype=np.float32) / 4
    found = promising(scores, stage).tolist()
    close = [i for i in range(len(scores)) if scores[i] >= scores.max() - stage.close]
    assert found == sorted(set(found))
    assert set(found) <= set(close)
    assert len(found) == min(stage.most, len(close))
    assert all(scores[i] >= scores[j] for i in found for j in set(close) - set(found))


@settings(deadline=None)
@given(st.sets(st.integers(0, 40), min_size=1), st.randoms(use_true_random=False))
def test_candidates_are_read_in_rows_of_neighbours_each_once(encoder: Encoder, numbers: set[int], rng: Random) -> None:
    sentences = [f"Lamp {number} was lit by the keeper in the year {1800 + number}." for number in range(41)]
    every = contexts("The lamps", "", sentences)
    chosen = [every[number] for number in sorted(numbers)]
    rng.shuffle(chosen)
    found = rows(encoder, "Who lit lamp 3?", chosen)
    assert sorted(number for row in found for number in row) == list(range(len(chosen)))
    for row in found:
        assert len(row) <= MOST
        assert all(chosen[one].after == chosen[other].sentence for one, other in pairwise(row))
        encoded = encode(encoder, "Who lit lamp 3?", [chosen[number] for number in row])
        assert len(encoded.ids) <= MAX_TOKENS
        for number, (start, end) in zip(row, encoded.spans, strict=True):
            assert encoded.ids[start:end] == encoder.pieces(chosen[number].sentence)
    # Every candidate stands with its neighbour, unless the row is full.
    heads = [chosen[row[0]].before for row in found if len(row) < MOST]
    full = {chosen[row[-1]].sentence for row in found if len(row) == MOST}
    assert all(head not in {c.sentence for c in chosen} - full for head in heads if head)


def test_nothing_to_score(reader: Reader) -> None:
    assert reader.score("Anything?", []).shape == (0,)
    assert np.isfinite(reader.score("", [Context("", "", "", "", "")])).all()


def test_the_sentence_survives_truncation(encoder: Encoder) -> None:
    long = "word " * 300
    encoded = encode(encoder, long, [Context(long, long, long, "The bridge opened in 1931.", long)])
    assert len(encoded.ids) <= MAX_TOKENS
    ((start, end),) = encoded.spans
    assert encoded.ids[start:end] == encoder.pieces("The bridge opened in 1931.")
    longest = encode(encoder, long, [Context(long, long, long, long, long)])
    assert len(longest.ids) <= MAX_TOKENS
    assert longest.spans[0][1] - longest.spans[0][0] >= 60


def test_special_tokens_in_a_text_are_text(encoder: Encoder) -> None:
    encoded = encode(encoder, "What?", [Context("", "", "", "It prints [SEP] and [CLS].", "")])
    assert encoded.ids.count(encoded.ids[-1]) == 2


def test_torch_is_never_imported() -> None:
    code = (
        "import sys; from app.reader import Reader, Context\n"
        "Reader().score('What is it?', [Context('', '', '', 'It is a test.', '')])\n"
        "print(sorted({'torch', 'transformers', 'sentence_transformers'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_card_states_the_models_that_are_shipped() -> None:
    card = (Path(FOLDER).parent / "README.md").read_text(encoding="utf-8")
    files = [folder / "model.onnx" for folder in FOLDERS]
    assert re.findall(r"\b[0-9a-f]{64}\b", card) == [hashlib.sha256(file.read_bytes()).hexdigest() for file in files]
    assert [file.stat().st_size < most for file, most in zip(files, (24_000_000, 35_000_000), strict=True)]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_shipped_graph_can_be_trained_on(folder: Path, encoder: Encoder, tmp_path: Path) -> None:
    state = thaw(folder / "model.onnx")
    model = build(str(write(of_network(state), tmp_path, find_model(BASE_MODEL).folder)))
    model.load_state_dict(state)
    question = "How many steps does the lighthouse have?"
    encoded = [encode(encoder, question, [context]) for context in LIGHTHOUSE]
    with torch.inference_mode():
        thawed = forward(model.eval(), collate(encoded, encoder.pad))[:, 0].numpy()
    shipped = [float(Network(folder).score(question, [context])[0]) for context in LIGHTHOUSE]
    assert np.abs(thawed - shipped).max() < 0.5
    assert np.corrcoef(thawed, shipped)[0, 1] > 0.99
