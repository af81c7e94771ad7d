"""The training sets as one kind of question: a text, the passages it was asked about, and the sentences that answer.

SelQA comes with sentences; SQuAD 2.0 and BoolQ are split by pysbd; the written sets are markdown posts with quotes,
more questions on the passages of SelQA and BoolQ, and short passages with questions in other words.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pysbd
from markdown_it import MarkdownIt

from app.reader.context import Context
from index.passages import in_context

WRITTEN = Path(__file__).parent / "written"

# Whole articles are held out, so that no held-out question's article was trained on.
SQUAD_HELD_OUT = frozenset({"Harvard_University", "1973_oil_crisis"})
SELQA_HELD_OUT = 0.1
BOOLQ_HELD_OUT = 0.1
NOTES_HELD_OUT = "-09"


@dataclass(frozen=True)
class Passage:
    """Sentences in order under one title and section; `group` is the article or post they are from."""

    group: str
    title: str
    section: str
    sentences: tuple[str, ...]

    def context(self, index: int) -> Context:
        """The sentence where it stands."""
        before, sentence, after = ["", *self.sentences, ""][index : index + 3]
        return Context(self.title, self.section, before, sentence, after)

    def embedded(self, start: int, end: int) -> str:
        """Sentences [start, end) as an index embeds them."""
        return in_context(self.title, self.section, " ".join(self.sentences[start:end]))


@dataclass(frozen=True)
class Question:
    """A question about passages of one group.

    `answers`, `decoys` (plausible, and wrong) and `unsure` (not to be trained on) are (passage, sentence) indices.
    A `bag` question knows its passage only: some sentence of it answers. `verdict` is the yes or no that is due, where
    the set says it.
    """

    id: str
    source: str
    text: str
    passages: tuple[Passage, ...]
    answers: frozenset[tuple[int, int]]
    decoys: frozenset[tuple[int, int]] = frozenset()
    unsure: frozenset[tuple[int, int]] = frozenset()
    bag: bool = False
    held_out: bool = False
    verdict: str | None = None

    @property
    def group(self) -> str:
        """The article or post that the question was asked about."""
        return self.passages[0].group


def seeded(seed: int) -> random.Random:
    """Reproducible choices; nothing here is secret."""
    return random.Random(seed)  # noqa: S311  # see above


def _some(articles: Sequence[str], share: float) -> set[str]:
    """A share of the articles, always the same."""
    shuffled = sorted(set(articles))
    seeded(7).shuffle(shuffled)
    return set(shuffled[: round(len(shuffled) * share)])


_SEGMENTER = pysbd.Segmenter(language="en", clean=False, char_span=True)


def split(text: str) -> list[tuple[int, int]]:
    """The [start, end) of each sentence, without the white space around it."""
    spans = []
    for span in _SEGMENTER.segment(text):
        stripped = text[span.start : span.end].strip()
        if stripped:
            start = text.index(stripped, span.start)
            spans.append((start, start + len(stripped)))
    return spans


def overlapping(spans: list[tuple[int, int]], start: int, end: int) -> list[int]:
    """The sentences that share at least half of [start, end), or lie at least half inside it."""
    found = []
    for index, (left, right) in enumerate(spans):
        shared = min(right, end) - max(left, start)
        if shared > 0 and 2 * shared >= min(end - start, right - left):
            found.append(index)
    return found


def selqa(folder: Path) -> Iterator[Question]:
    """SelQA: a question, the sentences of one Wikipedia section, and those that answer it."""
    rows = [row for name in ("selqa-dev", "selqa-test") for row in json.loads((folder / f"{name}.json").read_text())]
    held_out = _some([row["article"] for row in rows], SELQA_HELD_OUT)
    for number, row in enumerate(rows):
        section = "" if row["section"] == "Abstract" else row["section"]
        passage = Passage(row["article"], row["article"], section, tuple(row["candidates"]))
        answers = frozenset((0, index) for index in row["answers"])
        yield Question(f"selqa-{number}", "selqa", row["question"], (passage,), answers,
                       held_out=row["article"] in held_out)  # fmt: skip


def squad(folder: Path) -> Iterator[Question]:
    """SQuAD 2.0: spans that answer, and questions without an answer, with the plausible wrong span."""
    for article in json.loads((folder / "squad2-part.json").read_text())["data"]:
        title = article["title"].replace("_", " ")
        for paragraph in article["paragraphs"]:
            text = paragraph["context"]
            spans = split(text)
            passage = Passage(title, title, "", tuple(text[start:end] for start, end in spans))
            for row in paragraph["qas"]:
                yield _squad_question(row, passage, spans, article["title"] in SQUAD_HELD_OUT)


def _squad_question(row: dict[str, Any], passage: Passage, spans: list[tuple[int, int]], held_out: bool) -> Question:
    def sentences(answers: list[dict[str, Any]]) -> set[tuple[int, int]]:
        found = set()
        for answer in answers:
            start = answer["answer_start"]
            found |= {(0, index) for index in overlapping(spans, start, start + len(answer["text"]))}
        return found

    if row["is_impossible"]:
        decoys = frozenset(sentences(row.get("plausible_answers", [])))
        return Question(row["id"], "squad", row["question"], (passage,), frozenset(), decoys, held_out=held_out)
    answers = sentences(row["answers"])
    # Another sentence with the same words may answer as well; it is not held against the model.
    words = [answer["text"].lower() for answer in row["answers"]]
    unsure = {(0, i) for i, sentence in enumerate(passage.sentences) if any(w in sentence.lower() for w in words)}
    return Question(row["id"], "squad", row["question"], (passage,), frozenset(answers),
                    unsure=frozenset(unsure - answers), held_out=held_out)  # fmt: skip


def boolq(folder: Path) -> Iterator[Question]:
    """BoolQ: a yes/no question and a passage that settles it, somewhere."""
    rows = [json.loads(line) for line in (folder / "boolq-part.jsonl").read_text().splitlines()]
    held_out = _some([row["title"] for row in rows], BOOLQ_HELD_OUT)
    for number, row in enumerate(rows):
        text = row["passage"].replace("``", '"').replace("''", '"')
        sentences = tuple(text[start:end] for start, end in split(text))
        passage = Passage(row["title"], row["title"], "", sentences)
        yield Question(f"boolq-{number}", "boolq", row["question"] + "?", (passage,), frozenset(), bag=True,
                       held_out=row["title"] in held_out)  # fmt: skip


def asked_anew(sets: Mapping[str, Sequence[Question]], posts: Path) -> Iterator[Question]:
    """Questions written for this project on the passages of other `sets`, in `posts`/passages.

    Only the questions are in the project: each names its passage by the set and the row there. Those on held-out
    articles are held out.
    """
    for file in sorted((posts / "passages").glob("*.jsonl")):
        for number, line in enumerate(file.read_text().splitlines()):
            row = json.loads(line)
            about = sets[row["set"]][row["row"]]
            answers, decoys, unsure = (frozenset((0, i) for i in row[key]) for key in ("answers", "decoys", "unsure"))
            yield Question(f"{file.stem}-{number}", "passages", row["question"], about.passages, answers, decoys,
                           unsure, held_out=about.held_out, verdict=row["verdict"])  # fmt: skip


def written(folder: Path) -> Iterator[Question]:
    """Posts and questions written for this project, in `folder`/{a,b,...}.

    A post `slug.md` may come with pages that it links to, `slug+page.md`, which are then read with it. Follow-ups
    need a history and are left out.
    """
    for file in sorted(folder.glob("*/questions.jsonl")):
        bundles: dict[str, dict[str, tuple[Passage, ...]]] = {}
        for line in file.read_text().splitlines():
            if not line.strip():
                continue
            row = json.loads(line)
            if row.get("history"):
                continue
            slug = row["post"]
            if slug not in bundles:
                bundles[slug] = {page.stem: parse_post(slug, page.read_text()) for page in bundle(file.parent, slug)}
            passages = tuple(passage for page in bundles[slug].values() for passage in page)
            answers = {
                (passages.index(bundles[slug][gold["source"]][number]), sentence)
                for gold in row["gold"]
                for number, sentence in _quoted(bundles[slug][gold["source"]], gold["quote"])
            }
            if row["gold"] and not answers:
                continue
            yield Question(row["id"], "written", row["question"], passages, frozenset(answers),
                           held_out=row["split"] == "dev")  # fmt: skip


def bundle(folder: Path, slug: str) -> list[Path]:
    """The file of a written post, then those of the pages that it links to."""
    return [folder / f"{slug}.md", *sorted(folder.glob(f"{slug}+*.md"))]


def _quoted(passages: tuple[Passage, ...], quote: str) -> set[tuple[int, int]]:
    found = set()
    for number, passage in enumerate(passages):
        text, spans = "", []
        for sentence in passage.sentences:
            spans.append((len(text), len(text) + len(sentence)))
            text += sentence + " "
        start = text.find(quote)
        if start >= 0:
            found |= {(number, index) for index in overlapping(spans, start, start + len(quote))}
    return found


def parse_post(name: str, source: str) -> tuple[Passage, ...]:
    """A markdown post as passages: its head (title, date, categories, links), then one for each heading."""
    front = re.match(r"---\n(.*?)\n---\n", source, re.DOTALL)
    fields = dict(re.findall(r"^(\w+):\s*(.+)$", front[1], re.MULTILINE)) if front else {}
    title = fields.get("title", name).strip("\"'")
    lines = [f"{key.title()}: {value}" for key, value in fields.items()]
    sections: list[tuple[str, list[str]]] = [("", [])]
    tokens = MarkdownIt().parse(source[front.end() :] if front else source)
    for before, token in zip([None, *tokens], tokens, strict=False):
        if token.type != "inline":
            continue
        parts = []
        for child in token.children or []:
            if child.type == "link_open":
                lines.append(f"Link: {child.attrs.get('href')}")
            parts.append(" " if child.type in ("softbreak", "hardbreak") else child.content)
        text = re.sub(r"\s+", " ", "".join(parts)).strip()
        if before is not None and before.type == "heading_open":
            sections.append((text, []))
        elif text:
            sections[-1][1].extend(text[start:end] for start, end in split(text))
    parts_ = [Passage(name, title, section, tuple(sentences)) for section, sentences in sections if sentences]
    return (Passage(name, title, "", tuple(lines)), *parts_)


_NOTE = re.compile(r"\? (?P<text>.+?) \| (?P<none>- ?)?(?P<numbers>\d*(?: \d+)*)")


def notes(folder: Path) -> Iterator[Question]:
    """Short passages with questions in other words, written for this project, in `folder`/notes.

    "=" opens a passage with its title and section; its sentences follow, numbered from 1; then its questions, each with
    the sentences that answer it, or with "-" and the one that is most easily taken for an answer:

        = Bread for one: The oven
        1 I bake on Sundays.
        2 It takes an hour.
        ? on what day is it made | 1
        ? how hot is it | - 2

    One file of each writer is held out.

    Raises:
        ValueError: a line is none of those above, or names a sentence that is not there.
    """
    for file in sorted((folder / "notes").glob("*.txt")):
        blocks = [block.splitlines() for block in file.read_text("utf-8").split("\n\n") if block.strip()]
        for number, block in enumerate(blocks, start=1):
            yield from _noted(f"{file.stem}-{number}", block, held_out=file.stem.endswith(NOTES_HELD_OUT))


def _noted(name: str, block: list[str], *, held_out: bool) -> Iterator[Question]:
    title, _, section = block[0].removeprefix("= ").rpartition(": ")
    told = [line.rstrip() for line in block[1:] if not line.startswith("?")]
    if not block[0].startswith("= ") or not all(line.startswith(f"{n} ") for n, line in enumerate(told, start=1)):
        raise ValueError(f"{name} is no passage: {block[0]}")
    passages = (Passage(name, title, section, tuple(line.partition(" ")[2] for line in told)),)
    for number, line in enumerate(block[1 + len(told) :], start=1):
        match = _NOTE.fullmatch(line.rstrip())
        places = frozenset((0, int(n) - 1) for n in match["numbers"].split()) if match else frozenset()
        if not match or not all(0 <= n < len(told) for _, n in places) or not (places or match["none"]):
            raise ValueError(f"{name} has no such question: {line}")
        answers, decoys = (frozenset[tuple[int, int]](), places) if match["none"] else (places, frozenset())
        yield Question(f"{name}-{number}", "notes", match["text"], passages, answers, decoys, held_out=held_out)


def load(folder: Path, posts: Path) -> list[Question]:
    """Every question, held-out ones marked."""
    sets = {"selqa": list(selqa(folder)), "squad": list(squad(folder)), "boolq": list(boolq(folder))}
    of_sets = [question for one in sets.values() for question in one]
    return [*of_sets, *written(posts), *asked_anew(sets, posts), *notes(posts)]
