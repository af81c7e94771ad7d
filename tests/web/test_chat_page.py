"""The chat page through Streamlit's AppTest, over the stub assistant."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from streamlit.testing.v1 import AppTest

from app.backends import LanguageModel, Phrasing
from app.contract import Checked, Turn
from app.entailment import Entailment
from app.web.phrased import in_flight_html
from tests.serving.lying_server import lying_server
from tests.web.conftest import buttons, press, shown
from tests.web.stub import StubAssistant

KERNEL = "does docker share a kernel?"
OpenPage = Callable[..., AppTest]


def visible(page: AppTest) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", shown(page)))


def test_question_is_answered_with_verdict_quote_and_citation(open_page: OpenPage) -> None:
    page = open_page()
    page.chat_input[0].set_value(KERNEL).run()
    assert not page.exception
    assert '<p class="ap-verdict ap-verdict-yes">' in shown(page)
    assert "docker shares the kernel and base os, while a VM is it&#x27;s own entity." in visible(page)
    chip = buttons(page, "cite-")[0]
    assert chip.label.startswith("**1**")
    assert chip.help.startswith("Post: ")


def test_citation_opens_the_whole_source_with_the_quote_marked(open_page: OpenPage, stub: StubAssistant) -> None:
    page = open_page(q=KERNEL)
    press(page, "cite-")
    panel = next(html.value for html in page.html if "ap-source" in html.value and "<mark" in html.value)
    marked = re.findall(r'<mark class="ap-target">(.*?)</mark>', panel)
    assert marked == ["docker shares the kernel and base os, while a VM is it&#x27;s own entity."]
    words = re.sub(r"<[^>]+>", "", panel)
    assert "So I&#x27;ve been caught up" in words
    assert "between hypervisors." in words
    press(page, "panel_next")
    assert any("Passage 2 of 3" in html.value for html in page.html)
    press(page, "panel_previous")
    press(page, "panel_previous")
    assert any("Passage 3 of 3" in html.value for html in page.html)
    assert {link.label for link in page.link_button} == {"Open original", "Archived copy"}


def test_unanswerable_question_says_so_and_offers_reading(open_page: OpenPage) -> None:
    page = open_page(q="zebra xylophone?")
    assert "The post does not say" in visible(page)
    assert "They are not an answer" in visible(page)
    assert not buttons(page, "cite-")
    press(page, "near-")
    assert 'class="ap-target"' in shown(page)


def test_link_opens_answered_and_a_reload_asks_nothing(open_page: OpenPage, stub: StubAssistant) -> None:
    page = open_page(q=KERNEL)
    assert "ap-verdict-yes" in shown(page)
    chat = page.session_state["chat"]
    open_page(chat=chat)
    open_page(q=KERNEL)
    page.run()
    assert [question for question, _ in stub.asked] == [KERNEL]


def test_suggested_question_is_asked_once_however_often_it_is_pressed(open_page: OpenPage, stub: StubAssistant) -> None:
    stub.delay = 0.3
    page = open_page()
    other_tab = open_page(chat=page.session_state["chat"])
    with ThreadPoolExecutor() as pool:  # the second press comes while the first is in flight
        list(pool.map(lambda tab: press(tab, "suggested-"), [page, other_tab]))
    page.run()
    assert [question for question, _ in stub.asked] == [KERNEL]
    assert shown(page).count('<h2 class="ap-question"') == 1


def test_follow_up_carries_the_history(open_page: OpenPage, stub: StubAssistant) -> None:
    page = open_page(q=KERNEL)
    page.chat_input[0].set_value("what about packer?").run()
    question, history = stub.asked[-1]
    assert question == "what about packer?"
    assert [turn.question for turn in history] == [KERNEL]


def test_suggestions_go_on_from_what_was_said(open_page: OpenPage, stub: StubAssistant) -> None:
    page = open_page(q="do VMs require a hypervisor?")
    assert buttons(page, "suggested-")[0].label == r"do VMs need a hypervisor\?"
    press(page, "suggested-")
    assert [button.label for button in buttons(page, "suggested-")] == [
        r"does docker share a kernel\?",
        r"what is packer\?",
    ]


def test_suggestions_that_take_long_hold_nobody_up(open_page: OpenPage, stub: StubAssistant) -> None:
    go, find = threading.Event(), stub.suggested_questions

    def slow(history: Sequence[Turn] = (), most: int = 4) -> list[str]:
        go.wait(10)
        return find(history, most)

    stub.suggested_questions = slow  # type: ignore[method-assign] # of this stub only
    page = open_page(q=KERNEL)
    assert "ap-verdict-yes" in shown(page)
    assert not buttons(page, "suggested-")
    assert not page.chat_input[0].disabled
    go.set()
    deadline = time.monotonic() + 5
    while not buttons(page.run(), "suggested-"):
        assert time.monotonic() < deadline


@pytest.fixture
def model(stub: StubAssistant) -> Iterator[Callable[[str], None]]:
    """Let a scripted language model phrase the stub's answers."""
    with lying_server() as server:
        entailment = Entailment()

        def phrase_with(name: str) -> None:
            stub.phrasing = Phrasing(
                LanguageModel.open(f"openai:{name}", url=server.url, timeout=5), stub.store, entailment
            )

        yield phrase_with


def test_a_language_models_part_is_accounted_for(open_page: OpenPage, model: Callable[[str], None]) -> None:
    model("mixed")
    page = open_page(q=KERNEL)
    assert page.expander[0].label == r"openai\:mixed wrote 2 sentences\: 1 struck"
    account = "".join(html.value for html in page.expander[0].get("html"))
    assert "docker shares the kernel. [1]<p" in account
    assert re.search(r"<s [^>]*>docker is twelve times faster than a VM. \[1\]</s><p[^>]*>Struck: \w+", account)
    assert "All that it was sent" in account
    assert KERNEL in account
    assert "Phrased by openai:mixed from the quotes" in visible(page)
    assert "Answers phrased by openai:mixed" in visible(page)


def test_a_failing_language_model_leaves_the_quotes_and_a_notice(
    open_page: OpenPage, model: Callable[[str], None]
) -> None:
    model("garbled")
    page = open_page(q=KERNEL)
    assert "wrote nothing that can be read. The answer is made of quotes only." in visible(page)
    assert "docker shares the kernel and base os" in visible(page)
    assert page.expander[0].label == r"What openai\:garbled wrote\, and was sent"


def test_the_quotes_are_shown_while_the_model_still_writes(stub: StubAssistant) -> None:
    answer = stub.ask(KERNEL)
    checked = Checked("docker shares the kernel.", (1,), True, "")
    assert "1 sentence checked so far" in in_flight_html("a:b", [answer, checked])
    assert "shares the kernel and base os" in in_flight_html("a:b", [answer])
    assert "ap-verdict-yes" in in_flight_html("a:b", [answer])


def test_rerun_during_an_answer_neither_loses_nor_repeats_it(open_page: OpenPage, stub: StubAssistant) -> None:
    stub.delay = 1.0
    page = open_page()
    chat = page.session_state["chat"]
    with ThreadPoolExecutor() as pool:
        pool.submit(page.chat_input[0].set_value(KERNEL).run)
        while not stub.asked:
            pass
        meanwhile = open_page(chat=chat)  # a reload while the answer is in flight
    assert "ap-verdict-yes" in shown(meanwhile)
    assert len(stub.asked) == 1


def test_citations_stay_with_their_turn(open_page: OpenPage) -> None:
    page = open_page(q=KERNEL)
    page.chat_input[0].set_value("do VMs require a hypervisor?").run()
    first, second = (chip.key or "" for chip in buttons(page, "cite-") if (chip.key or "").endswith("-1"))
    press(page, second)
    (marked,) = re.findall(r'<mark class="ap-target">(.*?)</mark>', shown(page))
    assert "hypervisor" in marked
    press(page, first)
    (marked,) = re.findall(r'<mark class="ap-target">(.*?)</mark>', shown(page))
    assert "shares the kernel" in marked


def test_edit_replaces_the_question_and_what_followed(open_page: OpenPage, stub: StubAssistant) -> None:
    page = open_page(q=KERNEL)
    page.chat_input[0].set_value("and packer?").run()
    press(page, "edit-")
    page.text_input[0].set_value("do VMs require a hypervisor?")
    next(b for b in page.button if b.label == "Ask again").click().run()
    assert re.findall(r'ap-question" dir="auto">(.*?)<', shown(page)) == ["do VMs require a hypervisor?"]
    assert "shares the kernel" not in re.findall(r'<blockquote class="ap-quote" .*?</blockquote>', shown(page))[0]
    assert stub.asked[-1] == ("do VMs require a hypervisor?", ())


def test_thumbs_and_reason_are_kept(open_page: OpenPage) -> None:
    page = open_page(q=KERNEL)
    chat = page.session_state["chat"]
    page.feedback[0].set_value(0).run()
    page.text_input[0].set_value("too short").run()
    assert not page.exception
    again = open_page(chat=chat)
    assert again.feedback[0].value == 0
    assert again.text_input[0].value == "too short"


def test_errors_are_shown_as_text_and_can_be_tried_again(open_page: OpenPage, stub: StubAssistant) -> None:
    page = open_page(q="please refuse")
    assert page.warning[0].value == r"This question cannot be asked\; ask \*another\* \<b\>one\<\/b\>\."
    page.chat_input[0].set_value("explode").run()
    assert "RuntimeError" in page.warning[1].value
    assert "boom" not in page.warning[1].value
    press(page, "retry-")
    assert len(stub.asked) == 3


def test_hostile_question_is_text(open_page: OpenPage) -> None:
    hostile = "<script>alert(1)</script> **docker** [x](javascript:alert(1)) \u202egnp"
    page = open_page(q=hostile)
    assert "<script>alert" not in shown(page)
    assert "&lt;script&gt;alert(1)&lt;/script&gt; **docker** [x](javascript:alert(1)) \ufffdgnp" in shown(page)


def test_why_lists_the_candidates(open_page: OpenPage) -> None:
    page = open_page(q=KERNEL)
    assert page.expander[0].label == "Why this answer?"
    assert shown(page).count('<td class="ap-number">') == 4


def test_ten_sessions_at_once_get_their_own_answers(open_page: OpenPage, stub: StubAssistant) -> None:
    stub.delay = 0.05
    words = [
        "hypervisor",
        "kernel",
        "packer",
        "provider",
        "bubble",
        "youtube",
        "simile",
        "iterations",
        "jails",
        "entity",
    ]
    pages = [open_page() for _ in words]

    def ask(pair: tuple[AppTest, str]) -> str:
        page, word = pair
        page.chat_input[0].set_value(f"so, {word}").run()
        return shown(page)

    with ThreadPoolExecutor(10) as pool:
        for word, text in zip(words, pool.map(ask, zip(pages, words, strict=True)), strict=True):
            assert re.findall(r'ap-question" dir="auto">(.*?)<', text) == [f"so, {word}"]
            quote = re.findall(r'<blockquote class="ap-quote" .*?</blockquote>', text)[0]
            assert word in re.sub(r"<[^>]+>", "", quote).lower()
    assert len(stub.asked) == 10
