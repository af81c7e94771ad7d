"""`refresh`: pages are fetched again, and whatever goes wrong, the last good snapshot stays."""

from __future__ import annotations

import errno
import json
import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from filelock import FileLock

from corpus import load_corpus
from corpus.errors import CorpusError, UnknownSourceError
from corpus.fetching.refreshing import refresh
from corpus.fetching.sandbox import Sandbox
from corpus.fetching.settings import FetchSettings
from tests.corpus.conftest import fetched
from tests.corpus.servers import FILLER, Reply, Site, article, redirect


def test_a_refresh_tells_what_changed_and_asks_with_validators(
    corpus: Path, site: Site, settings: FetchSettings, sandbox: Sandbox
) -> None:
    page = article("Oil", FILLER, "Oil comes from stones, and it burns for a long time in the night.")
    site.pages["/oil"] = Reply(page, headers={"Content-Type": "text/html", "ETag": '"2"'})
    outcomes = fetched(corpus, settings, sandbox)
    assert {name: outcome.state for name, outcome in outcomes.items()} == {
        "good-oil": "changed",
        "ships": "unchanged",
        "a-ghost": "failed",
    }
    diff = outcomes["good-oil"].diff
    assert "-Oil comes from olives, and it burns for a long time in the night." in diff
    assert "+Oil comes from stones, and it burns for a long time in the night." in diff
    site.pages["/oil"] = Reply(b"", 304)
    assert fetched(corpus, settings, sandbox, "good-oil")["good-oil"].state == "unchanged"
    assert site.headers[-1]["if-none-match"] == '"2"'
    assert "stones" in load_corpus(corpus)[1].text


@pytest.mark.parametrize(
    "bad",
    [
        Reply(b"", 404),
        Reply(b"", 500),
        Reply(article("404 Not Found", "Sorry.")),
        Reply("", headers={"Content-Type": "text/html"}),
        Reply("%PDF-1.4", headers={"Content-Type": "application/pdf"}),
        Reply(b"\x89PNG", headers={"Content-Type": "image/png"}),
        Reply(b"x" * 3_000_000),
        redirect("http://10.0.0.1/"),
        redirect("/"),
    ],
    ids=["gone", "broken", "soft", "empty", "pdf", "image", "large", "private", "front"],
)
def test_a_bad_page_never_costs_the_last_good_snapshot(
    bad: Reply, corpus: Path, site: Site, settings: FetchSettings, sandbox: Sandbox
) -> None:
    before = {path: path.read_bytes() for path in (corpus / "snapshots" / "good-oil").rglob("*") if path.is_file()}
    site.pages |= {"/oil": bad, "/": Reply(article("Front", FILLER))}
    outcome = fetched(corpus, replace(settings, max_bytes=1_000_000), sandbox, "good-oil")["good-oil"]
    assert outcome.state == "kept"
    assert outcome.reason
    assert "Oil comes from olives" in load_corpus(corpus)[1].text
    attempt = corpus / "snapshots" / "good-oil" / "attempt.json"
    assert json.loads(attempt.read_text())["reason"] == outcome.reason
    assert {path: path.read_bytes() for path in before if path != attempt} == {
        path: data for path, data in before.items() if path != attempt
    }


def test_more_pages_than_the_limit_are_not_fetched(
    corpus: Path, site: Site, settings: FetchSettings, sandbox: Sandbox
) -> None:
    outcomes = fetched(corpus, replace(settings, max_pages=1), sandbox)
    assert [outcome.state for outcome in outcomes.values()] == ["unchanged", "kept", "failed"]
    assert "More than 1 pages" in outcomes["ships"].reason


def test_a_damaged_snapshot_is_fetched_again(
    corpus: Path, site: Site, settings: FetchSettings, sandbox: Sandbox
) -> None:
    for path in (corpus / "snapshots" / "good-oil").rglob("text.html"):
        path.write_text("changed by hand")
    with pytest.raises(CorpusError, match="askpost fetch good-oil"):
        load_corpus(corpus)
    assert fetched(corpus, settings, sandbox, "good-oil")["good-oil"].state == "new"
    assert "Oil comes from olives" in load_corpus(corpus)[1].text


def test_two_at_once_and_unknown_sources_are_errors(corpus: Path, settings: FetchSettings, sandbox: Sandbox) -> None:
    with pytest.raises(UnknownSourceError, match="nobody"):
        refresh(corpus, settings, only=["nobody"], sandbox=sandbox)
    with FileLock(corpus / "snapshots" / ".lock"), pytest.raises(CorpusError, match="Another process"):
        refresh(corpus, settings, sandbox=sandbox)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="permissions do not bind the administrator")
def test_a_read_only_corpus_is_an_error(corpus: Path, settings: FetchSettings, sandbox: Sandbox) -> None:
    (corpus / "snapshots" / "good-oil").chmod(0o500)
    try:
        with pytest.raises(CorpusError, match="cannot be written"):
            refresh(corpus, settings, sandbox=sandbox)
    finally:
        (corpus / "snapshots" / "good-oil").chmod(0o700)


def test_a_corpus_where_snapshots_cannot_lie_is_an_error(
    corpus: Path, settings: FetchSettings, sandbox: Sandbox
) -> None:
    shutil.rmtree(corpus / "snapshots")
    (corpus / "snapshots").write_text("a file")
    with pytest.raises(CorpusError, match="cannot be written"):
        refresh(corpus, settings, sandbox=sandbox)


def test_a_full_disk_costs_no_snapshot(
    corpus: Path, site: Site, settings: FetchSettings, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    site.pages["/oil"] = Reply(article("Oil", FILLER, "Other words, which need their room on the disk of the keeper."))
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(CorpusError, match="No space left"):
            refresh(corpus, settings, sandbox=sandbox)
    assert "Oil comes from olives" in load_corpus(corpus)[1].text
    assert fetched(corpus, settings, sandbox, "good-oil")["good-oil"].state == "changed"
    assert not list(corpus.rglob("*aside*"))
