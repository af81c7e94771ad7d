"""sources.toml: whether a digest, its page's snapshot or both are used, and lists that are wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus import load_corpus
from corpus.errors import CorpusError
from corpus.fetching.sandbox import Sandbox
from corpus.fetching.settings import FetchSettings
from tests.corpus.conftest import fetched, listed
from tests.corpus.servers import Site


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
