"""A post on a server on loopback whose pages are fetched into a corpus, and what a reader sees of a page."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from corpus.documents import Document, Source
from corpus.fetching.formats import extract
from corpus.fetching.making import make_corpus
from corpus.fetching.refreshing import Outcome, refresh
from corpus.fetching.sandbox import Sandbox
from corpus.fetching.settings import FetchSettings
from corpus.reading import read_extract
from tests.corpus.servers import FILLER, Reply, Site, article, serving

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


def document(body: bytes | str, content_type: str = "text/html", address: str = "http://a.example/b/c") -> Document:
    data = body.encode() if isinstance(body, str) else body
    return read_extract(Source(id="x", title=""), extract(data, content_type, address)[1])


def text(body: bytes | str, content_type: str = "text/html", address: str = "http://a.example/b/c") -> str:
    return document(body, content_type, address).text
