"""The page that `streamlit run` starts: its frame, its parts, and nothing that is slow to import."""

import streamlit as st

from app.web.chat import chat_page
from app.web.sidebar import sidebar
from app.web.theme import ICON, STYLE_SHEET


def main() -> None:
    """Draw the page that the address asks for."""
    st.set_page_config("askpost", page_icon=str(ICON), layout="centered", initial_sidebar_state="auto")
    st.html(STYLE_SHEET)
    # Dialogs are drawn outside the element that Streamlit gives its colour scheme to.
    st.html(f"<style>:root {{ color-scheme: {st.context.theme.type or 'light dark'}; }}</style>")
    chat = st.Page(chat_page, title="Chat", icon=":material/forum:", url_path="chat", default=True)
    page = st.navigation([chat], position="sidebar")
    sidebar(chat)
    page.run()


if __name__ == "__main__":
    main()
