"""What the reader is trained from and on: data, windows, negatives, losses, and the networks to start with."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from random import Random
from typing import cast

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from onnxruntime.quantization import QuantType, quantize_dynamic
from sentence_transformers import SentenceTransformer
from sentence_transformers.cross_encoder import CrossEncoder
from transformers import BertConfig, BertModel, MPNetConfig, MPNetModel

from app.reader.augment import Window, distract, pronoun
from app.reader.context import Encoder
from app.reader.data import Passage, Question, asked_anew, notes, parse_post, seeded
from app.reader.examples import Example, Recipe, own_windows
from app.reader.export import WORDS, apart
from app.reader.loss import ReaderLoss
from app.reader.mining import Tried, embed, hardest, mine, nearness, tempted
from app.reader.model import FOLDER, STAGES, arrays
from app.reader.network import agrees, distilled, embedded
from app.reader.pretrained import TOKENIZER, encoder, of_folder, write
from app.reader.smoothing import smooth
from app.sequences import SequenceModel
from index.models import find_model
from index.passages import in_context
from index.settings import DEFAULT_MODEL


def test_post_is_cut_into_sections_and_sentences_as_a_reader_sees_them() -> None:
    front = "---\ntitle: Wool notes\n---\n"
    source = front + "Intro with a [shop](http://w.test).\n\n## Needles\n\nThey are _thin_. I like\nthem.\n"
    top, intro, needles = parse_post("wool", source)
    assert top.sentences == ("Title: Wool notes", "Link: http://w.test")
    assert intro.sentences == ("Intro with a shop.",)
    assert (needles.section, needles.sentences) == ("Needles", ("They are thin.", "I like them."))


def test_distractors_are_labelled_as_no_answer() -> None:
    window = Window("Wool notes", "Needles", ("They are thin.", "A pair costs six euros."), (0, 1))
    for seed in range(20):
        drawn = distract(window, "What does a pair cost?", ["Are they thin?"], seeded(seed))
        assert len(drawn.sentences) == len(drawn.labels) == 3
        assert [s for s, label in zip(drawn.sentences, drawn.labels, strict=True) if label] == [window.sentences[1]]


def test_a_question_is_trained_on_the_nearest_windows_of_its_own_document() -> None:
    passages = tuple(Passage("post", "Post", f"Part {n}", (f"Sentence {n}.",)) for n in range(40))
    question = Question("1", "written", "Which?", passages, frozenset({(7, 0)}))
    cosines = [np.array([n / 40], dtype=np.float32) for n in range(40)]
    for seed in range(20):
        windows = own_windows(question, cosines, Recipe(near=2, same=1), Random(seed))
        told = [window.section for window in windows]
        assert told[0] == "Part 7"
        assert windows[0].labels == (1,)
        assert {int(part.split()[1]) for part in told[1:3]} <= set(range(34, 40))
        assert len(set(told)) == len(told) == 4


def test_what_tempted_takes_the_place_of_what_is_near() -> None:
    passages = tuple(Passage("post", "Post", f"Part {n}", (f"Intro {n}.", f"Sentence {n}.")) for n in range(40))
    question = Question("1", "written", "Which?", passages, frozenset({(7, 1)}))
    cosines = [np.array([0, n / 40], dtype=np.float32) for n in range(40)]
    outcome = Tried(right=False, tempting=("Sentence 3.", "Sentence 5. Intro 6.", "Sentence 7."))
    asked = tempted(question, outcome)
    assert asked.decoys == {(3, 1), (5, 1), (6, 0)}
    for seed in range(20):
        windows = own_windows(asked, cosines, Recipe(near=2, same=0, narrow=1.0), Random(seed))
        assert [window.section for window in windows[:1]] == ["Part 7"]
        assert {window.section for window in windows[1:]} < {"Part 3", "Part 5", "Part 6"}
        assert len(windows) == 3
        assert (windows[0].before, windows[0].sentences, windows[0].labels) == ("Intro 7.", ("Sentence 7.",), (1,))


def test_negatives_are_what_the_index_would_find_near_a_question(tmp_path: Path) -> None:
    lake = Passage("lake", "The lake", "Depth", ("It is forty metres deep.", "Swans nest on it."))
    pond = Passage("pond", "A pond", "Depth", ("Frogs sing at night.", "It is a metre deep at most."))
    asked = Question("lake", "written", "How deep is the lake?", (lake,), frozenset({(0, 0)}))
    other = Question("pond", "written", "Who sings?", (pond,), frozenset({(0, 0)}))
    embedding = SentenceTransformer(str(find_model(DEFAULT_MODEL).folder), device="cpu")
    assert mine([asked, other], [asked, other], embedding, tmp_path) == [[(pond, 1)], [(lake, 1)]]
    ((cosines,), _) = nearness([asked, other], embedding, tmp_path)
    assert cosines[0] > cosines[1]
    text = embedding.encode(in_context("The lake", "Depth", lake.sentences[0]), normalize_embeddings=True)
    question = embedding.encode(asked.text, normalize_embeddings=True)
    assert cosines[0] == pytest.approx(float(text @ question), abs=0.02)


def test_a_folder_of_embeddings_serves_several_models(tmp_path: Path) -> None:
    embedding = SentenceTransformer(str(find_model(DEFAULT_MODEL).folder), device="cpu")
    first = embed(["It is deep."], embedding, tmp_path)
    with torch.no_grad():
        list(embedding.parameters())[-5].mul_(-1)
    second = embed(["It is deep."], embedding, tmp_path)
    assert not np.allclose(first, second, atol=0.01)
    np.testing.assert_array_equal(embed(["It is deep."], embedding, tmp_path), second)


def test_what_went_wrong_is_asked_first() -> None:
    passage = Passage("post", "Post", "", ("One.",))
    questions = [Question(str(n), "written", f"Q{n}?", (passage,), frozenset()) for n in range(20)]
    outcomes = {("post", f"Q{n}?"): Tried(right=n % 4 > 0, tempting=()) for n in range(10)}
    for seed in range(10):
        chosen = hardest(questions, outcomes, 6, seeded(seed))
        assert {"0", "4", "8"} < {question.id for question in chosen}
        assert len(chosen) == 6
        few = hardest(questions, outcomes, 2, seeded(seed))
        assert len(few) == 2
        assert {question.id for question in few} < {"0", "4", "8"}
        third = hardest(questions, outcomes, 1, seeded(seed), share=1 / 3)
        assert {question.id for question in third} < {"0", "4", "8"}


def test_pronoun_takes_the_place_of_the_subject_named_above() -> None:
    window = Window("Wool notes", "Bamboo", ("Bamboo is light.", "I like bamboo."), (1, 0))
    opened = {pronoun(window, seeded(seed)).sentences[0] for seed in range(30)}
    assert opened == {"Bamboo is light.", "It is light.", "This is light."}


def test_smoothing_changes_no_output() -> None:
    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(8, 8), torch.nn.GELU(), torch.nn.Linear(8, 4))
    inputs = torch.randn(5, 8) * torch.tensor([1.0, 1, 1, 1, 1, 1, 1, 30])
    before = model(inputs).detach()
    assert smooth(model, lambda: model(inputs)) == 2
    torch.testing.assert_close(model(inputs), before)


class Bert(torch.nn.Module):
    """A small BERT under the name that it has within a model with a task."""

    def __init__(self) -> None:
        super().__init__()
        config = BertConfig(
            vocab_size=50, hidden_size=64, num_hidden_layers=2, num_attention_heads=2, intermediate_size=96,
            attn_implementation="eager",
        )  # fmt: skip
        self.bert = BertModel(config, add_pooling_layer=False)
        for weights in self.bert.parameters():  # of equal ones the graph would keep one
            torch.nn.init.normal_(weights, std=0.1)

    def forward(self, ids: torch.Tensor, attention: torch.Tensor, types: torch.Tensor) -> torch.Tensor:
        return cast(torch.Tensor, self.bert(ids, attention_mask=attention, token_type_ids=types)[0])


def test_an_encoder_is_read_out_of_a_quantised_graph(tmp_path: Path) -> None:
    torch.manual_seed(0)
    model = Bert().eval()
    ids = torch.randint(0, 50, (2, 7))
    inputs = (ids, torch.ones_like(ids), torch.zeros_like(ids))
    torch.onnx.export(
        model, inputs, str(tmp_path / "full.onnx"), dynamo=False, opset_version=17,
        input_names=["ids", "attention", "types"],
    )  # fmt: skip
    quantize_dynamic(tmp_path / "full.onnx", tmp_path / "small.onnx", weight_type=QuantType.QInt8)
    found = encoder(tmp_path / "small.onnx")
    own = model.bert.state_dict()
    assert found.keys() == own.keys()
    for name, values in own.items():
        step = float(values.abs().max()) / 127
        torch.testing.assert_close(found[name], values, rtol=0, atol=step, msg=name)


def test_an_mpnet_numbers_its_words_as_the_reader_does(tmp_path: Path) -> None:
    torch.manual_seed(0)
    config = MPNetConfig(
        vocab_size=9, hidden_size=24, num_hidden_layers=3, num_attention_heads=3, intermediate_size=36,
        max_position_embeddings=20, layer_norm_eps=1e-5,
    )  # fmt: skip
    model = MPNetModel(config).eval()
    model.save_pretrained(tmp_path / "mpnet")
    (tmp_path / "reader").mkdir()
    own = ["<s>", "<pad>", "</s>", "<unk>", "[PAD]", "[unused0]", "tea", "is", "hot"]
    for folder, words in (("mpnet", own), ("reader", ["[PAD]", "[unused0]", "tea", "hot", "[CLS]", "[SEP]", "is"])):
        (tmp_path / folder / "vocab.txt").write_text("".join(f"{word}\n" for word in words))
    for name in TOKENIZER[:2] + TOKENIZER[3:]:
        (tmp_path / "reader" / name).write_text("{}")

    whole = of_folder(tmp_path / "mpnet", tmp_path / "reader")
    written = MPNetModel.from_pretrained(write(whole, tmp_path / "written", tmp_path / "reader")).eval()
    with torch.inference_mode():
        before = model(torch.tensor([[0, 6, 7, 8, 2]]))[0]  # <s> tea is hot </s>
        after = embedded(written, torch.tensor([[4, 2, 6, 3, 5]]), torch.ones(1, 5), torch.zeros(1, 5))
    torch.testing.assert_close(after, before)


def test_words_in_a_file_of_their_own_are_found_again(tmp_path: Path) -> None:
    whole, parted = FOLDER / "model.onnx", tmp_path / "model.onnx"
    shutil.copy(whole, parted)
    apart(parted)
    assert (tmp_path / WORDS).stat().st_size + parted.stat().st_size == pytest.approx(whole.stat().st_size, abs=5_000)
    inputs = [arrays(Encoder(FOLDER / "tokenizer.json").encode("Is it soft?", "Wool", "", ["Yarn is soft."]))]
    np.testing.assert_array_equal(SequenceModel(parted).logits(inputs), SequenceModel(whole).logits(inputs))


def test_a_teacher_counts_where_it_is_right() -> None:
    told = torch.tensor([2.0, -1.0])
    assert agrees(told, torch.tensor([1.0, 0.0]))
    assert not agrees(told, torch.tensor([0.0, 1.0]))
    assert not agrees(told, torch.tensor([0.0, 0.0]))
    assert agrees(told - 3, torch.tensor([0.0, 0.0]))


def test_several_teachers_tell_their_mean() -> None:
    needles = Window("Wool notes", "Needles", ("They are thin.", "A pair costs six euros."), (0, 1))
    yarn = Window("Wool notes", "Yarn", ("It is soft.",), (0,))
    batch = [Example("What does a pair cost?", (needles, yarn)), Example("Is yarn soft?", (yarn,))]
    networks = [SequenceModel(folder / "model.onnx") for folder in (FOLDER, STAGES[0].folder)]
    encoder = Encoder(FOLDER / "tokenizer.json")

    def told(*teachers: SequenceModel) -> list[torch.Tensor]:
        loss = ReaderLoss(cast(CrossEncoder, None), batch, encoder, 0.3, teachers)
        return [cast(torch.Tensor, one) for one in loss.taught(batch, loss.encoded(batch))]

    first, second, both = told(networks[0]), told(networks[1]), told(*networks)
    assert [len(one) for one in both] == [3, 1]
    for one, other, mean in zip(first, second, both, strict=True):
        assert not torch.allclose(one, other)
        torch.testing.assert_close(mean, (one + other) / 2)


@settings(deadline=None)
@given(st.lists(st.floats(-5, 5), min_size=1, max_size=6), st.floats(0, 1))
def test_no_scores_please_a_teacher_more_than_its_own(logits: list[float], weight: float) -> None:
    told = torch.tensor(logits)
    scores = told.clone().requires_grad_()
    distilled(scores, told, weight).backward()  # type: ignore[no-untyped-call]  # torch's
    assert scores.grad is not None
    assert scores.grad.abs().max() < 1e-5
    assert distilled(told + 1, told, weight) > distilled(told, told, weight)


def test_questions_asked_anew_name_the_passage_of_another_set(tmp_path: Path) -> None:
    passage = Passage("Tea", "Tea", "", ("Tea is a drink.", "It came to Europe in 1610."))
    sets = {"selqa": [Question("selqa-0", "selqa", "What is tea?", (passage,), frozenset({(0, 0)}), held_out=True)]}
    (tmp_path / "passages").mkdir()
    row = {"set": "selqa", "row": 0, "question": "Since when has Europe known tea?", "answers": [1], "decoys": [0]}
    (tmp_path / "passages" / "selqa.jsonl").write_text(json.dumps(row | {"unsure": [], "verdict": None}) + "\n")
    (asked,) = asked_anew(sets, tmp_path)
    assert asked.passages == (passage,)
    assert (asked.answers, asked.decoys, asked.held_out) == ({(0, 1)}, {(0, 0)}, True)


NOTE = """= Bread: a love story: The oven
1 I bake on Sundays.
2 It takes an hour.
? on what day is it made | 1
? when, and for how long | 1 2
? how hot is it | - 2

= Bread: a love story: The flour
1 Rye.
? which grain | 1
"""


def test_notes_have_a_title_a_section_and_numbered_sentences(tmp_path: Path) -> None:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "w1-01.txt").write_text(NOTE)
    (tmp_path / "notes" / "w1-09.txt").write_text(NOTE)
    day, both, heat, grain, *others = notes(tmp_path)
    (oven,) = day.passages
    assert (oven.title, oven.section) == ("Bread: a love story", "The oven")
    assert oven.sentences == ("I bake on Sundays.", "It takes an hour.")
    assert [one.text for one in (day, both, heat)] == [
        "on what day is it made",
        "when, and for how long",
        "how hot is it",
    ]
    assert [one.answers for one in (day, both, heat)] == [{(0, 0)}, {(0, 0), (0, 1)}, frozenset()]
    assert (day.decoys, heat.decoys) == (frozenset(), {(0, 1)})
    assert grain.group != day.group
    assert [one.held_out for one in (day, grain, *others)] == [False, False, True, True, True, True]


@pytest.mark.parametrize(
    ("line", "instead"),
    [
        ("2 It takes an hour.", "It takes an hour."),
        ("2 It takes an hour.", "3 It takes an hour."),
        ("= Bread: a love story: The oven", "Bread"),
        ("? how hot is it | - 2", "? how hot is it"),
        ("? how hot is it | - 2", "? how hot is it |"),
        ("? how hot is it | - 2", "? how hot is it | 3"),
        ("? how hot is it | - 2", "? how hot is it | 0"),
        ("? how hot is it | - 2", "? how hot is it | two"),
    ],
)
def test_a_note_that_is_not_in_form_is_refused(tmp_path: Path, line: str, instead: str) -> None:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "w1-01.txt").write_text(NOTE.replace(line, instead))
    with pytest.raises(ValueError, match="w1-01-1"):
        list(notes(tmp_path))
