"""The leash on true and false sentences over many texts, and its rules one by one."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.entailment import Entailment
from app.leash import Quote, Shelf, check_sentence
from app.leash.evaluate import measure, read
from app.leash.quotes import in_their_words

DATA = Path(__file__).parent / "data"
WRITTEN = Path(__file__).parents[2] / "app" / "leash" / "written"

SHARES = Quote(1, "docker shares the kernel and base os, while a VM is it's own entity.", "post", "a post", "VM")
ASKED = "Does docker share the kernel?"
ENTAILMENT = Entailment()
NEEDS = Quote(2, "VMs also require a hypervisor of some type that sits on another os.", "post", "a post", "VM")


@pytest.mark.parametrize(
    ("path", "caught", "struck"),
    # floors a little below what was measured; nothing was fitted to either file (see app/leash/README.md)
    [(DATA / "test.jsonl", 0.91, 0.32), (WRITTEN / "held-out.jsonl", 0.92, 0.70)],
)
def test_the_measured_set(path: Path, caught: float, struck: float) -> None:
    figures, wrong = measure(read(path))
    assert figures["recall"] >= caught, wrong
    assert figures["true_struck"] <= struck, wrong


@pytest.mark.parametrize(
    "sentence",
    [
        "docker shares the kernel and base os.",
        "The post says that docker shares the kernel and base OS [1].",
        "docker shares the kernel, but a VM is its own entity.",
        "According to the author, VMs require a hypervisor.",
        "Yes, docker shares the kernel.",
    ],
)
def test_true_sentences_pass(sentence: str) -> None:
    assert check_sentence(sentence, [SHARES, NEEDS], ENTAILMENT, question=ASKED, verdict="yes").supported


@pytest.mark.parametrize(
    ("sentence", "why"),
    [
        ("docker shares the network and base os.", "network"),
        ("docker does not share the kernel.", "otherwise"),
        ("A VM shares the kernel and base os, while docker is its own entity.", "of different things"),
        ("VMs require two hypervisors.", "number 2"),
        ("VMs require a hypervisor such as Xen.", "xen"),
        ("No, docker shares the kernel.", "it answers no, but the quotes say yes"),
        (". (packer)", "nothing that could be checked"),
        ("...", "nothing that could be checked"),
        ("Yes and the moon is made of cheese.", "moon"),
    ],
)
def test_false_sentences_are_struck_with_the_reason(sentence: str, why: str) -> None:
    finding = check_sentence(sentence, [SHARES, NEEDS], ENTAILMENT, question=ASKED, verdict="yes")
    assert not finding.supported
    assert why in finding.why


@pytest.mark.parametrize(
    ("why", "shown"),
    [
        (
            "the quotes say otherwise: “docker shares the kernel and base os”",
            "the quotes say otherwise: “docker shares the kernel and base os”",
        ),
        ("the quotes say it of another: “while a vm is”", "the quotes say it of another: “while a VM is”"),
        ("the quotes say otherwise: “it is not so”", "the quotes say otherwise: it is not so"),
        ("the number 2 is in no quote", "the number 2 is in no quote"),
    ],
)
def test_reasons_quote_verbatim_or_not_at_all(why: str, shown: str) -> None:
    assert in_their_words(why, [SHARES.text, NEEDS.text]) == shown


def test_a_sentence_without_a_quote_is_struck() -> None:
    assert check_sentence("docker shares the kernel.", [], ENTAILMENT).why == "it cites no quote"


def test_a_quotation_must_stand_in_a_cited_source() -> None:
    shelf = Shelf({"post": SHARES.text, "other": "docker shares the kernel of the host"})
    assert check_sentence("The post says “docker shares the kernel”.", [SHARES], ENTAILMENT, shelf=shelf).supported
    for false, why in [
        ("docker shares the kernel of the host", "stands in other"),
        ("docker shares the kernel of the VM", "stands nowhere"),
    ]:
        finding = check_sentence(f"The post says “{false}”.", [SHARES], ENTAILMENT, shelf=shelf)
        assert not finding.supported
        assert why in finding.why


@settings(deadline=None)  # the first of a kind loads word lists
@given(st.text(max_size=300))
def test_any_sentence_can_be_checked(sentence: str) -> None:
    finding = check_sentence(sentence, [SHARES, NEEDS], ENTAILMENT)
    assert finding.supported is not bool(finding.why)
