"""Rename, export or delete a chat."""

import re

import streamlit as st

from app.web.export import chat_json, chat_markdown
from app.web.services import Services, switch_chat

_MANAGED = "managed"  # in the session: the chat that the dialog is open on


def manage_chat(chat: str) -> None:
    """Open the dialog on a chat; a button's callback."""
    st.session_state.pop("panel", None)  # one dialog at a time
    st.session_state[_MANAGED] = chat


def _close() -> None:
    st.session_state.pop(_MANAGED, None)


def show_managed(shared: Services) -> None:
    """Show the dialog if it is open."""
    if _MANAGED in st.session_state:
        _dialog(shared, str(st.session_state[_MANAGED]))


@st.dialog("This chat", on_dismiss=_close)
def _dialog(shared: Services, id_: str) -> None:
    chat = shared.chats.chat(id_)
    if chat is None:
        st.html('<p class="ap-notes">This chat was deleted.</p>')
        return
    with st.form("rename", border=False):
        title = st.text_input("Title", value=chat.title, max_chars=80, key=f"title-{id_}")
        if st.form_submit_button("Rename"):
            shared.chats.rename(id_, title)
            _close()
            st.rerun()
    turns = shared.chats.turns(id_)
    name = re.sub(r"\W+", "-", chat.title.lower()).strip("-")[:40] or "chat"
    with st.container(horizontal=True):
        st.download_button(
            "Export as Markdown",
            chat_markdown(chat, turns),
            f"{name}.md",
            "text/markdown",
            on_click="ignore",
            icon=":material/download:",
        )
        st.download_button(
            "Export as JSON",
            chat_json(chat, turns),
            f"{name}.json",
            "application/json",
            on_click="ignore",
            icon=":material/download:",
        )
    if st.button("Delete this chat", icon=":material/delete:", key="delete-chat"):
        shared.chats.delete(id_)
        _close()
        if st.session_state.get("chat") == id_:
            switch_chat()
        st.rerun()
