"""Quotations are placed without a model: found, misattributed, stitched or fabricated."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.leash import Shelf, quotations
from corpus import Source, load_corpus, read_document

DATA = Path(__file__).parent / "data" / "quotations.jsonl"
WRITTEN = Path(__file__).parents[2] / "app" / "reader" / "written"
ROWS = [json.loads(line) for line in DATA.read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    """The texts that the rows are of: bundled sources, and written posts by path."""
    texts = {document.source.id: document.text for document in load_corpus()}
    for name in {row["attributed"] for row in ROWS} - set(texts):
        texts[name] = read_document(Source(name, ""), (WRITTEN / f"{name}.md").read_text("utf-8")).text
    return texts


def test_every_quotation_of_the_set_is_placed(texts: dict[str, str]) -> None:
    shelf = Shelf(texts)
    placed = [(row["quotation"], shelf.place(row["quotation"], [row["attributed"]])) for row in ROWS]
    assert [(quotation, found.kind) for quotation, found in placed] == [(row["quotation"], row["kind"]) for row in ROWS]
    for row, (_, found) in zip(ROWS, placed, strict=True):
        assert found.source_id == row["source"]


TEXT = "docker is a “souped–up” version of\nlxc. It’s small. Packer builds images."


@pytest.mark.parametrize(
    ("quotation", "stands"),
    [
        ('Docker is a "souped-up" version of LXC', TEXT[:38]),
        ("it's small", "It’s small"),
        ("docker is a souped", "docker is a “souped"),
        ("It’s small...", "It’s small"),
        ("docker … small", TEXT[:50]),
    ],
)
def test_a_found_quotation_has_exact_offsets(quotation: str, stands: str) -> None:
    found = Shelf({"a": TEXT}).place(quotation)
    assert found.kind == "found"
    assert TEXT[found.start : found.end] == stands


@pytest.mark.parametrize("quotation", ["", "…", "ocker is", "small docker", "[...]", "\u200b"])
def test_what_is_no_quotation(quotation: str) -> None:
    assert Shelf({"a": TEXT}).place(quotation).kind == "fabricated"


@given(st.text(max_size=60), st.text(max_size=200))
def test_any_text_can_be_placed(quotation: str, text: str) -> None:
    found = Shelf({"a": text}).place(quotation)
    assert 0 <= found.start <= found.end <= len(text)


@given(st.lists(st.sampled_from("alpha beta gamma delta epsilon zeta".split()), min_size=4, max_size=30), st.data())
def test_any_run_of_words_is_found(words: list[str], data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(words) - 2))
    end = data.draw(st.integers(start + 1, len(words)))
    text = " ".join(words)
    found = Shelf({"a": text}).place(" ".join(words[start:end]))
    assert found.kind == "found"
    assert text[found.start : found.end] == " ".join(words[start:end])


def test_quotations_of_a_sentence() -> None:
    assert quotations("He says “one” and \"two three\", not 'four', and “a.” too") == ["one", "two three", "a."]
    assert quotations("nothing “open") == []
