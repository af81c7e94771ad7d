"""The page on scaling says what was stored; nothing is measured here."""

import json

from eval.bench import scale
from eval.machine import machine

RUN = {
    "created": "2014-02-13T12:17:09+00:00",
    "machine": machine(),
    "sizes": [{"passages": n, **dict.fromkeys(scale.PLOTTED, n / 7), "brought up to date": 1.0} for n in (100, 1_000)],
    "sample": 40.0,
    "load": [0.1, 2.0],
}


def test_the_page_is_what_the_stored_run_generates() -> None:
    page, stored = (scale.DOCS / scale.PAGE).read_text(encoding="utf-8"), scale.DOCS / scale.STORED
    assert stored.exists() == (scale.DOCS / scale.PLOT).exists() == (f"({scale.PLOT})" in page)
    if stored.exists():
        run = json.loads(stored.read_text(encoding="utf-8"))
        assert page == scale.into_page(page, run), "python -m eval.bench.scale --stored"


def test_only_what_is_between_the_marks_is_written() -> None:
    page = scale.into_page(f"Before.\n{scale.BEGIN}\nold\n{scale.END}\nAfter.\n", RUN)
    assert page.startswith(f"Before.\n{scale.BEGIN}")
    assert page.endswith(f"{scale.END}\nAfter.\n")
    assert "old" not in page
    assert "| build s | 14.3 | 143 |" in page
    assert "load was 0.1 at the start and 2.0 at the end" in page
    assert scale.into_page(page, RUN) == page


def test_a_document_is_always_the_same_and_its_sentences_are_its_own() -> None:
    document = scale.document(7)
    assert document == scale.document(7)
    assert all(document.quote(sentence).endswith(".") for sentence in document.sentences)
