"""`make_corpus`: a file, an address or a folder becomes a corpus with the pages that it links to."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from corpus import load_corpus
from corpus.errors import CorpusError, NoDocumentsError
from corpus.fetching.errors import FetchError
from corpus.fetching.making import make_corpus
from corpus.fetching.sandbox import Sandbox
from corpus.fetching.settings import FetchSettings
from corpus.loading import BUNDLED
from corpus.snapshots import current_snapshot
from tests.corpus.conftest import entries
from tests.corpus.servers import FILLER, Reply, Site, article, redirect


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


def test_a_page_brings_no_orders_into_the_list(
    site: Site, settings: FetchSettings, sandbox: Sandbox, tmp_path: Path
) -> None:
    """Words of a page end up in sources.toml as strings, whatever they look like."""
    site.pages["/p"] = Reply(article('x"\n[[source]]\nid = "evil"\nfile = "/etc/passwd"', FILLER))
    make_corpus(site.url("/p"), tmp_path / "out", follow_links=5, settings=settings, sandbox=sandbox)
    assert list(entries(tmp_path / "out")) == ["post"]
