"""The page in real Chromium: what a new user does, over the stub assistant."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from app.web.frame import SUBPAGES
from tests.web.browser import ARTIFACTS, serve

pytestmark = pytest.mark.browser

KERNEL = "does docker share a kernel?"
Watch = Callable[..., Page]


def suggested(page: Page, question: str) -> Locator:
    """A suggested question; earlier chats are named by their questions too."""
    return page.get_by_role("main").get_by_role("button", name=question)


def test_two_clicks_from_opening_the_page_to_the_highlighted_passage(watch: Watch, stub_address: str) -> None:
    page = watch(stub_address)
    suggested(page, KERNEL).click()
    expect(page.locator(".ap-verdict")).to_have_text("Verdict: Yes")
    expect(page.locator("blockquote").first).to_have_text(
        "docker shares the kernel and base os, while a VM is it's own entity."
    )
    page.get_by_role("button", name="docker packer VM oh my › VM").click()
    mark = page.get_by_role("dialog").locator("mark.ap-target")
    expect(mark).to_have_text("docker shares the kernel and base os, while a VM is it's own entity.")
    expect(mark).to_be_in_viewport()


def test_question_is_typed_and_its_citations_walked(watch: Watch, stub_address: str) -> None:
    page = watch(stub_address)
    page.get_by_role("textbox", name="Ask a question").fill(KERNEL)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="docker packer VM oh my › VM").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("Passage 1 of 3")).to_be_visible()
    dialog.get_by_role("button", name="Next").click()
    expect(dialog.locator("mark.ap-target")).to_contain_text("So in a nutshell")
    expect(dialog.locator("mark.ap-target")).to_be_in_viewport()
    dialog.get_by_role("button", name="Next").click()
    expect(dialog.get_by_role("link", name="Archived copy")).to_have_attribute(
        "href", "https://web.archive.org/web/20140213000000/http://docker.io"
    )
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_chip_says_title_section_and_kind_on_hover(watch: Watch, stub_address: str) -> None:
    page = watch(f"{stub_address}/?q={KERNEL}")
    page.get_by_role("button", name="docker packer VM oh my › VM").hover()
    expect(page.get_by_role("tooltip")).to_contain_text("Post: docker packer VM oh my › VM")


def test_link_opens_answered_and_reload_keeps_the_chat(watch: Watch, stub_address: str) -> None:
    page = watch(f"{stub_address}/?q=do VMs require a hypervisor%3F")
    expect(page.locator(".ap-verdict")).to_have_text("Verdict: Yes")
    expect(page).to_have_url(re.compile(r"/\?chat=\w+$"))
    address = page.url
    page.reload()
    expect(page.locator(".ap-question")).to_have_text("do VMs require a hypervisor?")
    assert page.url == address


@pytest.mark.parametrize("name", SUBPAGES)
def test_a_page_opened_by_its_address_complains_of_nothing(watch: Watch, stub_address: str, name: str) -> None:
    page = watch(f"{stub_address}/{name}")  # which sees to it that nothing is logged
    expect(page.get_by_role("heading", name=name.capitalize(), level=1)).to_be_visible()
    page.get_by_role("link", name="Chat").click()
    expect(suggested(page, "what is packer?")).to_be_visible()
    page.get_by_role("link", name="Sources").click()
    expect(page).to_have_url(re.compile(rf"^{stub_address}/sources"))


def test_on_a_phone_an_answer_is_read_from_its_question_on(watch: Watch, stub_address: str) -> None:
    page = watch(f"{stub_address}/?q={KERNEL}", viewport={"width": 390, "height": 700})
    expect(page.locator(".ap-notes").first).to_be_visible()
    page.get_by_role("textbox", name="Ask a question").fill("do VMs require a hypervisor?")
    page.keyboard.press("Enter")
    expect(page.locator(".ap-question")).to_have_count(2)
    page.wait_for_timeout(1500)
    expect(page.locator(".ap-question").last).to_be_in_viewport()
    expect(page.locator(".ap-verdict").last).to_be_in_viewport()
    page.get_by_role("button", name="Edit").last.click()
    page.wait_for_timeout(1200)
    field = page.get_by_role("textbox", name="Question", exact=True)
    expect(field).to_be_focused()
    expect(field).to_be_in_viewport()


def test_nothing_of_the_text_shows_over_or_beside_the_panels_head(watch: Watch, stub_address: str) -> None:
    page = watch(f"{stub_address}/?q={KERNEL}")
    page.get_by_role("button", name="docker packer VM oh my › VM").click()
    expect(page.get_by_role("dialog").locator("mark.ap-target")).to_be_in_viewport()
    page.mouse.move(1100, 700)
    for _ in range(12):
        page.mouse.wheel(0, 17)
        page.wait_for_timeout(60)
        assert page.evaluate(TEXT_AT_HEAD) == []


TEXT_AT_HEAD = """() => {
  const head = document.querySelector('.st-key-panel_head').getBoundingClientRect();
  const found = [];
  for (let y = 60; y < head.bottom; y += 1)
    for (const x of [head.left - 2, head.left + 60, head.right + 2])
      if (document.elementFromPoint(x, y)?.closest('.ap-source')) found.push([x, y]);
  return found;
}"""


def test_double_click_asks_once(watch: Watch, stub_address: str) -> None:
    page = watch(stub_address)
    suggested(page, "what is packer?").dblclick()
    expect(page.locator(".ap-notes").first).to_be_visible()
    page.wait_for_timeout(500)
    expect(page.locator(".ap-question")).to_have_count(1)


def test_nothing_moves_while_an_answer_appears(watch: Watch, stub_address: str) -> None:
    page = watch(stub_address)
    suggested(page, KERNEL).click()
    expect(page.locator("blockquote").first).to_be_visible()
    first = page.locator("blockquote").first.bounding_box()
    hidden = page.locator(".ap-w").last.evaluate("word => getComputedStyle(word).opacity")
    page.wait_for_timeout(2500)
    assert float(hidden) < 1  # it is still appearing
    assert page.locator(".ap-w").last.evaluate("word => getComputedStyle(word).opacity") == "1"
    assert page.locator("blockquote").first.bounding_box() == first


def test_copy_gives_the_answer_with_its_citations(watch: Watch, stub_address: str) -> None:
    page = watch(f"{stub_address}/?q={KERNEL}", permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy", exact=True).click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(f"{KERNEL}\n\nYes. “docker shares the kernel")
    assert "[1] docker packer VM oh my, VM (post)" in copied


def test_works_by_keyboard_alone(watch: Watch, stub_address: str) -> None:
    page = watch(f"{stub_address}/?q={KERNEL}")
    chip = page.get_by_role("button", name="docker packer VM oh my › VM")
    expect(chip).to_be_visible()
    for _ in range(40):
        page.keyboard.press("Tab")
        if chip.evaluate("element => element === document.activeElement"):
            break
    assert chip.evaluate("element => getComputedStyle(element).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog").locator("mark.ap-target")).to_be_in_viewport()


@pytest.fixture
def real_address(post_home: Path) -> Iterator[str]:
    """The page over the real assistant and the bundled post, as `askpost chat` serves it."""
    with serve(post_home) as address:
        yield address


def test_the_whole_path_with_the_real_assistant(real_address: str, watch: Watch) -> None:
    page = watch(real_address)
    page.get_by_role("textbox", name="Ask a question").fill(KERNEL)
    page.keyboard.press("Enter")
    expect(page.locator(".ap-verdict")).to_have_text("Verdict: Yes", timeout=30_000)
    quote = page.locator("blockquote").first.inner_text()
    assert "kernel" in quote.lower()
    page.wait_for_timeout(1500)
    page.screenshot(path=ARTIFACTS / "answer.png")
    page.get_by_role("main").get_by_role("button", name="docker packer VM oh my").first.click()
    expect(page.get_by_role("dialog").locator("mark.ap-target").first).to_be_in_viewport()
    assert quote.strip("“”") in page.get_by_role("dialog").inner_text().replace("\n", " ")
    page.screenshot(path=ARTIFACTS / "source.png")
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Index").click()
    page.get_by_role("button", name="Rebuild the index").click()
    expect(page.get_by_text("Nothing has changed since the build in use.").first).to_be_visible(timeout=60_000)


def test_a_chat_is_found_again_in_another_tab_renamed_and_deleted(watch: Watch, stub_address: str) -> None:
    watch(f"{stub_address}/?q=what about the youtube tutorials%3F")
    page = watch(stub_address)
    page.get_by_role("button", name="what about the youtube tutorials?").first.click()
    expect(page.locator("blockquote").first).to_contain_text("youtube")
    row = page.locator("[class*='st-key-chat-current-']")
    row.get_by_role("button", name="More").click()
    dialog = page.get_by_role("dialog")
    with page.expect_download() as download:
        dialog.get_by_role("button", name="Export as Markdown").click()
    assert "youtube" in download.value.path().read_text()
    dialog.get_by_role("textbox", name="Title").fill("Tutorials")
    dialog.get_by_role("button", name="Rename").click()
    expect(row).to_contain_text("Tutorials")
    row.get_by_role("button", name="More").click()
    dialog.get_by_role("button", name="Delete this chat").click()
    expect(dialog).to_be_hidden()
    expect(page.get_by_role("button", name="Tutorials")).to_have_count(0)
    expect(suggested(page, KERNEL)).to_be_visible()


def test_sources_are_searched_and_read(watch: Watch, stub_address: str) -> None:
    page = watch(stub_address)
    page.get_by_role("link", name="Sources").click()
    page.get_by_role("searchbox", name="Search the sources").or_(page.get_by_label("Search the sources")).first.fill(
        "ontop"
    )
    page.keyboard.press("Enter")
    page.get_by_role("button", name="VMs also require a hypervisor").click()
    expect(page.locator("mark.ap-target")).to_contain_text("ontop of hypervisor")
    expect(page.locator("mark.ap-target")).to_be_in_viewport()


def test_an_answer_is_edited_rated_and_explained(watch: Watch, stub_address: str) -> None:
    page = watch(f"{stub_address}/?q=so, simile%3F")
    page.get_by_role("button", name="Edit").click()
    page.get_by_role("textbox", name="Question", exact=True).fill("so, bubble?")
    page.get_by_role("button", name="Ask again").click()
    expect(page.locator(".ap-question")).to_have_text("so, bubble?")
    expect(page.locator("blockquote").first).to_contain_text("bubble")
    page.get_by_text("Why this answer?").click()
    expect(page.locator(".ap-considered tbody tr")).to_have_count(4)
    page.get_by_test_id("stFeedback").get_by_role("radio").or_(
        page.get_by_test_id("stFeedback").get_by_role("button")
    ).last.click()
    page.get_by_role("textbox", name="What was wrong with it?").fill("Not what I meant")
    page.keyboard.press("Enter")
    page.wait_for_timeout(800)
    page.reload()
    expect(page.get_by_role("textbox", name="What was wrong with it?")).to_have_value("Not what I meant")
