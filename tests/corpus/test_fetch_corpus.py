"""`askpost new` and `askpost fetch` against a real server on loopback."""

from __future__ import annotations

import errno
import json
import os
import shutil
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import typer
from filelock import FileLock
from typer.testing import CliRunner

from app.commands_corpus import register
from corpus import load_corpus
from corpus.errors import CorpusError, NoDocumentsError, UnknownSourceError
from corpus.fetching.errors import FetchError
from corpus.fetching.making import make_corpus
from corpus.fetching.refreshing import Outcome, refresh
from corpus.fetching.sandbox import Sandbox
from corpus.fetching.settings import FetchSettings
from corpus.loading import BUNDLED
from corpus.snapshots import current_snapshot
from tests.corpus.servers import FILLER, Reply, Site, article, redirect, serving

POST = (
    "---\ntitle: Of lamps\ndate: 2014-02-13 12:00:00\n---\n\n"
    "Lamps need [good oil]({0}/oil), as [ships]({0}/ships#deck) do, says [a ghost]({0}/ghost).\n"
    "See [oil again]({0}/oil/) and [a picture]({0}/lamp.png) and [mail](mailto:a@b.example).\n"
)


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as site:
        site.pages |= {
            "/oil": Reply(article("Oil", FILLER, "Oil comes from olives, and it burns for a long time in the night.")),
            "/ships": Reply("# Ships\n\nShips carry lamps.\n", headers={"Content-Type": "text/markdown"}),
            "/wayback": Reply('{"archived_snapshots": {}}'),
        }
        yield site


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(20) as sandbox:
        yield sandbox


@pytest.fixture
def settings(site: Site) -> FetchSettings:
    return FetchSettings(delay=0.0, attempts=1, seconds=3.0, archive=site.url("/wayback"), allow_loopback=True)


@pytest.fixture
def post(site: Site, tmp_path: Path) -> Path:
    path = tmp_path / "post.md"
    path.write_text(POST.format(site.url("")))
    return path


@pytest.fixture
def corpus(post: Path, settings: FetchSettings, sandbox: Sandbox, tmp_path: Path) -> Path:
    """A corpus of the post with two pages, one of them HTML, and a dead link."""
    make_corpus(str(post), tmp_path / "lamps", follow_links=9, settings=settings, sandbox=sandbox)
    return tmp_path / "lamps"


def entries(corpus: Path) -> dict[str, dict[str, str]]:
    return {entry["id"]: entry for entry in tomllib.loads((corpus / "sources.toml").read_text())["source"]}


def fetched(corpus: Path, settings: FetchSettings, sandbox: Sandbox, *only: str) -> dict[str, Outcome]:
    return {outcome.source: outcome for outcome in refresh(corpus, settings, only=only, sandbox=sandbox)}


def listed(corpus: Path, text: str) -> Path:
    corpus.mkdir(exist_ok=True)
    (corpus / "sources.toml").write_text(text)
    return corpus


# Making.


def test_a_file_becomes_a_corpus_with_its_links(corpus: Path, site: Site, post: Path) -> None:
    assert list(entries(corpus)) == ["post", "good-oil", "ships", "a-ghost"]
    assert entries(corpus)["good-oil"] == {
        "id": "good-oil",
        "title": "good oil",
        "kind": "page",
        "linked": site.url("/oil"),
        "use": "snapshot",
        "near": "2014-02-13",
    }
    assert (corpus / "post.md").read_bytes() == post.read_bytes()
    documents = {document.source.id: document for document in load_corpus(corpus)}
    assert list(documents) == ["post", "good-oil", "ships"]  # the ghost has no page, and no file either
    assert documents["good-oil"].source.title == "Oil"
    assert documents["good-oil"].source.url == site.url("/oil")
    assert "Oil comes from olives" in documents["good-oil"].text
    assert "merchandise" not in documents["good-oil"].text
    assert documents["ships"].text == "Ships\n\nShips carry lamps."
    assert site.asked.count("/oil") == 1


def test_a_snapshot_holds_all_there_is_to_know(corpus: Path, site: Site) -> None:
    found = current_snapshot(corpus, "good-oil")
    assert found
    snapshot, _ = found
    (place,) = (path for path in (corpus / "snapshots" / "good-oil").iterdir() if path.is_dir())
    assert (place / "raw.html").read_text() == article(
        "Oil", FILLER, "Oil comes from olives, and it burns for a long time in the night."
    )
    assert snapshot.address == snapshot.requested == site.url("/oil")
    assert snapshot.content_type == "text/html"
    assert snapshot.fetched.endswith("+00:00")
    assert json.loads((corpus / "snapshots" / "a-ghost" / "attempt.json").read_text())["state"] == "failed"


def test_an_address_becomes_a_corpus(site: Site, settings: FetchSettings, sandbox: Sandbox, tmp_path: Path) -> None:
    link = f'Long ago, lamps were filled with <a href="oil">good oil</a>, and that was all there was to it. {FILLER}'
    head = '<meta property="article:published_time" content="2014-02-13">'
    site.pages |= {"/old": redirect("/blog"), "/blog": Reply(article("Of lamps", FILLER, link, head=head))}
    make_corpus(site.url("/old"), tmp_path / "out", follow_links=5, settings=settings, sandbox=sandbox)
    assert list(entries(tmp_path / "out")) == ["post", "good-oil"]
    assert entries(tmp_path / "out")["post"]["date"] == "2014-02-13"
    first, second = load_corpus(tmp_path / "out")
    assert (first.source.kind, first.source.title, first.source.url) == ("post", "Of lamps", site.url("/blog"))
    assert second.source.url == site.url("/oil")


def test_a_folder_becomes_a_corpus(settings: FetchSettings, sandbox: Sandbox, site: Site, tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    (notes / "deep").mkdir(parents=True)
    (notes / "deep" / "a.md").write_text(f"# A\n\nSee [oil]({site.url('/oil')}).")
    (notes / "b.html").write_text(article("Bees", FILLER))
    (notes / "c.png").write_bytes(b"no")
    (tmp_path / "secret.md").write_text("secret")
    (notes / "link.md").symlink_to(tmp_path / "secret.md")
    make_corpus(str(notes), tmp_path / "out", follow_links=5, settings=settings, sandbox=sandbox)
    documents = load_corpus(tmp_path / "out")
    assert [document.source.id for document in documents] == ["b", "deep/a", "oil"]
    assert [document.source.title for document in documents] == ["Bees", "A", "Oil"]
    assert not list((tmp_path / "out").rglob("link.md"))


def test_the_bundled_post_can_be_copied(settings: FetchSettings, sandbox: Sandbox, tmp_path: Path) -> None:
    make_corpus("bundled", tmp_path / "out", follow_links=0, settings=settings, sandbox=sandbox)
    assert [d.text for d in load_corpus(tmp_path / "out")] == [d.text for d in load_corpus(BUNDLED)]


@pytest.mark.parametrize("name", ["post.html", "post.rst", "post.txt"])
def test_files_of_other_kinds_become_posts(
    name: str, settings: FetchSettings, sandbox: Sandbox, tmp_path: Path
) -> None:
    (tmp_path / name).write_text(article("Bees", FILLER) if name.endswith("html") else f"Bees\n====\n\n{FILLER}\n")
    make_corpus(str(tmp_path / name), tmp_path / "out", follow_links=5, settings=settings, sandbox=sandbox)
    (document,) = load_corpus(tmp_path / "out")
    assert document.source.kind == "post"
    assert "The harbour was quiet" in document.text


def test_only_as_many_links_are_followed_as_asked_for(
    post: Path, settings: FetchSettings, sandbox: Sandbox, site: Site, tmp_path: Path
) -> None:
    make_corpus(str(post), tmp_path / "one", follow_links=1, settings=settings, sandbox=sandbox)
    assert list(entries(tmp_path / "one")) == ["post", "good-oil"]
    site.asked.clear()
    make_corpus(str(post), tmp_path / "none", follow_links=0, settings=settings, sandbox=sandbox)
    assert list(entries(tmp_path / "none")) == ["post"]
    assert not site.asked


def test_hostile_link_words_make_harmless_ids(
    settings: FetchSettings, sandbox: Sandbox, site: Site, tmp_path: Path
) -> None:
    links = [
        f"[{words}]({site.url('/x')}{n})" for n, words in enumerate(["../../etc", "ships", "Ships!", "日本", "con", ""])
    ]
    (tmp_path / "p.md").write_text("Links: " + " and ".join(links))
    make_corpus(str(tmp_path / "p.md"), tmp_path / "out", follow_links=9, settings=settings, sandbox=sandbox)
    netloc = f"127-0-0-1-{site.port}"
    assert list(entries(tmp_path / "out")) == ["post", "etc", "ships", "ships-2", "page", "con", netloc]
    assert {path.name for path in tmp_path.iterdir()} == {"p.md", "out"}


def test_nothing_is_written_over_and_nothing_half_made_is_left(
    post: Path, settings: FetchSettings, sandbox: Sandbox, site: Site, tmp_path: Path
) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine")
    with pytest.raises(CorpusError, match="already"):
        make_corpus(str(post), tmp_path / "full", follow_links=0, settings=settings, sandbox=sandbox)
    assert (tmp_path / "full" / "mine.txt").read_text() == "mine"
    for origin, error in (
        (site.url("/nowhere"), FetchError),
        ("no.md", NoDocumentsError),
        ("file:///etc/hosts", FetchError),
    ):
        with pytest.raises(error):
            make_corpus(origin, tmp_path / "out", follow_links=0, settings=settings, sandbox=sandbox)
        assert not (tmp_path / "out").exists()


# Refreshing.


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


def test_a_page_brings_no_orders_into_the_list(
    site: Site, settings: FetchSettings, sandbox: Sandbox, tmp_path: Path
) -> None:
    """Words of a page end up in sources.toml as strings, whatever they look like."""
    site.pages["/p"] = Reply(article('x"\n[[source]]\nid = "evil"\nfile = "/etc/passwd"', FILLER))
    make_corpus(site.url("/p"), tmp_path / "out", follow_links=5, settings=settings, sandbox=sandbox)
    assert list(entries(tmp_path / "out")) == ["post"]


# The archive.


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


# Digest, snapshot, or both.


@pytest.mark.parametrize(("use", "ids"), [("file", ["a"]), ("snapshot", ["a"]), ("both", ["a", "a-page"])])
def test_a_digest_is_used_beside_or_instead_of_its_page(
    use: str, ids: list[str], site: Site, settings: FetchSettings, sandbox: Sandbox, tmp_path: Path
) -> None:
    entry = (
        f'[[source]]\nid = "a"\ntitle = "Digest: oil"\nkind = "digest"\nfile = "a.md"\nlinked = "{site.url("/oil")}"\n'
    )
    place = listed(tmp_path / "c", f'use = "{use}"\n{entry}')
    (place / "a.md").write_text("Our own words.")
    assert [document.text for document in load_corpus(place)] == ["Our own words."]
    fetched(place, settings, sandbox)
    documents = load_corpus(place)
    assert [document.source.id for document in documents] == ids
    assert documents[0].source.kind == ("page" if use == "snapshot" else "digest")
    assert ("Oil comes" in documents[-1].text) == (use != "file")
    assert len(load_corpus(place, "both")) == 2
    assert load_corpus(place, "file")[0].text == "Our own words."
    (place / "sources.toml").write_text(f'{entry}use = "{use}"\n')
    assert [document.source.id for document in load_corpus(place)] == ids


@pytest.mark.parametrize(
    "bad",
    [
        'use = "neither"\n[[source]]\nid = "a"\nfile = "a.md"',
        '[[source]]\nid = "a"\nfile = "a.md"\nuse = "neither"',
        '[[source]]\nid = "a"\nuse = "both"',
        '[[source]]\nid = "a"\nfile = "a.md"\nuse = "both"\n[[source]]\nid = "a-page"\nfile = "a.md"',
        '[[source]]\nid = "../a"\nuse = "snapshot"',
        '[[source]]\nid = "a"\nfile = "../a.md"',
    ],
)
def test_a_list_that_is_wrong_says_so(bad: str, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("Outside.")
    listed(tmp_path / "c", bad)
    (tmp_path / "c" / "a.md").write_text("Inside.")
    with pytest.raises(CorpusError, match=r"sources\.toml|source id"):
        load_corpus(tmp_path / "c")


# The command line, with the real worker.


def test_the_verbs(post: Path, site: Site, tmp_path: Path) -> None:
    app = typer.Typer()
    register(app)
    common = ["--allow-loopback", "--delay", "0", "--archive", ""]
    made = CliRunner().invoke(app, ["new", str(post), "--out", str(tmp_path / "o"), "--follow-links", "2", *common])
    assert made.exit_code == 0, made.output
    assert [line.split()[:2] for line in made.output.splitlines()[:2]] == [["new", "good-oil"], ["new", "ships"]]
    site.pages["/ships"] = Reply(
        "# Ships\n\nShips carry [bold]oil[/bold].\n", headers={"Content-Type": "text/markdown"}
    )
    again = CliRunner().invoke(app, ["fetch", "--corpus", str(tmp_path / "o"), "ships", *common])
    assert again.exit_code == 0, again.output
    assert "changed   ships" in again.output
    assert "    -Ships carry lamps.\n    +Ships carry [bold]oil[/bold]." in again.output
    bundled = CliRunner().invoke(app, ["fetch"])
    assert isinstance(bundled.exception, CorpusError)
