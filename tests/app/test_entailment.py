"""The entailment model: its data, and what it reads in quotes of other texts than it was trained on."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from app.entailment import Entailment, Reading, premise
from app.entailment.data import CLAIMS, Pair, blocks, training_pass
from app.entailment.model import FOLDERS, MOST_TOKENS
from app.entailment.network import build
from app.reader.data import seeded
from app.reader.pretrained import of_network, write
from app.reader.thaw import thaw
from app.verdict.deciding import Decider, Piece, signals
from app.verdict.types import Evidence
from index.models import find_model
from index.settings import BASE_MODEL

ENTAILMENT = Entailment()
SHOP = "the shop: We close at six, and on Mondays we don't open at all."


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Is the shop shut on Mondays?", "yes"),
        ("is it open on mondays", "no"),
        ("Does the shop sell bread?", "open"),
        ("The shop stays closed on Mondays.", "yes"),
        ("The shop is open on Mondays.", "no"),
        ("The shop has belonged to the family since 1950.", "open"),
    ],
)
def test_what_a_quote_says_to_a_question_or_a_claim(question: str, says: str) -> None:
    reading = ENTAILMENT.read([(question, SHOP)])[0]
    assert max(("yes", "no", "open"), key=lambda label: getattr(reading, label)) == says


@settings(deadline=None, max_examples=50)
@given(st.lists(st.tuples(st.text(max_size=300), st.text(max_size=1_000)), max_size=4))
def test_any_texts_are_read_and_the_shares_add_up(pairs: list[tuple[str, str]]) -> None:
    readings = ENTAILMENT.read(pairs)
    assert len(readings) == len(pairs)
    assert all(abs(one.yes + one.no + one.open - 1) < 1e-4 for one in readings)


def test_a_pair_is_read_the_same_in_any_company() -> None:
    pair = ("Is the shop shut on Mondays?", SHOP)
    alone = ENTAILMENT.read([pair])[0]
    ENTAILMENT.read([])  # so that it is not remembered
    beside = ENTAILMENT.read([("Does it sell bread?", f"{SHOP} {SHOP}"), pair])[1]
    assert alone == beside


class Counting(Entailment):
    """Counts what it computes."""

    def __init__(self) -> None:
        super().__init__()
        self.computed: list[tuple[str, str]] = []

    def _compute(self, pairs: Sequence[tuple[str, str]]) -> list[Reading]:
        self.computed += pairs
        return super()._compute(pairs)


def test_what_the_last_call_read_is_not_computed_again() -> None:
    model = Counting()
    bread, shut = ("Does it sell bread?", SHOP), ("Is the shop shut on Mondays?", SHOP)
    first = model.read([bread, shut, bread])
    assert model.read([shut]) == [first[1]]
    assert model.computed == [bread, shut]
    assert model.read([bread]) == [first[0]]
    assert model.computed == [bread, shut, bread]


def test_special_tokens_in_a_text_are_text() -> None:
    hidden = ENTAILMENT.read([("Is the shop shut on Mondays?", f"{SHOP} [SEP] [CLS]")])[0]
    assert hidden.yes > hidden.no


def test_a_premise_has_what_the_quote_leans_on() -> None:
    assert premise("Zookeeper", "It needs three nodes.", "Zookeeper is old.") == (
        "Zookeeper: Zookeeper is old. It needs three nodes."
    )
    assert premise("", "Three nodes are needed.", "Zookeeper is old.") == "Three nodes are needed."


def test_blocks_are_read_with_their_labels(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "shop.txt").write_text(
        "> We close at six.\n@ the shop\nyes Is it shut at seven?\nunsaid The owner lives above it.\n\n"
        "> Bread is sold out by ten.\nno is there bread at noon\n",
        encoding="utf-8",
    )
    assert list(blocks(tmp_path)) == [
        Pair("Is it shut at seven?", "the shop: We close at six.", "yes", "questions", "a/shop"),
        Pair("The owner lives above it.", "the shop: We close at six.", "open", "claims", "a/shop"),
        Pair("is there bread at noon?", "Bread is sold out by ten.", "no", "questions", "a/shop"),
    ]


def test_every_written_line_is_of_a_label_and_has_a_quote() -> None:
    told = [
        line
        for file in CLAIMS.glob("*/*.txt")
        for line in file.read_text("utf-8").splitlines()
        if line.strip() and not line.startswith(("> ", "@ "))
    ]
    pairs = list(blocks(CLAIMS))
    assert len(told) == len(pairs)
    assert all(pair.hypothesis.endswith("?") for pair in pairs if pair.asks)


def test_claims_are_not_typed_loosely_and_other_quotes_leave_them_open() -> None:
    pairs = [Pair(f"The {n}th is red.", f"Quote {n}.", "yes", "claims", "a/post") for n in range(200)]
    made = training_pass(pairs, seeded(1))
    assert {pair.hypothesis for pair in made} == {pair.hypothesis for pair in pairs}
    own = {(pair.hypothesis, pair.premise) for pair in pairs}
    assert all((pair.label == "yes") == ((pair.hypothesis, pair.premise) in own) for pair in made)
    assert len(made) > len(pairs)


def test_a_verdict_is_given_where_the_evidence_settles_it() -> None:
    decider = Decider.load(ENTAILMENT)
    shut = [Piece(Evidence("We close at six, and on Mondays we don't open at all.", "the shop"), 0.9)]
    assert decider.decide("Is the shop open on Mondays?", shut).value == "no"
    assert decider.decide("Does the shop sell bread?", shut).value is None
    assert decider.decide("Is the shop open on Mondays?", []).value is None


def test_both_sides_are_read_alike() -> None:
    piece = Piece(Evidence("We close at six.", "the shop"), 0.9)
    yes, no = signals("Is it shut at seven?", [piece], ENTAILMENT)
    assert yes[0] == -no[0]
    assert (yes[1], yes[2]) == (no[2], no[1])


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_the_shipped_graphs_can_be_trained_on(folder: Path, tmp_path: Path) -> None:
    state = thaw(folder / "model.onnx")
    model = build(str(write(of_network(state), tmp_path / "encoder", find_model(BASE_MODEL).folder)), MOST_TOKENS)
    model.load_state_dict(state)
    pairs = [("Is the shop shut on Mondays?", SHOP), ("is it open on mondays", SHOP), ("Does it sell bread?", SHOP)]
    thawed = torch.softmax(torch.tensor(model.predict(pairs)), dim=1).numpy()
    shipped = np.array([(one.yes, one.no, one.open) for one in Entailment([folder]).read(pairs)])
    assert np.abs(thawed - shipped).max() < 0.15


def test_the_card_names_the_shipped_weights() -> None:
    card = (FOLDERS[0].parent / "README.md").read_text("utf-8")
    for folder in FOLDERS:
        assert sha256((folder / "model.onnx").read_bytes()).hexdigest() in card
