"""Text made safe, sources set in type, and answers in pieces."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some
from markdown_it import MarkdownIt

from app.contract import Checked
from app.web.markup import Quote, Words, checked_html, confidence_words, notes_html, pieces, verdict_html
from app.web.panel import Place, find
from app.web.text import as_html, as_label, as_markdown, clean, revealed, web_address
from app.web.typeset import Mark, typeset
from corpus import Source, read_document
from tests.web.stub import StubAssistant
from tests.web.test_chats import ANSWER, CITATION

TEXT = some.text(min_size=1, max_size=200)
HOSTILE = "<script>x</script> <img onerror=x> &amp; \"'` **b** [l](javascript:x) :material/home: $x$ https://a.b"


def tags(text: str) -> set[str]:
    return set(re.findall(r"<(\w+)", text))


def words(text: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", text))


@given(TEXT)
def test_html_says_the_text_and_nothing_else(text: str) -> None:
    assert html.unescape(as_html(text)) == html.unescape(html.escape(clean(text)))
    assert "<" not in as_html(text)


@given(some.text(some.characters(codec="utf-8", exclude_categories=("Cc", "Zl", "Zp", "Zs")), min_size=1, max_size=80))
def test_markdown_says_the_text_and_nothing_else(text: str) -> None:
    rendered = MarkdownIt("commonmark", {"html": True}).render("x" + as_markdown(text) + "x")
    assert words(rendered).strip() == f"x{clean(text)}x"


def test_labels_are_one_line_and_cut() -> None:
    assert as_label("a\n b  c") == "a b c"
    assert as_label("word " * 40, 20) == "word word word word…"
    assert as_label(HOSTILE, 500).startswith(r"\<script\>x\<\/script\>")


def test_marks_that_turn_or_hide_text_are_shown() -> None:
    assert clean("a\u202eb\x00c\ud800\u2066d\n\te") == "a\ufffdb\ufffdc\ufffd\ufffdd\n\te"


@given(TEXT)
def test_word_groups_hold_the_whole_text(text: str) -> None:
    body, following = revealed(text, 5)
    assert words(body) == html.unescape(html.escape(clean(text)))
    assert following == 5 + body.count("<span")


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "//a.b", "http://", "http://[", "file:///etc", ""]
)
def test_only_web_addresses_become_links(url: str) -> None:
    assert web_address(url) == ""


def test_web_addresses_are_kept() -> None:
    assert web_address("HTTPS://a.b/c#:~:text=d") == "HTTPS://a.b/c#:~:text=d"


DOCUMENT = """# Heading <b>

A paragraph. With *two* sentences.

- item one
- item two

```
code <script>
```

The end."""


@given(some.lists(some.tuples(some.integers(-5, 200), some.integers(-5, 200)), max_size=6), some.integers(0, 5))
def test_a_set_source_keeps_every_character_and_marks_the_right_ones(spans: list[tuple[int, int]], target: int) -> None:
    document = read_document(Source("a", "A"), DOCUMENT, markdown=True)
    marks = [Mark(a, b, n == target) for n, (a, b) in enumerate(spans)]
    body = typeset(document.text, STORED, marks)
    assert re.sub(r"\s+", "", words(body)) == re.sub(r"\s+", "", document.text)
    marked = "".join(re.findall(r"<mark[^>]*>(.*?)</mark>", body, re.DOTALL))
    inside = {i for a, b in spans for i in range(max(a, 0), min(b, len(document.text)))}
    expected = "".join(document.text[i] for i in sorted(inside))
    assert re.sub(r"\s+", "", words(marked)) == re.sub(r"\s+", "", expected)
    assert tags(body) <= {"div", "h4", "p", "ul", "li", "pre", "mark"}


def _stored() -> list:  # type: ignore[type-arg] # of stored sentences
    import tempfile

    stub = StubAssistant([read_document(Source("a", "A"), DOCUMENT, markdown=True)], Path(tempfile.mkdtemp()))
    return stub.store.sentences_of_source("a")


STORED = _stored()


def test_quotes_are_cut_from_the_answer_and_later_ones_are_lesser() -> None:
    second = replace(CITATION, n=2, quote="So it is.")
    third = replace(CITATION, n=3, quote="Never quoted.")
    answer = replace(ANSWER, answer="Yes. “It is.” [1]\nSee also: “So it is.” [2]", citations=(CITATION, second, third))
    assert pieces(answer) == [Quote(CITATION, True), Words("See also:"), Quote(second, False), Quote(third, False)]


def test_several_leading_quotes_are_all_main() -> None:
    second = replace(CITATION, n=2, quote="So it is.")
    answer = replace(ANSWER, verdict=None, answer="“It is.” [1]\n“So it is.” [2]", citations=(CITATION, second))
    assert pieces(answer) == [Quote(CITATION, True), Quote(second, True)]


def test_written_text_stays_words() -> None:
    answer = replace(ANSWER, verdict=None, answer="A model wrote <this> [1].")
    assert pieces(answer) == [Words("A model wrote <this> [1]."), Quote(CITATION, False)]


def test_the_badge_alone_says_the_verdict() -> None:
    answer = replace(ANSWER, verdict="yes", answer="Yes. It is so. [1]\nYes. “It is.” [1]")
    assert pieces(answer) == [Words("It is so. [1]"), Quote(CITATION, True)]


def test_badges() -> None:
    assert "ap-verdict-yes" in verdict_html(ANSWER)
    assert "ap-verdict-no" in verdict_html(replace(ANSWER, verdict="no"))
    assert verdict_html(replace(ANSWER, verdict=None)) == ""
    silent = verdict_html(replace(ANSWER, verdict=None, abstained=True, answer="The post does not say. Nothing."))
    assert words(silent) == "Verdict: The post does not say"


def test_notes_say_how_the_question_was_understood() -> None:
    assert words(notes_html(ANSWER)) == "Understood as “is docker it?” · Read “ti” as “it” · Sure · 2 ms"
    assert [confidence_words(c) for c in (0.99, 0.7, 0.4, 0.1)] == ["Sure", "Fairly sure", "Not very sure", "Unsure"]


def test_what_a_language_model_did_is_said() -> None:
    struck = Checked("It <b>flies</b>.", (1,), False, "no quote says so")
    kept = Checked("It walks.", (1, 2), True, "")
    said = words(notes_html(replace(ANSWER, backend="ollama:x")))
    assert "Phrased by ollama:x from the quotes" in said
    said = words(notes_html(replace(ANSWER, backend="ollama:x", notice="It was <slow>.")))
    assert said.endswith("It was <slow>.")
    assert "Phrased by" not in said
    assert '<s dir="auto">It &lt;b&gt;flies&lt;/b&gt;. [1]</s>' in checked_html([kept, struck])
    assert words(checked_html([kept])) == "It walks. [1] [2]Borne out by the quotes."
    assert words(checked_html([struck])).endswith("Struck: no quote says so.")
    assert checked_html([]) == ""


def test_a_passage_is_found_where_it_moved_to() -> None:
    assert find("abcdef", Place("a", "cd", 2, 4)) == (2, 4)
    assert find("xxabcdef", Place("a", "cd", 2, 4)) == (4, 6)
    assert find("gone", Place("a", "cd", 2, 4)) is None
