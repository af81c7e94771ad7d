"""Any sequence of edit, add, delete, build, kill, roll back, collect, ask: answers come from exactly one build."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from app import Assistant
from app.evidence import EvidenceModel
from corpus.errors import NoIndexError
from index.building import BuildReport
from index.builds import collect_garbage, current_build, list_builds, previous_build, select_build
from index.retrieval import Retriever
from index.settings import IndexSettings
from tests.index.test_crashes import build_and_die
from tests.index.tiny import build, build_beside, corpus_of
from tests.index.whole import text_of

EVIDENCE = EvidenceModel.load()
NAMES = st.sampled_from(["alpha", "beta", "gamma", "delta", "epsilon"])
WORDS = st.lists(
    st.sampled_from("airship zeppelin captain town grey sails to from the naïve 日本 of 42 – “quoted”".split()),
    min_size=1, max_size=8,
)  # fmt: skip
TEXTS = st.lists(WORDS.map(lambda words: " ".join(words) + "."), min_size=1, max_size=3).map("\n\n".join)


class Histories(RuleBasedStateMachine):
    """The corpus as edited, the home, and what each build was made from."""

    tiny: IndexSettings
    processes: ForkServerContext
    build_one: Callable[..., BuildReport]

    def __init__(self) -> None:
        super().__init__()
        self.home = Path(tempfile.mkdtemp(prefix="askpost-test-"))
        self.texts: dict[str, str] = {}
        self.made: dict[str, dict[str, str]] = {}
        self.served = ""

    def teardown(self) -> None:
        shutil.rmtree(self.home)

    @initialize(text=TEXTS)
    def start(self, text: str) -> None:
        self.texts = {"alpha": text}
        self.build()

    @rule(name=NAMES, text=TEXTS)
    def write(self, name: str, text: str) -> None:
        self.texts[name] = text

    @precondition(lambda self: len(self.texts) > 1)
    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        del self.texts[data.draw(st.sampled_from(sorted(self.texts)))]

    @rule(force=st.booleans())
    def build(self, force: bool = False) -> None:
        documents = corpus_of(self.texts)
        report = type(self).build_one(self.home, documents, self.tiny, force=force)
        self.served = report.manifest.id
        self.made[self.served] = dict(text_of(documents))

    @rule(event=st.integers(min_value=1, max_value=120))
    def build_and_be_killed(self, event: int) -> None:
        documents = corpus_of(self.texts)
        target = (self.home, documents, self.tiny, event, type(self).build_one)
        process = self.processes.Process(target=build_and_die, args=target)
        process.start()
        process.join()
        served = current_build(self.home).name
        if served != self.served:  # it died after CURRENT had moved
            self.served = served
            self.made[served] = dict(text_of(documents))

    @rule()
    def roll_back(self) -> None:
        try:
            earlier = previous_build(self.home)
        except NoIndexError:
            return
        select_build(self.home, earlier)
        self.served = earlier

    @rule(keep=st.integers(min_value=1, max_value=3))
    def collect(self, keep: int) -> None:
        collect_garbage(self.home, keep)
        bases = {manifest.base for manifest in list_builds(self.home)}
        assert len([manifest for manifest in list_builds(self.home) if manifest.id not in bases]) <= keep + 1
        assert bases - {""} <= {manifest.id for manifest in list_builds(self.home)}

    @invariant()
    def answers_come_from_exactly_one_build(self) -> None:
        if not self.served:
            return
        assistant = Assistant(Retriever.open(self.home), None, EVIDENCE)  # without the reader, which loads slowly
        try:
            assert assistant.build == self.served
            made = self.made[self.served]
            assert {source.id: assistant.store.text(source.id) for source in assistant.store.sources()} == made
            for question in ("where does the grey airship go?", "zeppelin", "is the captain naïve?"):
                answer = assistant.ask(question)
                assert answer.build == self.served
                for quote in (*answer.citations, *answer.suggestions):
                    assert made[quote.source_id][quote.start : quote.end] == quote.quote
        finally:
            assistant.close()


@pytest.mark.parametrize(
    ("reuse", "build_one"),
    [(0.25, build), (10.0, build), (0.25, build_beside), (10.0, build_beside)],
    ids=["as it is", "always on top of the last", "beside a base", "beside a base, always on top of the last"],
)
def test_histories(
    tiny: IndexSettings,
    processes: ForkServerContext,
    monkeypatch: pytest.MonkeyPatch,
    reuse: float,
    build_one: Callable[..., BuildReport],
) -> None:
    monkeypatch.setattr("index.writing.MOST_CHANGED", reuse)
    machine = type("Histories", (Histories,), {"tiny": tiny, "processes": processes, "build_one": build_one})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=6, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
