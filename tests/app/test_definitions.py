"""Which sentences define a term, and which spell it out."""

import pytest

from app.evidence.definitions import defines, expands, opens_with_definition, tells_what
from app.evidence.shape import question_shape

DEFINITIONS = [
    ("kettle", "A kettle is a vessel for boiling water."),
    ("kettle", "So a kettle in a few words is this: a pot with a spout."),
    ("pla", "Polylactic acid (PLA) is a plastic made from starch."),
    ("bdd", "Behaviour-driven development, or BDD for short, is a way of writing software."),
    ("ci", "CI, continuous integration, is a machine that builds every change."),
    ("box bike", "A box bike (bakfiets) is a bicycle with a tub."),
    ("bakfiets", "A box bike (bakfiets) is a bicycle with a tub."),
    ("authentication", "First thing: authentication is who you are."),
    ("esp32", "It is driven by an ESP32, a tiny board with wifi."),
    ("provisioner", "A provisioner installs software on a machine."),
    ("opkg", "It has a package manager called opkg."),
]
OTHERS = [
    ("kettle", "A kettle lid is a cover for a kettle."),
    ("kettle", "The kettle is licensed under the GPL."),
    ("kettle", "The kettle is in the kitchen."),
    ("kettle", "A kettle is not a pan."),
    ("kettle", "A kettle factory boils water."),
    ("kettle", "I bought a kettle."),
    ("", "A kettle is a vessel."),
]


@pytest.mark.parametrize(("term", "sentence"), DEFINITIONS)
def test_a_definition_is_seen(term: str, sentence: str) -> None:
    assert defines(term, sentence)


@pytest.mark.parametrize(("term", "sentence"), OTHERS)
def test_what_only_holds_the_term_defines_nothing(term: str, sentence: str) -> None:
    assert not defines(term, sentence)


def test_letters_are_spelt_out_by_words_or_by_saying_so() -> None:
    assert expands("FTTH", "The real one is called fibre to the home, FTTH, and somebody has to dig.")
    assert expands("GELF", "Its own format is GELF, which stands for Graylog Extended Log Format.")
    assert expands("MIPS", "The name stands for Microprocessor without Interlocked Pipeline Stages.")
    assert not expands("MIPS", "MIPS is a reduced instruction set architecture.")


@pytest.mark.parametrize(
    ("question", "asks", "term"),
    [
        ("what does RAID stand for?", "initialism", "raid"),
        ("What do the letters RAID stand for", "initialism", "raid"),
        ("what is RAID short for?", "initialism", "raid"),
        ("what is RAID?", "definition", "raid"),
    ],
)
def test_a_question_asks_for_the_letters_or_for_the_thing(question: str, asks: str, term: str) -> None:
    shape = question_shape(question)
    assert (shape.asks, shape.term) == (asks, term)


def test_only_what_was_asked_for_is_told() -> None:
    sentence = "RAID is a way to make several disks act like one."
    assert tells_what(question_shape("What is RAID?"), sentence)
    assert not tells_what(question_shape("What does RAID stand for?"), sentence)
    assert not tells_what(question_shape("Why use RAID?"), sentence)


@pytest.mark.parametrize(
    ("sentence", "at_once"),
    [
        ("A loom is a frame that holds threads.", True),
        ("Loom in three words is this: a weaving frame.", True),
        ("A weaving frame, or loom for short, is what holds the threads.", True),
        ("In short: a spindle is for spinning, and a loom is a frame for weaving.", False),
        ("We weave on a frame called a loom.", False),
    ],
)
def test_a_definition_that_opens_a_sentence_is_told_from_one_in_a_later_clause(sentence: str, at_once: bool) -> None:
    assert defines("loom", sentence)
    assert opens_with_definition("loom", sentence) == at_once
