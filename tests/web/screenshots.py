"""Take the README's pictures from the running app: ``python -m tests.web.screenshots`` writes docs/*.png."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from index.settings import default_home
from tests.web.browser import ROOT, launch_chromium, serve

DOCS = ROOT / "docs"
QUESTION = "does docker share a kernel?"


def main() -> None:
    """Ask in both themes, and open the first citation in the dark one."""
    DOCS.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        home = Path(folder) / "home"  # a copy, so that no chat of the user's is shown
        shutil.copytree(default_home(), home, ignore=shutil.ignore_patterns("chats.sqlite*", "evaluations", "cache"))
        browser = launch_chromium(playwright)
        with serve(home) as address:
            for scheme in ("light", "dark"):
                context = browser.new_context(
                    viewport={"width": 1280, "height": 800}, color_scheme=scheme, device_scale_factor=1.5
                )
                page = context.new_page()
                page.goto(f"{address}/?q={QUESTION}")
                _settle(page)
                page.screenshot(path=DOCS / f"chat-{scheme}.png")
                page.get_by_role("main").locator("[class*='st-key-cite-'] button:visible").first.click()
                page.get_by_role("dialog").locator("mark.ap-target").wait_for()
                page.wait_for_timeout(1000)
                page.screenshot(path=DOCS / f"source-{scheme}.png")
                context.close()
        browser.close()


def _settle(page: Page) -> None:
    page.locator(".ap-notes").first.wait_for(timeout=60_000)
    page.wait_for_timeout(3000)  # the words have all appeared
    page.locator(".ap-question").first.scroll_into_view_if_needed()


if __name__ == "__main__":
    main()
