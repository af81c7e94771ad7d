"""The page that `streamlit run` starts: its frame, its parts, and nothing that is slow to import."""

import os

import streamlit as st

from app.web.chat import chat_page, follow_link
from app.web.evaluation import evaluation_page
from app.web.index_page import index_page
from app.web.manage import show_managed
from app.web.services import chat_wanted, services
from app.web.sidebar import show_build, sidebar
from app.web.sources import sources_page
from app.web.text import as_markdown
from app.web.theme import ICON, STYLE_SHEET


def _about() -> str:
    backend = os.environ.get("ASKPOST_BACKEND", "")
    leaves = f"Questions and quotes are sent to {as_markdown(backend)}." if backend else "Nothing leaves this machine."
    return f"askpost answers from a post’s own words, each with its place. {leaves}"


def main() -> None:
    """Draw the page that the address asks for."""
    # With an entry of its own, Streamlit's menu is shown, and in it the choice between light and dark.
    st.set_page_config("askpost", page_icon=str(ICON), layout="centered", menu_items={"About": _about()})
    st.logo(ICON, size="large")
    st.html(STYLE_SHEET)
    # Dialogs are drawn outside the element that Streamlit gives its colour scheme to.
    st.html(f"<style>:root {{ color-scheme: {st.context.theme.type or 'light dark'}; }}</style>")
    chat = st.Page(chat_page, title="Chat", icon=":material/forum:", url_path="chat", default=True)
    pages = [
        chat,
        st.Page(sources_page, title="Sources", icon=":material/menu_book:", url_path="sources"),
        st.Page(index_page, title="Index", icon=":material/database:", url_path="index"),
        st.Page(evaluation_page, title="Evaluation", icon=":material/fact_check:", url_path="evaluation"),
    ]
    page = st.navigation(pages, position="sidebar")
    if chat_wanted() and page is not chat:
        st.switch_page(chat)
    shared = services()
    if page is chat:
        follow_link(shared)
    build = sidebar(shared)
    page.run()
    show_build(shared, build)
    show_managed(shared)


if __name__ == "__main__":
    main()
