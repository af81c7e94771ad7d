"""A page over the stub assistant, whole but for the models."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import streamlit as st
from playwright.sync_api import Browser, Page, sync_playwright
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Button

import app.web.engine
from corpus import load_corpus
from tests.web.browser import ARTIFACTS, launch_chromium, serve
from tests.web.stub import StubAssistant

MAIN = Path(app.web.engine.__file__).parent / "main.py"


@pytest.fixture
def stub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StubAssistant]:
    """The assistant that pages of this test open; their index home is a fresh folder."""
    (tmp_path / "stub").mkdir()
    assistant = StubAssistant(load_corpus(), tmp_path / "stub")
    monkeypatch.setenv("ASKPOST_INDEX", str(tmp_path / "home"))
    monkeypatch.delenv("ASKPOST_CORPUS", raising=False)
    monkeypatch.setattr(app.web.engine, "open_assistant", lambda home: assistant)
    st.cache_resource.clear()
    yield assistant
    st.cache_resource.clear()


@pytest.fixture
def open_page(stub: StubAssistant) -> Callable[..., AppTest]:
    """Open the page as a new session, with query parameters."""

    def open_(**query: str) -> AppTest:
        page = AppTest.from_file(str(MAIN), default_timeout=20)
        for name, value in query.items():
            page.query_params[name] = value
        return settled(page.run())

    return open_


def settled(page: AppTest) -> AppTest:
    """The page without the loading state that a first run may catch."""
    for _ in range(50):
        if not any("Opening the index" in html.value for html in page.html):
            break
        page.run()
    assert not page.exception
    return page


def shown(page: AppTest) -> str:
    """All HTML of the page."""
    return "\n".join(html.value for html in page.html)


def buttons(page: AppTest, key: str) -> list[Button]:
    """The buttons whose keys begin so."""
    return [button for button in page.button if (button.key or "").startswith(key)]


def press(page: AppTest, key: str) -> AppTest:
    """Press the first button whose key begins so."""
    buttons(page, key)[0].click().run()
    assert not page.exception
    return page


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One Chromium for the run."""
    with sync_playwright() as playwright:
        browser = launch_chromium(playwright)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def stub_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The page over the stub assistant, in a server of its own."""
    with serve(tmp_path_factory.mktemp("web") / "home", ("-m", "tests.web.stub_server")) as address:
        yield address


@dataclass
class Watched:
    """A page with what went wrong on it, and whom it asked for anything."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)


@pytest.fixture
def watch(chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Callable[..., Page]]:
    """Open new pages; in the end see that none complained in the console or asked another host, and keep pictures."""
    opened: list[Watched] = []

    def open_(address: str, **context: Any) -> Page:
        page = chromium.new_context(**{"viewport": {"width": 1280, "height": 900}, **context}).new_page()
        watched = Watched(page)
        page.on("console", lambda m: watched.complaints.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: watched.complaints.append(str(error)))
        page.on(
            "request",
            lambda r: watched.hosts.add(urlsplit(r.url).hostname or "") if r.url.startswith(("http", "ws")) else None,
        )
        opened.append(watched)
        page.goto(address)
        page.get_by_test_id("stChatInput").or_(page.get_by_role("heading").first).first.wait_for()
        return page

    yield open_
    ARTIFACTS.mkdir(exist_ok=True)
    for number, watched in enumerate(opened):
        name = re.sub(r"\W+", "-", request.node.name)
        watched.page.screenshot(path=ARTIFACTS / f"{name}-{number}.png")
        watched.page.context.close()
    for watched in opened:
        assert not watched.complaints
        assert watched.hosts == {"localhost"}
