"""Questions about a document are told from questions about its subject, and answered from its head and links."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.about import about_lines, about_verdict, asked_labels
from corpus import Source, read_document
from index.building import build_index
from index.retrieval import Retriever
from index.text_store import TextStore

POST = """---
title: Fences and gardens
date: 2013-02-11
categories: gardening
---

We put up a [larch fence](http://example.org/larch) and read on [worms](http://example.org/worm-bin).
"""
PAGE = "---\ntitle: Larch\ndate: 2019-05-01\n---\n\nLarch is a wood that lasts.\n"


@pytest.fixture(scope="module")
def store(new_home: Callable[[], Path]) -> Iterator[TextStore]:
    """A post and a page that it links to."""
    home = new_home()
    documents = [
        read_document(Source(id="post", title="", kind="post"), POST),
        read_document(Source(id="larch", title="", kind="page"), PAGE),
    ]
    build_index(documents, home)
    retriever = Retriever.open(home)
    yield retriever.store
    retriever.close()


@pytest.mark.parametrize(
    ("question", "line"),
    [
        ("When was this written?", "Date: 11 February 2013 (2013-02-11)"),
        ("when did the author publish this", "Date: 11 February 2013 (2013-02-11)"),
        ("date of the garden post", "Date: 11 February 2013 (2013-02-11)"),
        ("when was the Larch page published", "Date: 1 May 2019 (2019-05-01)"),
        ("title?", "Title: Fences and gardens"),
        ("under which categories", "Categories: gardening"),
        ("which link is given for worms", "Link: worms (http://example.org/worm-bin)"),
        ("link for Larch", "Link: larch fence (http://example.org/larch)"),
        ("where can I read more about worms?", "Link: worms (http://example.org/worm-bin)"),
    ],
)
def test_a_line_answers(store: TextStore, question: str, line: str) -> None:
    assert next(one.text for one in about_lines(question, store)) == line


def test_all_links_answer_a_question_about_no_special_one(store: TextStore) -> None:
    assert len(about_lines("what does the post link to?", store)) == 2
    lines = [line.text for line in about_lines("does it link to anything on tulips?", store)]
    assert about_verdict("does it link to anything on tulips?", lines) == "no"


@pytest.mark.parametrize(
    "question",
    [
        "When was the larch fence first released?",
        "who is the author of Larch?",
        "what is the name of the author's dog?",
        "what happens when two people edit the same document?",
        "how do I find dead links inside my site",
        "is the wiki kept up to date?",
        "Which site was faster, Larch or Oak?",
    ],
)
def test_questions_about_the_subject_are_none_about_the_document(store: TextStore, question: str) -> None:
    assert about_lines(question, store) == []


def test_a_date_is_asked_of_the_post_only_where_nothing_else_is_named() -> None:
    assert asked_labels("when was it published?") == ("Date",)
    assert asked_labels("when was the first edition published?") == ()
    assert asked_labels("when was the post about the first edition published?") == ("Date",)
