"""Augmentations that need no model: questions as people type them, and sentences that look like answers and are not."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, replace

from app.reader.data import Passage

# Fillers name a subject and say nothing of it; none is from an evaluation set.
_FILLERS = (
    "I wanted to write about {}.", "This is a page about {}.", "So, {}.", "More on {} below.", "Have you heard of {}?",
    "I had a look at {} last week.", "Let's talk about {}.", "There is a lot to be said about {}.",
    "I get asked about {} a lot.", "What about {}?", "See also {}.", "I like {}.",
    "This is an important point about {}.", "People argue about {} all the time.", "That was my question about {}.",
    "I was wrong about {} for years.", "That is where {} comes in.", "I have been part of that talk about {} before.",
    "It matters a lot when it comes to {}.", "There are many opinions on {}.", "Here is what I learned about {}.",
)  # fmt: skip
_ASKING = "who what when where why how which is are was were do does did can could has have had will".split()
_WH = re.compile(rf"^({'|'.join(_ASKING)})\b", re.I)
_ENTITY = re.compile(r"(?<=\s)(?:[A-Z][\w'-]+(?:\s+(?:of|the|de|and)?\s*[A-Z][\w'-]+)*|\d{3,4})")


@dataclass(frozen=True)
class Window:
    """Neighbouring sentences of one passage, and the one before them. Labels: 1 answers, 0 does not, -1 unknown."""

    title: str
    section: str
    sentences: tuple[str, ...]
    labels: tuple[int, ...]
    before: str = ""


def typed(question: str, rng: random.Random) -> str:
    """The question as loosely typed: a letter lost or swapped, chatter around it."""
    if rng.random() < 0.08:
        place = rng.randrange(1, max(2, len(question) - 1))
        swapped = question[place : place + 2][::-1] if rng.random() < 0.5 else question[place : place + 1]
        question = question[:place] + swapped + question[place + 2 :]
    if rng.random() < 0.05:
        question = rng.choice(("so ", "hey, ", "ok but ", "tell me, ", "please: ", "I wonder, ")) + question
    return question


def pronoun(window: Window, rng: random.Random) -> Window:
    """A sentence that opens with the title or section opens with "It" (or "This", "They") instead."""
    sentences = list(window.sentences)
    for number, sentence in enumerate(sentences):
        for name in (window.section, window.title):
            match = re.match(rf"(?:the |an? )?{re.escape(name)}\s+(?=[a-z])", sentence, re.I) if len(name) > 2 else None
            if match and rng.random() < 0.5:
                rest = sentence[match.end() :]
                plural = re.match(r"(are|were|have)\b", rest)
                sentences[number] = ("They " if plural else rng.choice(("It ", "It ", "This "))) + rest
                break
    return replace(window, sentences=tuple(sentences))


def distract(window: Window, question: str, others: list[str], rng: random.Random) -> Window:
    """A question, a filler or a heading put among the sentences, labelled as no answer."""
    bare = _WH.sub("", question).strip(" ?")
    subject = rng.choice([s for s in (window.title, window.section, bare, *_ENTITY.findall(question)) if s] or ["it"])
    roll = rng.random()
    if roll < 0.25:
        line = question
    elif roll < 0.5 and others:
        line = rng.choice(others)
    elif roll < 0.8:
        line = rng.choice(_FILLERS).format(subject)
    else:
        line = (bare[:1].upper() + bare[1:]) if rng.random() < 0.5 and bare else subject
    place = rng.randrange(len(window.sentences) + 1)
    sentences = (*window.sentences[:place], line, *window.sentences[place:])
    return replace(window, sentences=sentences, labels=(*window.labels[:place], 0, *window.labels[place:]))


def forget(window: Window, rng: random.Random) -> Window:
    """Now and then without the title, or without the section: not every document names its subject."""
    roll = rng.random()
    if roll < 0.15:
        return replace(window, title="", section="")
    if roll < 0.3:
        return replace(window, section="")
    return replace(window, title="") if roll < 0.4 and window.section else window


def entities(text: str) -> list[str]:
    """Names and numbers in a question, past its first word."""
    return _ENTITY.findall(text)


def swap_entity(question: str, passage: Passage, pool: list[str], rng: random.Random) -> str | None:
    """The question about another name, which its passages do not contain; None where it names nothing."""
    found = entities(question)
    if not found:
        return None
    old = rng.choice(found)
    text = " ".join((passage.title, *passage.sentences)).lower()
    for _ in range(20):
        new = rng.choice(pool)
        if new.isdigit() == old.isdigit() and new.lower() not in text and new.lower() not in question.lower():
            return question.replace(old, new)
    return None
