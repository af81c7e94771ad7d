"""The sidebar and the other pages through AppTest, over the stub assistant and made-up builds."""

from __future__ import annotations

import datetime
import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

import app.web.engine
import app.web.evaluation
import app.web.index_page
from app.web.index_page import age
from corpus.errors import NoIndexError
from index.settings import FORMAT
from tests.web.conftest import buttons, press, settled, shown
from tests.web.stub import StubAssistant

OpenPage = Callable[..., AppTest]
KERNEL = "does docker share a kernel?"
BUILDS = ("20260101T000000-00000000", "20260102T000000-11111111")


def visit(page: AppTest, name: str) -> AppTest:
    page._page_hash = calc_hash(name)  # its switch_page knows pages in files only
    return settled(page.run())


@pytest.fixture
def builds(stub: StubAssistant, tmp_path: Path) -> Path:
    """An index home with two builds, the older one in use."""
    home = tmp_path / "home"
    for id_ in BUILDS:
        (home / "builds" / id_).mkdir(parents=True)
        manifest = {
            "id": id_, "created": f"{id_[:4]}-01-01T00:00:00+00:00", "fingerprint": "f", "format": FORMAT,
            "model": "a-model", "model_sha256": "m", "dimensions": 384, "passage_chars": 500,
            "corpus": "", "sources": {"post": "x"},
            "counts": {"sources": 8, "passages": 91, "sentences": 278}, "checksums": {},
            "versions": {"chromadb": "1.5"},
        }  # fmt: skip
        (home / "builds" / id_ / "manifest.json").write_text(json.dumps(manifest))
    (home / "CURRENT").write_text(BUILDS[0] + "\n")
    return home


def test_earlier_chats_are_listed_opened_and_started_anew(open_page: OpenPage) -> None:
    open_page(q=KERNEL)
    page = open_page(q="do VMs require a hypervisor?")
    assert [button.label for button in buttons(page, "open-")] == [
        r"do VMs require a hypervisor\?",
        r"does docker share a kernel\?",
    ]
    buttons(page, "open-")[1].click().run()
    assert re.findall(r'ap-question" dir="auto">(.*?)<', shown(page)) == [KERNEL]
    press(page, "new-chat")
    assert "ap-question" not in "".join(re.findall(r"<h2[^>]*>", shown(page)))
    assert buttons(page, "suggested-")


def test_a_chat_is_renamed_exported_and_deleted(open_page: OpenPage) -> None:
    page = open_page(q=KERNEL)
    press(page, "manage-")
    assert [button.label for button in page.download_button] == ["Export as Markdown", "Export as JSON"]
    page.text_input[0].set_value("My **chat**")
    next(button for button in page.button if button.label == "Rename").click().run()
    assert buttons(page, "open-")[0].label == r"My \*\*chat\*\*"
    press(page, "manage-")
    press(page, "delete-chat")
    assert not buttons(page, "open-")
    assert buttons(page, "suggested-")


def test_sources_are_read_with_cited_passages_marked(open_page: OpenPage) -> None:
    page = visit(open_page(q=KERNEL), "sources")
    assert "2 passages that your chats cite are marked." in shown(page)
    assert "docker shares the kernel" in "".join(re.findall(r'<mark class="ap-seen">(.*?)</mark>', shown(page)))
    page.selectbox[0].select("lxc").run()
    assert "A digest is askpost’s own summary" in shown(page)
    assert {link.label for link in page.link_button} == {"Open original", "Archived copy"}


def test_sources_are_searched(open_page: OpenPage) -> None:
    page = visit(open_page(), "sources")
    page.text_input[0].set_value("HYPERVISOR (that").run()
    assert "1 sentence with “HYPERVISOR (that”" in shown(page)
    press(page, "found-")
    (marked,) = re.findall(r'<mark class="ap-target">(.*?)</mark>', shown(page))
    assert marked.startswith("VMs also require")
    page.text_input[0].set_value("<b>zebra</b>").run()
    assert "No sentence with “&lt;b&gt;zebra&lt;/b&gt;”" in shown(page)


def test_index_page_shows_the_build_and_rolls_back(open_page: OpenPage, builds: Path) -> None:
    page = visit(open_page(), "index")
    for fact in (BUILDS[0], "a-model, 384 dimensions", "8 sources, 91 passages, 278 sentences", "chromadb 1.5"):
        assert fact in shown(page)
    assert page.button(key=f"use-{BUILDS[0]}").disabled
    press(page, f"use-{BUILDS[1]}")
    assert (builds / "CURRENT").read_text().strip() == BUILDS[1]
    assert page.button(key=f"use-{BUILDS[1]}").disabled


def test_builds_of_another_version_are_listed_and_do_not_break_the_page(open_page: OpenPage, builds: Path) -> None:
    manifest = builds / "builds" / BUILDS[1] / "manifest.json"
    manifest.write_text(json.dumps({"format": FORMAT + 1, "id": BUILDS[1], "unheard": "of"}))
    damaged = builds / "builds" / "20260103T000000-22222222"
    damaged.mkdir()
    (damaged / "manifest.json").write_text("{")
    page = visit(open_page(), "index")
    said = re.sub(r"<[^>]+>", " ", shown(page))
    assert re.search(rf"{damaged.name}\s+Damaged\s+{BUILDS[1]}\s+Made by another version: rebuild", said)
    assert not [button for button in buttons(page, "use-") if not button.disabled]
    (builds / "CURRENT").write_text(BUILDS[1] + "\n")
    page.run()
    assert not page.exception
    assert f"has format {FORMAT + 1}" in page.warning[0].value
    assert page.button(key="rebuild").label == "Rebuild the index"
    press(page, f"use-{BUILDS[0]}")
    assert not page.warning


def script(*lines: str) -> Callable[..., list[str]]:
    return lambda *_: ["-c", "\n".join(("import json, sys, time", *lines))]


def test_rebuild_shows_its_progress_and_is_cancelled(
    open_page: OpenPage, builds: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = 'print(json.dumps({"stage": "Embedding <b>", "done": 3, "total": 4}), flush=True)'
    monkeypatch.setattr(app.web.index_page, "arguments", script(line, "time.sleep(60)"))
    page = visit(open_page(), "index")
    press(page, "rebuild")
    deadline = time.monotonic() + 10
    while not [bar for bar in page.progress if bar.value == 75] and time.monotonic() < deadline:
        page.run()
    press(page, "cancel-rebuild")
    while not page.info and time.monotonic() < deadline:
        page.run()
    assert page.info[0].value == "The rebuild was cancelled; the build in use is as it was."
    assert (builds / "CURRENT").read_text().strip() == BUILDS[0]


def test_failed_rebuild_shows_its_log(open_page: OpenPage, builds: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app.web.index_page, "arguments", script('print("no <b>documents</b>")', "sys.exit(3)"))
    page = visit(open_page(), "index")
    press(page, "rebuild")
    deadline = time.monotonic() + 10
    while not page.warning and time.monotonic() < deadline:
        page.run()
    assert "The rebuild failed" in page.warning[0].value
    assert "no &lt;b&gt;documents&lt;/b&gt;" in shown(page)


def no_index(_home: Path) -> Any:
    raise NoIndexError("There is no index in here yet; run `askpost index`.")


@pytest.mark.parametrize("name", ["chat", "sources", "index", "evaluation"])
def test_without_an_index_every_page_says_what_to_do(
    open_page: OpenPage, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(app.web.engine, "open_assistant", no_index)
    page = open_page()
    if name != "chat":
        visit(page, name)
    if name == "evaluation":
        assert "No evaluation has been run" in shown(page)
    else:
        assert r"run \`askpost index" in page.warning[0].value
    if name == "chat":
        assert page.chat_input[0].disabled
    if name == "index":
        assert page.button(key="rebuild").label == "Build the index"


REPORT = {
    "schema": 1,
    "set": {"name": "post", "sha256": "0", "split": "dev"},
    "created": "2026-01-01T00:00:00+00:00",
    "build": "b1",
    "differences": {},
    "systems": [
        {
            "name": name,
            "seconds": 1,
            "overall": {"count": 2, "values": {"accuracy": accuracy, "verbatim": 1.0, "f1": None}, "intervals": {}},
            "by_type": {"span": {"count": 2, "values": {"accuracy": accuracy}, "intervals": {}}},
            "risk_coverage": [[0.5, 0.0], [1.0, 0.5]],
            "reliability": [],
            "questions": [
                {
                    "id": "p1", "type": "span", "question": "why <b>not</b>?",
                    "history": [{"question": "is it?", "answer": "No."}],
                    "gold": [{"source": "post", "quote": "so"}],
                    "right": False, "expected_verdict": "no", "verdict": "yes", "abstained": False, "confidence": 0.5,
                    "citations": [{"source_id": "post", "quote": "thus", "start": 0, "end": 4}], "retrieval": {},
                },
                {
                    "id": "p2", "type": "span", "right": True, "expected_verdict": None, "verdict": None,
                    "abstained": True,
                    "confidence": 0.1, "citations": [], "retrieval": {},
                },
            ],
        }
        for name, accuracy in (("askpost", 0.5), ("naive", 0.25))
    ],
}  # fmt: skip


def test_evaluation_shows_figures_and_failures_and_asks_one_in_the_chat(
    open_page: OpenPage, tmp_path: Path, stub: StubAssistant
) -> None:
    folder = tmp_path / "home" / "evaluations"
    folder.mkdir(parents=True)
    (folder / "20260101T000000.json").write_text(json.dumps(REPORT))
    (folder / "20260102T000000.json").write_text('{"half": ')  # still being written
    older = {**REPORT, "created": "2025-12-31T00:00:00+00:00", "systems": REPORT["systems"][1:]}
    (folder / "2026-01-03.json").write_text(json.dumps(older))  # by its name it would be the latest
    page = visit(open_page(), "evaluation")
    text = shown(page)
    assert "<td>50.0%</td><td>25.0%</td>" in text
    assert "Not answered as expected: 1 of 2" in text
    assert "why &lt;b&gt;not&lt;/b&gt;?" in text
    assert "Expected: no. “so”<br>Got: yes. “thus”" in text
    assert len(page.get("vega_lite_chart") or page.get("arrow_vega_lite_chart")) == 2
    press(page, "ask-p1")
    assert {question for question, _ in stub.asked} == {"is it?", "why <b>not</b>?"}
    assert "ap-question" in shown(page)


def test_evaluation_runs_and_is_shown(open_page: OpenPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "home" / "evaluations"
    monkeypatch.setattr(
        app.web.evaluation,
        "arguments",
        script(
            f"import pathlib; folder = pathlib.Path({str(folder)!r}); folder.mkdir(parents=True)",
            f"(folder / '1.json').write_text({json.dumps(REPORT)!r}); sys.exit(1)",
        ),
    )
    page = visit(open_page(), "evaluation")
    press(page, "evaluate")
    deadline = time.monotonic() + 10
    while not page.warning and time.monotonic() < deadline:
        page.run()
    assert page.warning[0].value == "The figures are below the floor that the gate asks for."
    assert "Not answered as expected" in shown(page)


def test_ages_in_words() -> None:
    now = datetime.datetime(2026, 1, 2, tzinfo=datetime.UTC)
    assert age("2026-01-01T00:00:00+00:00", now) == "1 day ago"
    assert age("2026-01-01T22:00:00+00:00", now) == "2 hours ago"
    assert age("2026-01-01T23:59:59+00:00", now) == "just now"
