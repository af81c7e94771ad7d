"""What the entailment model is trained on: a quote, a question or claim, and what the quote says to it."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.entailment.premise import premise
from app.reader.augment import typed
from app.reader.context import asked
from app.reader.data import Passage, Question, asked_anew, seeded, selqa, written
from app.reader.data import boolq as whole_boolq
from app.verdict.questions import is_yes_no

APP = Path(__file__).parents[1]
CLAIMS = Path(__file__).parent / "written"
POSTS = APP / "reader" / "written"
LABELS = ("yes", "no", "open")
# The words that begin a line of `written/`, and the kinds of the leash's false sentences.
_OF_LINE = {"yes": "yes", "no": "no", "open": "open", "true": "yes", "false": "no", "unsaid": "open"}
_UNSAID = frozenset(("outside", "cause", "attribution", "hedge", "quantifier"))
_PLACED = frozenset(("fabricated", "stitched", "misattributed"))
_MADE_UP = ("plain/", "made/", "restated/")  # the sets whose quotes are made up, and of each the writer held out:
_MADE_UP_HELD_OUT = ("plain/6-", "made/8-", "restated/8-")
_ELSEWHERE = 0.12  # of the lines are also put beside another quote of the same post, which leaves them open


@dataclass(frozen=True)
class Pair:
    """A question or claim, the premise that it is held against, and one of `LABELS`.

    `kind` is the set that it is from, `post` the text.
    """

    hypothesis: str
    premise: str
    label: str
    kind: str
    post: str

    @property
    def asks(self) -> bool:
        """Whether it is a question and not a claim."""
        return not self.kind.startswith(("claims", "leash"))


@dataclass(frozen=True)
class Block:
    """A quote of a post, what it is about where it does not say so, and (label's word, question or claim) lines."""

    post: str
    quote: str
    subject: str
    lines: tuple[tuple[str, str], ...]

    @property
    def kind(self) -> str:
        """The set, where its quotes are made up: "plain", read to the letter, "made" or "restated"; else ""."""
        return self.post.partition("/")[0] if self.post.startswith(_MADE_UP) else ""


def read_blocks(folder: Path) -> Iterator[Block]:
    """`folder`/SET/POST.txt: blocks of `> quote`, `@ subject`, and lines of a label's word and a question or claim."""
    for file in sorted(folder.glob("*/*.txt")):
        for text in file.read_text("utf-8").split("\n\n"):
            parted = [line.partition(" ")[::2] for line in text.splitlines() if line.strip()]
            marked = dict(parted)
            lines = tuple((word, said.strip()) for word, said in parted if word in _OF_LINE)
            if marked.get(">") and lines:
                post = f"{file.parent.name}/{file.stem}"
                yield Block(post, marked[">"].strip(), marked.get("@", "").strip(), lines)


def blocks(folder: Path) -> Iterator[Pair]:
    """The pairs of `read_blocks`; kind is "questions" or "claims", with the block's own kind behind it.

    As everywhere here, questions are put as the assistant puts them, with one question mark: their writers forgot it
    far more often where the answer is yes, or no, than where it is open, and that is nothing to learn.
    """
    for block in read_blocks(folder):
        text = premise(block.subject, block.quote)
        behind = f", {block.kind}" if block.kind else ""
        for word, said in block.lines:
            if word in LABELS:
                yield Pair(asked(said), text, word, f"questions{behind}", block.post)
            else:
                yield Pair(said, text, _OF_LINE[word], f"claims{behind}", block.post)


def verdict_pairs(files: Iterable[Path]) -> Iterator[Pair]:
    """Rows of `app/verdict/written` and of contrast pairs in the same form; kind is the file's name and its split."""
    for file in files:
        for row in _lines(file):
            text = premise(row["subject"], row["evidence"], row.get("before", ""))
            kind = f"{file.stem.rsplit('-', 1)[0]} {row['split']}"
            yield Pair(asked(row["question"]), text, row["verdict"] or "open", kind, f"{file.stem}/{row['subject']}")


def leash_rows(file: Path) -> Iterator[Pair]:
    """A model's sentences with the quotes that they cite (`app/leash/written`)."""
    for row in _lines(file):
        if row["kind"] in _PLACED:
            continue
        label = "yes" if row["supported"] else "open" if row["kind"] in _UNSAID else "no"
        quotes = row["quotes"]
        text = premise(quotes[0]["section"] or quotes[0]["title"], " ".join(quote["quote"] for quote in quotes))
        yield Pair(row["sentence"], text, label, "leash", quotes[0]["source"])


def posts(folder: Path) -> Iterator[Pair]:
    """Yes/no questions on the reader's posts, with a sentence that answers and with one that does not."""
    rng = seeded(3)
    files = sorted(folder.glob("*/questions.jsonl"))
    told = {row["id"]: (file.parent.name, row["verdict"]) for file in files for row in _lines(file)}
    for question in written(folder):
        name, verdict = told[question.id]
        if verdict is None or not question.answers:
            continue
        post = f"{name}/{question.group}"
        number, index = min(question.answers)
        yield Pair(asked(question.text), _sentence(question.passages[number], index), verdict, "posts", post)
        other = _other(question, rng)
        if other:
            yield Pair(asked(question.text), other, "open", "posts, other sentences", post)


def passages(data: Path, folder: Path) -> Iterator[tuple[Pair, bool]]:
    """Yes/no questions asked anew of SelQA's and BoolQ's passages, and whether their article is held out.

    With a sentence that answers and with one that does not; those without an answer with what looks like one.
    """
    rng = seeded(4)
    sets = {"selqa": list(selqa(data)), "boolq": list(whole_boolq(data))}
    for question in asked_anew(sets, folder):
        passage, post = question.passages[0], f"passages/{question.group}"
        answers, unsure, decoys = (
            {i for _, i in places} for places in (question.answers, question.unsure, question.decoys)
        )
        if question.verdict is not None:
            text = _sentence(passage, min(answers))
            yield Pair(asked(question.text), text, question.verdict, "passages", post), question.held_out
            others = sorted(set(range(len(passage.sentences))) - answers - unsure)
            decoys = {rng.choice(others)} if others else set()
        elif answers or not is_yes_no(question.text):
            continue
        for index in sorted(decoys):
            text = _sentence(passage, index)
            yield Pair(asked(question.text), text, "open", "passages, other sentences", post), question.held_out


def boolq(file: Path) -> Iterator[Pair]:
    """BoolQ: questions with a passage that settles them."""
    for row in _lines(file):
        text = row["passage"].replace("``", '"').replace("''", '"')
        yield Pair(asked(row["question"]), premise(row["title"], text), "yes" if row["answer"] else "no", "boolq", "")


def pairs_by_split(data: Path, claims: Path = CLAIMS, folder: Path = POSTS) -> tuple[list[Pair], list[Pair]]:
    """Training pairs and held-out ones: `dev` posts, posts that the leash is measured on, and `dev` verdict pairs."""
    verdict = list(verdict_pairs(sorted((APP / "verdict/written").glob("pairs-*.jsonl"))))
    measured = list(leash_rows(APP / "leash/written/held-out.jsonl"))
    everything = [*blocks(claims), *posts(folder)]
    held = {pair.post for pair in measured} | dev_posts(folder)
    held |= {pair.post for pair in everything if pair.post.startswith(_MADE_UP_HELD_OUT)}
    training = [pair for pair in everything if pair.post not in held]
    training += [pair for pair in verdict if pair.kind.endswith("train")]
    training += boolq(data / "boolq-part.jsonl")
    anew = list(passages(data, folder))
    training += [pair for pair, unseen in anew if not unseen]
    held_out = [pair for pair in everything if pair.post in held]
    held_out += [pair for pair in verdict if not pair.kind.endswith("train")]
    held_out += [pair for pair, unseen in anew if unseen]
    return training, held_out + measured


def dev_posts(folder: Path) -> set[str]:
    """The reader's held-out posts, as SET/POST."""
    return {
        f"{file.parent.name}/{row['post']}"
        for file in folder.glob("*/questions.jsonl")
        for row in _lines(file)
        if row["split"] == "dev"
    }


def some(pairs: Sequence[Pair], always: Sequence[str], others: int, rng: random.Random) -> list[Pair]:
    """The pairs of texts whose names begin with one of `always`, and `others` drawn from the rest."""
    wanted = [pair for pair in pairs if pair.post.startswith(tuple(always))]
    rest = [pair for pair in pairs if not pair.post.startswith(tuple(always))]
    return wanted + rng.sample(rest, min(others, len(rest)))


def training_pass(pairs: Iterable[Pair], rng: random.Random) -> list[Pair]:
    """The pairs in another order, questions as people type them, some beside another quote of the same post."""
    pairs = list(pairs)
    of_post: dict[str, list[Pair]] = {}
    for pair in pairs:
        of_post.setdefault(pair.post, []).append(pair)
    made = []
    for pair in pairs:
        text = typed(pair.hypothesis, rng) if pair.asks else pair.hypothesis
        made.append(Pair(text, pair.premise, pair.label, pair.kind, pair.post))
        if pair.post and rng.random() < _ELSEWHERE:
            other = rng.choice(of_post[pair.post])
            if other.premise != pair.premise:
                made.append(Pair(text, other.premise, "open", pair.kind, pair.post))
    rng.shuffle(made)
    return made


def _lines(file: Path) -> Iterator[dict[str, Any]]:
    for line in file.read_text("utf-8").splitlines():
        if line.strip():
            yield json.loads(line)


def _sentence(passage: Passage, index: int) -> str:
    before = passage.sentences[index - 1] if index else ""
    return premise(passage.section or passage.title, passage.sentences[index], before)


def _other(question: Question, rng: random.Random) -> str:
    places = [
        (number, index)
        for number, passage in enumerate(question.passages)
        for index in range(len(passage.sentences))
        if number and (number, index) not in question.answers
    ]
    if not places:
        return ""
    number, index = rng.choice(places)
    return _sentence(question.passages[number], index)
