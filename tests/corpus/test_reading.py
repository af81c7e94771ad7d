"""Reading: what a reader of the rendered page sees, with exact offsets, on any input."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus import Document, Source, load_corpus, read_document
from corpus.errors import NoDocumentsError, SourceListError, UnreadableFileError
from corpus.reading import clean_text, read_text
from corpus.sentences import MAX_SENTENCE, split_sentences

PIECES = """# A heading
plain words. and more words
- item one
> quoted. text
a [link](http://example.org/x) here.
<script>alert(1)</script>
<b>bold</b> text!
naïve café — “quote”. (aside) Next
日本語の文。次の文。
\u202eabc
&amp; &lt;b&gt;
***
---
| a | b |""".split("\n")
FENCED = ["\n", "\r\n", "```\ncode {x}\n```\n", "|---|---|\n| 1 | 2 |\n", "---\ntitle: x\n---\n"]
MARKDOWN = st.lists(st.sampled_from([*(piece + "\n" for piece in PIECES), *FENCED]) | st.text(max_size=200))


def quotes(document: Document) -> list[str]:
    return [document.quote(sentence) for sentence in document.sentences]


def read(text: str, *, markdown: bool = True) -> Document:
    return read_document(Source(id="x", title=""), clean_text(text), markdown=markdown)


def check_offsets(document: Document) -> None:
    """Sentences are in order, apart, trimmed, and hold all of the text but white space."""
    position = 0
    for sentence in document.sentences:
        assert sentence.start >= position
        assert not document.text[position : sentence.start].strip()
        assert document.quote(sentence) == document.quote(sentence).strip() != ""
        section = document.sections[sentence.section]
        assert section.start <= sentence.start
        assert sentence.end <= section.end
        position = sentence.end
    assert not document.text[position:].strip()


@settings(max_examples=150, deadline=None)
@given(MARKDOWN, st.booleans())
def test_offsets_are_exact_on_any_document(parts: list[str], markdown: bool) -> None:
    check_offsets(read("".join(parts), markdown=markdown))


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=1_500))
def test_sentences_cover_any_text(text: str) -> None:
    spans = split_sentences(text)
    assert "".join("".join(text[start:end].split()) for start, end in spans) == "".join(text.split())
    assert all(end - start <= MAX_SENTENCE for start, end in spans)
    assert all(one[1] <= other[0] for one, other in pairwise(spans))


@pytest.mark.parametrize(
    "text", ["", "\n\n", "\ufeff", "```\nonly = code\n```", "x" * 300_000, "word " * 60_000, "a.\r\nb.\r\n"]
)
def test_odd_documents(text: str) -> None:
    for markdown in (True, False):
        check_offsets(read(text, markdown=markdown))


def test_the_post_is_what_its_reader_sees() -> None:
    post = load_corpus()[0]
    said = quotes(post)
    assert said[:3] == [
        "Title: docker packer VM oh my",
        "Date: 13 February 2014 (2014-02-13 12:17:09 -0600)",
        "Categories: sysadmin",
    ]
    assert "docker is a souped–up version of lxc or to a lesser extent freebsd jails." in said
    assert "Not exactly." in said
    assert "docker shares the kernel and base os, while a VM is it's own entity." in said
    assert 'As the docker says in their intro slide deck, it\'s designed to "ship code."' in said
    assert any("os ontop of hypervisor (that controls the VMs)" in quote for quote in said)
    assert [section.title for section in post.sections] == ["", "docker", "VM", "packer", "Links"]
    assert len(post.links) == 7
    assert "__" not in post.text
    assert "â" not in post.text


def test_every_link_of_the_post_has_a_digest() -> None:
    post, *digests = load_corpus()
    assert [digest.source.id for digest in digests] == [
        "docker-home", "docker-intro-slides", "lxc", "freebsd-jails", "tdd", "packer-home", "digitalocean",
    ]  # fmt: skip
    assert {digest.source.linked.rstrip("/") for digest in digests} == {link.url.rstrip("/") for link in post.links}
    for digest in digests:
        body = [
            quote for sentence, quote in zip(digest.sentences, quotes(digest), strict=True) if sentence.kind == "prose"
        ]
        assert 300 <= sum(len(quote.split()) for quote in body) <= 600
        assert "digest" in body[0]
        assert digest.source.kind == "digest"
        assert digest.source.today.startswith("https://")
        assert digest.source.archive.startswith("https://web.archive.org/web/201402")


def test_an_aside_belongs_to_the_sentence_before_it() -> None:
    assert quotes(read("It runs. (on linux) It stops.")) == ["It runs. (on linux)", "It stops."]


def test_scripts_are_not_seen_and_entities_are() -> None:
    document = read("before <script>alert(1)</script> after\n\n&lt;script&gt; is text")
    assert "alert" not in document.text
    assert "<script> is text" in document.text


def test_wrapped_plain_text_is_joined_and_short_lines_are_kept() -> None:
    wrapped = "This line was wrapped by an editor at about sixty characters\nand so it goes on here. Done."
    assert quotes(read(wrapped, markdown=False))[1] == "Done."
    assert quotes(read("roses\nviolets", markdown=False)) == ["roses", "violets"]


def test_a_folder_names_its_sources_by_path(folder: Callable[[dict[str, str]], Path]) -> None:
    place = folder(
        {
            "b.txt": "Plain.",
            "a/deep.md": "# Deep\n\nText.",
            "same.md": "One.",
            "same.txt": "Two.",
            ".hidden.md": "No.",
            "c.pdf": "no",
        }
    )
    documents = load_corpus(place)
    assert [document.source.id for document in documents] == ["a/deep", "b", "same.md", "same.txt"]
    assert documents[0].source.title == "Deep"


def test_a_folder_without_documents_is_an_error(tmp_path: Path) -> None:
    for place in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(NoDocumentsError):
            load_corpus(place)
    (tmp_path / "empty.md").write_text(" \n")
    with pytest.raises(NoDocumentsError):
        load_corpus(tmp_path)


def test_links_out_of_the_folder_are_not_followed(folder: Callable[[dict[str, str]], Path], tmp_path: Path) -> None:
    place = folder({"in.md": "Inside."})
    (tmp_path / "secret.md").write_text("Outside.")
    (place / "link.md").symlink_to(tmp_path / "secret.md")
    assert [document.source.id for document in load_corpus(place)] == ["in"]


def test_what_is_not_text_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"\x00\x01\x02binary")
    with pytest.raises(UnreadableFileError, match="not a text file"):
        load_corpus(tmp_path)


def test_latin_text_is_decoded(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes("caf\u00e9 au lait".encode("cp1252"))
    assert read_text(tmp_path / "a.txt") == "café au lait"


@pytest.mark.parametrize(
    "listing",
    ["not toml [", "", '[[source]]\nid = "a"\n', '[[source]]\nid = "a"\nfile = "a.md"\nkind = "book"\n',
     '[[source]]\nid = "a"\nfile = "../out.md"\n', '[[source]]\nid = "a"\nfile = "a.md"\nname = "b"\n',
     '[[source]]\nid = "a"\nfile = "a.md"\n[[source]]\nid = "a"\nfile = "a.md"\n'],
)  # fmt: skip
def test_a_wrong_source_list_is_an_error(folder: Callable[[dict[str, str]], Path], listing: str) -> None:
    with pytest.raises(SourceListError):
        load_corpus(folder({"a.md": "Text.", "sources.toml": listing}))
