"""Access for everybody, by axe in both themes, wide and on a phone; and hostile text is text."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.web.browser import serve

pytestmark = pytest.mark.browser

KERNEL = "does docker share a kernel?"
PHONE = {"width": 390, "height": 844}
Watch = Callable[..., Page]


def violations(page: Page) -> list[str]:
    """The serious and critical violations of WCAG 2 A and AA, with the elements at fault."""
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]})
    return [
        f"{violation['id']}: {[node['html'][:200] for node in violation['nodes'][:3]]}"
        for violation in found.response["violations"]
        if violation["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_chat_and_source_panel(watch: Watch, stub_address: str, scheme: str) -> None:
    page = watch(stub_address, color_scheme=scheme)
    expect(page.get_by_role("button", name="what is packer?")).to_be_visible()
    assert not violations(page)
    page.get_by_role("main").get_by_role("button", name=KERNEL).click()
    expect(page.locator(".ap-notes").first).to_be_visible()
    page.get_by_text("Why this answer?").click()
    page.get_by_role("textbox", name="Ask a question").fill("zebra?")
    page.keyboard.press("Enter")
    expect(page.locator(".ap-verdict-none")).to_be_visible()
    page.wait_for_timeout(2500)  # colours are measured once nothing fades in any more
    assert not violations(page)
    page.get_by_role("button", name="docker packer VM oh my › VM").first.click()
    expect(page.get_by_role("dialog").locator("mark.ap-target")).to_be_in_viewport()
    page.wait_for_timeout(800)
    assert not violations(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["Sources", "Index", "Evaluation"])
def test_other_pages(watch: Watch, stub_address: str, scheme: str, name: str) -> None:
    page = watch(stub_address, color_scheme=scheme)
    page.get_by_role("link", name=name).click()
    expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()
    page.wait_for_timeout(800)
    assert not violations(page)


def test_on_a_phone_nothing_is_wider_than_the_screen(watch: Watch, stub_address: str) -> None:
    page = watch(f"{stub_address}/?q={KERNEL}", viewport=PHONE)
    expect(page.locator(".ap-notes").first).to_be_visible()
    page.wait_for_timeout(2500)
    assert page.evaluate("document.scrollingElement.scrollWidth") <= PHONE["width"]
    assert not violations(page)
    page.get_by_role("button", name="docker packer VM oh my › VM").first.click()
    mark = page.get_by_role("dialog").locator("mark.ap-target")
    expect(mark).to_be_in_viewport()
    box = mark.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= PHONE["width"]


HOSTILE = """---
title: "<script>window.hit = 1</script> **bold** :material/home: [x](javascript:window.hit=1)"
---

# <img src=x onerror=window.hit=1> heading

The gryphon says <script>window.hit = 1</script> and &lt;b&gt; and **bold** and \u202egnirts.

The gryphon writes [a link](javascript:window.hit=1) and `<img src=x onerror=window.hit=1>`.

The gryphon{long} has a long name.
""".replace("{long}", "x" * 400)


@pytest.fixture(scope="module")
def hostile_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    corpus = tmp_path_factory.mktemp("hostile")
    (corpus / "<img src=x onerror=window.hit=1>.md").write_text(HOSTILE)
    (corpus / "**two** $x$ :red[y].md").write_text("The gryphon sleeps.")
    home = tmp_path_factory.mktemp("web") / "hostile-home"
    with serve(home, ("-m", "tests.web.stub_server", "--corpus", str(corpus))) as address:
        yield address


def test_hostile_documents_and_questions_are_text(watch: Watch, hostile_address: str, tmp_path: Path) -> None:
    page = watch(hostile_address, viewport=PHONE)
    question = (
        "does the gryphon <img src=x onerror=window.hit=1> **bold** $x$ :material/home: [y](javascript:window.hit=1)?"
    )
    page.get_by_role("textbox", name="Ask a question").fill(question)
    page.keyboard.press("Enter")
    expect(page.locator(".ap-question")).to_have_text(question)
    expect(page.locator("blockquote").first).to_be_visible()
    page.wait_for_timeout(1000)
    main = page.get_by_role("main")
    assert main.locator("img, script[src], a[href^=javascript], blockquote :is(strong, em, code)").count() == 0
    assert page.evaluate("document.scrollingElement.scrollWidth") <= PHONE["width"]
    chips = main.locator("[class*='st-key-cite-'] button:visible")
    for n in range(chips.count()):
        chips.nth(n).click()
        dialog = page.get_by_role("dialog")
        expect(dialog.locator("mark.ap-target")).to_be_visible()
        assert dialog.locator("img, a[href^=javascript]").count() == 0
        # The panel before gives the focus back a moment late, so that a key pressed on the page may go nowhere.
        dialog.press("Escape")
        expect(dialog).to_be_hidden()
    page.set_viewport_size({"width": 1280, "height": 900})
    for name in ("Sources", "Index"):
        page.get_by_role("link", name=name).click()
        expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()
    sidebar = page.get_by_test_id("stSidebar").locator("[class*='st-key-open-']").first
    assert sidebar.inner_text().startswith("does the gryphon <img src=x onerror=window.hit=1> **bold")
    assert page.evaluate("window.hit") is None
