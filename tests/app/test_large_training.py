"""What the large network is made of and trained on: one encoder with two tasks' heads."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from sentence_transformers.cross_encoder import CrossEncoder
from sentence_transformers.cross_encoder.data_collator import CrossEncoderDataCollator
from transformers import BertConfig, BertModel

from app.entailment.data import Pair
from app.entailment.loss import PairLoss
from app.entailment.network import build as build_entailment
from app.large.loss import PAIRS, RowsLoss, rows
from app.large.network import build, joined, parted
from app.reader.context import Encoder
from app.reader.model import FOLDER
from app.reader.network import build as build_reader
from app.reader.network import collate, forward
from app.reader.pretrained import write
from index.models import find_model
from index.settings import BASE_MODEL

TOKENS = 32
TOLD = [("Is it soft?", "Yarn is soft."), ("Does it itch?", "It never does."), ("Is it wool?", "It is from sheep.")]


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A folder with a small encoder that nothing has trained."""
    torch.manual_seed(0)
    config = BertConfig(hidden_size=32, num_hidden_layers=2, num_attention_heads=1, intermediate_size=48)
    state = BertModel(config, add_pooling_layer=False).state_dict()
    return str(write(state, tmp_path_factory.mktemp("encoder"), find_model(BASE_MODEL).folder))


def large(encoder: str, reader: CrossEncoder, entailment: CrossEncoder) -> CrossEncoder:
    model = build(encoder, TOKENS)
    model.load_state_dict(joined(reader.state_dict(), entailment.state_dict()))
    return model.eval()


def test_of_one_encoder_both_tasks_are_scored_as_by_their_own_networks(encoder: str) -> None:
    reader, entailment = build_reader(encoder).eval(), build_entailment(encoder, TOKENS).eval()
    model = large(encoder, reader, entailment)
    words = Encoder(FOLDER / "tokenizer.json")
    window = words.encode("Is it soft?", "Wool", "Yarn", ["Yarn is soft.", "It never itches."])
    batch = collate([window], words.pad)
    with torch.inference_mode():
        torch.testing.assert_close(forward(model, batch), forward(reader, batch))
    np.testing.assert_allclose(model.predict(TOLD), entailment.predict(TOLD), atol=1e-5)


def test_each_task_s_weights_come_out_again(encoder: str) -> None:
    reader, entailment = build_reader(encoder), build_entailment(encoder, TOKENS)
    with torch.no_grad():
        for values in entailment.parameters():
            values += 1
    state = large(encoder, reader, entailment).state_dict()
    for task, network in (("reader", reader), ("entailment", entailment)):
        found = parted(state, task)
        assert found.keys() == network.state_dict().keys()
        for name, values in network.state_dict().items():
            shift = 0.0 if name.startswith("1.") else 0.5 if task == "reader" else -0.5
            torch.testing.assert_close(found[name], values + shift, msg=name)


def test_rows_of_pairs_lose_what_the_pairs_do(encoder: str) -> None:
    pairs = [Pair(*TOLD[n % 3], ("yes", "no", "open")[n % 3], "questions", "a/yarn") for n in range(2 * PAIRS + 1)]
    data = rows(pairs)
    assert [len(column) for column in data.values()] == [2, 2, 2]
    assert data["hypothesis"][1] == [pair.hypothesis for pair in pairs[PAIRS : 2 * PAIRS]]
    model = build(encoder, TOKENS).eval()
    features = [{column: values[row] for column, values in data.items()} for row in range(2)]
    collated = CrossEncoderDataCollator(preprocess_fn=model.preprocess)(features)
    columns = [collated["hypothesis"], collated["premise"]]
    flat = [[text for row in column for text in row] for column in columns]
    labels = torch.tensor(data["label"]).flatten()
    torch.testing.assert_close(RowsLoss(model)(columns, collated["label"]), PairLoss(model)(flat, labels))
