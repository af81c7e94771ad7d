"""Links that are dead are taken from the Wayback Machine; here it is a server on loopback."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from corpus import load_corpus
from corpus.fetching.making import make_corpus
from corpus.fetching.sandbox import Sandbox
from corpus.fetching.settings import FetchSettings
from corpus.snapshots import current_snapshot
from tests.corpus.conftest import fetched, listed
from tests.corpus.servers import FILLER, Reply, Site, article, redirect


def archived(site: Site, page: Reply, stamp: str = "20140210093012") -> None:
    copy = f"/web/{stamp}id_/{site.url('/ghost')}"
    closest = {"available": True, "status": "200", "timestamp": stamp, "url": site.url(copy.replace("id_", ""))}
    site.pages |= {"/wayback": Reply(json.dumps({"archived_snapshots": {"closest": closest}})), copy: page}


@pytest.mark.parametrize(
    ("today", "why"),
    [
        (Reply(b"", 404), "404"),
        (Reply(b"", 503), "503"),
        (Reply(article("Page not found", "Sorry.")), "not there"),
        (redirect("/"), "front page"),
        (Reply("<html></html>"), "no text"),
    ],
    ids=["gone", "down", "soft", "front", "empty"],
)
def test_a_dead_link_is_taken_from_the_archive_near_the_posts_date(
    today: Reply, why: str, post: Path, site: Site, settings: FetchSettings, sandbox: Sandbox, tmp_path: Path
) -> None:
    archived(site, Reply(article("Ghosts", f"Ghosts carry lamps in the dark. {FILLER}")))
    site.pages |= {"/ghost": today, "/": Reply(article("Front", FILLER))}
    make_corpus(str(post), tmp_path / "out", follow_links=9, settings=settings, sandbox=sandbox)
    (asked,) = (path for path in site.asked if path.startswith("/wayback"))
    assert "timestamp=20140213" in asked
    found = current_snapshot(tmp_path / "out", "a-ghost")
    assert found
    assert found[0].archived == "2014-02-10"
    assert "Wayback Machine's copy of 2014-02-10" in found[0].note
    assert why in found[0].note
    source = load_corpus(tmp_path / "out")[3].source
    assert source.linked == site.url("/ghost")
    assert source.archive.startswith(site.url("/web/20140210093012id_/"))
    assert "Wayback" in source.basis
    assert fetched(tmp_path / "out", settings, sandbox, "a-ghost")["a-ghost"].state == "unchanged"


def test_a_page_that_dies_later_keeps_its_snapshot_and_asks_no_archive(
    corpus: Path, site: Site, settings: FetchSettings, sandbox: Sandbox
) -> None:
    archived(site, Reply(article("Ghosts", FILLER)))
    site.pages["/oil"] = Reply(b"", 404)
    site.asked.clear()
    assert fetched(corpus, settings, sandbox, "good-oil")["good-oil"].state == "kept"
    assert "Oil comes from olives" in load_corpus(corpus)[1].text
    assert not [path for path in site.asked if path.startswith("/wayback")]


def test_no_copy_in_the_archive_is_said_so(corpus: Path, settings: FetchSettings, sandbox: Sandbox) -> None:
    outcome = fetched(corpus, settings, sandbox, "a-ghost")["a-ghost"]
    assert outcome.state == "failed"
    assert "404" in outcome.reason
    assert "Wayback Machine has no copy" in outcome.reason


@pytest.mark.parametrize(
    "answer", [Reply("[1]"), Reply("no json"), Reply('{"archived_snapshots": {"closest": 1}}'), Reply(b"", 500)]
)
def test_an_archive_out_of_order_does_no_harm(
    answer: Reply, corpus: Path, site: Site, settings: FetchSettings, sandbox: Sandbox
) -> None:
    site.pages["/wayback"] = answer
    assert fetched(corpus, settings, sandbox, "a-ghost")["a-ghost"].state == "failed"


def test_an_archive_that_leads_inside_is_refused(
    corpus: Path, site: Site, settings: FetchSettings, sandbox: Sandbox
) -> None:
    closest = {"available": True, "status": "200", "url": "http://169.254.169.254/web/2014/http://x/"}
    site.pages["/wayback"] = Reply(json.dumps({"archived_snapshots": {"closest": closest}}))
    outcome = fetched(corpus, settings, sandbox, "a-ghost")["a-ghost"]
    assert "169.254.169.254 is refused" in outcome.reason


def test_a_copy_that_is_listed_is_used_if_the_archive_knows_none(
    site: Site, settings: FetchSettings, sandbox: Sandbox, tmp_path: Path
) -> None:
    site.pages["/web/2014id_/x"] = Reply("Old words.", headers={"Content-Type": "text/plain"})
    place = listed(
        tmp_path / "c",
        f'[[source]]\nid = "a"\nuse = "snapshot"\nlinked = "{site.url("/dead")}"\n'
        f'archive = "{site.url("/web/2014/x")}"\n',
    )
    assert fetched(place, settings, sandbox)["a"].state == "new"
    assert load_corpus(place)[0].text == "Old words."
