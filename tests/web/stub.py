"""An assistant with a real text store and no models: it quotes the sentences that share words with the question."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace

from app.backends import Phrasing
from app.contract import Answer, Checked, Citation, Considered, Suggestion, Turn, VerdictValue
from corpus import Document
from corpus.errors import QuestionError
from index.text_store import TEXT_FILE, TextStore, TextWriter


class StubAssistant:
    """Has the assistant's interface. ``asked`` records what it was asked, ``delay`` makes it slow."""

    def __init__(self, documents: Sequence[Document], folder: Path, build: str = "20260101T000000-00000000") -> None:
        path = folder / TEXT_FILE
        writer = TextWriter(path)
        for order, document in enumerate(documents):
            writer.add(document, {}, {}, order)
        writer.close()
        self.store = TextStore(path)
        self.build = build
        counts = {"sources": len(documents), "passages": 1, "sentences": 1}
        self.manifest = SimpleNamespace(id=build, counts=counts, model="stub", created="2026-01-01T00:00:00+00:00")
        self.phrasing: Phrasing | None = None
        self.delay = 0.0
        self.asked: list[tuple[str, tuple[Turn, ...]]] = []
        self._lock = threading.Lock()

    def suggested_questions(self, history: Sequence[Turn] = (), most: int = 4) -> list[str]:
        questions = ["does docker share a kernel?", "what is packer?", "do VMs need a hypervisor?"]
        asked = {turn.question for turn in history}
        last = history[-1].question if history else ""
        left = [question for question in questions if question not in asked]
        return sorted(left, key=lambda question: question.split()[-1].rstrip("?") not in last)[:most]

    def close(self) -> None:
        self.store.close()

    def stream(self, question: str, history: Sequence[Turn] = ()) -> Iterator[Checked | Answer]:
        answer = self.ask(question, history)
        yield answer
        if self.phrasing:
            yield from self.phrasing.steps(answer)

    def ask(self, question: str, history: Sequence[Turn] = ()) -> Answer:
        with self._lock:
            self.asked.append((question, tuple(history)))
        time.sleep(self.delay)
        if "explode" in question:
            raise RuntimeError("boom")
        if "refuse" in question:
            raise QuestionError("This question cannot be asked; ask *another* <b>one</b>.")
        words = set(re.findall(r"\w{4,}", question.lower()))
        scored = [
            (len(words & set(re.findall(r"\w{4,}", sentence.text.lower()))), -sentence.id, sentence)
            for source in self.store.sources()
            for sentence in self.store.sentences_of_source(source.id)
            if sentence.kind in ("prose", "list")
        ]
        scored.sort(key=lambda row: row[:2], reverse=True)
        best = [sentence for score, _, sentence in scored[:3] if score]
        citations = tuple(
            Citation(
                n,
                s.source.id,
                s.source.title,
                s.section,
                s.source.url,
                s.source.url,
                s.source.kind,
                s.text,
                s.start,
                s.end,
                0.9,
            )
            for n, s in enumerate(best, start=1)
        )
        verdict: VerdictValue | None = "yes" if question.lower().startswith(("do", "is")) and citations else None
        quotes = [f"“{c.quote}” [{c.n}]" for c in citations]
        text = "The post does not say."
        if quotes:
            text = (f"{verdict.capitalize()}. " if verdict else "") + quotes[0]
            text += "\nSee also: " + " ".join(quotes[1:]) if quotes[1:] else ""
        return Answer(
            question,
            text,
            verdict,
            not citations,
            0.9 if citations else 0.1,
            "extractive",
            12.3,
            self.build,
            citations,
            ()
            if citations
            else tuple(
                Suggestion(s.source.id, s.source.title, s.section, s.text, s.start, s.end) for _, _, s in scored[:2]
            ),
            considered=tuple(
                Considered(s.source.id, s.section, s.text, s.start, s.end, score / 5, {"words": score})
                for score, _, s in scored[:4]
            ),
        )
