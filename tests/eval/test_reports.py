"""The Markdown and the HTML of a report: whole, escaped, and without any other host."""

import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from eval.report import Report
from eval.reports.html import page
from eval.reports.markdown import summary
from eval.reports.plots import reliability_diagram
from eval.run import compare, run
from eval.scoring import MEASURES
from tests.eval.fakes import (
    QUESTIONS,
    TEXTS,
    Damage,
    FakeSystem,
    always_abstains,
    report_of,
    wrong_reader,
    wrong_verdict,
)

HOSTILE = '<script>alert("1")</script> | **x** <img src=x onerror=y>'


def hostile_report() -> Report:
    questions = tuple(replace(q, id=HOSTILE + q.id, question=HOSTILE, type=HOSTILE) for q in QUESTIONS)
    ours, other = (run(FakeSystem(name=HOSTILE + n), questions, TEXTS) for n in "ab")
    return Report(HOSTILE, "f" * 64, HOSTILE, "2014-02-13T12:17:09+00:00", HOSTILE, (ours, other), {})


class Tags(HTMLParser):
    """What a page is made of."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[tuple[str, str | None]] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes.update(attrs)

    def handle_data(self, data: str) -> None:
        self.text += data


def parsed(report: Report) -> Tags:
    tags = Tags()
    tags.feed(page(report.to_json()))
    return tags


def test_the_page_has_every_measure_question_quote_and_plot() -> None:
    tags = parsed(report_of(wrong_reader))
    for measure in MEASURES.values():
        assert measure.label in tags.text
    for question in QUESTIONS:
        assert question.question in tags.text
        for gold in question.gold:
            assert gold.quote in tags.text
    assert page(report_of().to_json()).count("<svg") == 3
    assert "3 of 4 not right" in tags.text
    assert "0 of 4 not right" in tags.text
    assert not re.search(r"\bnan\b", tags.text, re.IGNORECASE)


def test_the_page_runs_nothing_and_names_no_other_host() -> None:
    tags = parsed(report_of(wrong_verdict))
    assert not tags.tags & {"script", "link", "img", "iframe", "object", "embed", "base", "form"}
    names = {name for name, _ in tags.attributes}
    assert not {name for name in names if name.startswith("on")}
    assert not names & {"src", "href", "xlink:href", "action"}
    hosts = set(re.findall(r"https?://[^\s\"'<)]+", page(report_of().to_json())))
    assert hosts <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}  # names, not addresses
    assert ("http-equiv", "Content-Security-Policy") in tags.attributes


def test_hostile_texts_stay_texts() -> None:
    tags = parsed(hostile_report())
    assert not tags.tags & {"script", "img"}
    assert HOSTILE in tags.text
    text = summary(hostile_report().to_json())
    assert "<script" not in text
    assert "<img" not in text
    assert "**x**" not in text
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows[: len(MEASURES) + 2]} == {5}


def test_ids_in_the_page_are_not_given_twice() -> None:
    ids = re.findall(r'\bid="([^"]+)"', page(report_of().to_json()))
    assert len(ids) == len(set(ids))


def test_markdown_has_figures_differences_and_cost() -> None:
    text = summary(report_of(wrong_reader).to_json())
    assert "| hit@1 | 0.00 <sub>0.00–0.00</sub> | 1.00 <sub>1.00–1.00</sub> | **-1.00 (-1.00 to -1.00)** |" in text
    assert "3 of 4 questions are not right" in text
    assert "| unanswerable-far | 1 | 1.00 | 1.00 |" in text
    assert "| perfect |" in text.split("peak memory, MB")[1]


@pytest.mark.parametrize("damage", [None, wrong_verdict, always_abstains])
def test_a_report_read_back_from_json_gives_the_same_page(damage: Damage | None) -> None:
    data = report_of(damage).to_json()
    again = json.loads(json.dumps(data))
    plain, expected = (re.sub(r"\bclip\d+", "clip", page(each)) for each in (again, data))  # numbered in the process
    assert plain == expected
    assert summary(again) == summary(data)


def test_only_probabilities_are_in_the_reliability_diagram() -> None:
    system = run(FakeSystem(probabilistic=False), QUESTIONS, TEXTS)
    report = Report("pets", "f" * 64, "test", "2014-02-13T12:17:09+00:00", "b1", (system,), {})
    assert reliability_diagram(report.to_json()) is None
    assert page(report.to_json()).count("<svg") == 2
    assert compare(system, system)["accuracy"].mean == 0.0
