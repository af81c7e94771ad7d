"""The sidebar: a new chat, the earlier ones, and the build in use."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app.web.manage import manage_chat
from app.web.services import Services, go_to_chat, open_chat
from app.web.state import rerun_when
from app.web.text import as_html, as_label, counted
from corpus.errors import AskpostError

_LISTED = 40


def sidebar(shared: Services) -> DeltaGenerator:
    """Draw the sidebar of every page; returns the place for `show_build`."""
    with st.sidebar:
        st.button("New chat", icon=":material/add:", width="stretch", key="new-chat", on_click=go_to_chat)
        chats = shared.chats.chats(_LISTED)
        if chats:
            st.html('<h2 class="ap-side-title">Earlier chats</h2>')
        with st.container(key="chats", gap=None):
            for chat in chats:
                _row(chat.id, chat.title)
        return st.empty()


def _row(chat: str, title: str) -> None:
    state = "current" if chat == open_chat() else "other"
    with st.container(horizontal=True, gap=None, vertical_alignment="center", wrap=False, key=f"chat-{state}-{chat}"):
        st.button(
            as_label(title, 60),
            key=f"open-{chat}",
            type="tertiary",
            width="stretch",
            on_click=go_to_chat,
            args=(chat,),
        )
        st.button(
            "More",
            key=f"manage-{chat}",
            help=f"Rename, export or delete “{as_label(title, 60)}”",
            type="tertiary",
            on_click=manage_chat,
            args=(chat,),
        )


def show_build(shared: Services, place: DeltaGenerator) -> None:
    """Say which build is in use; called last, when the index may have been opened.

    If it still is not, the page is drawn anew as soon as it is.
    """
    if not shared.engine.ready:
        rerun_when(lambda: shared.engine.ready)
    place.html(f'<p class="ap-build" role="status">{_build(shared)}</p>')


def _build(shared: Services) -> str:
    if not shared.engine.ready:
        return "Opening the index…"
    try:
        assistant = shared.engine.assistant()
    except AskpostError:
        return "No index is open."
    manifest, phrasing = assistant.manifest, assistant.phrasing
    counts = manifest.counts
    phrased = f"<br>Answers phrased by {as_html(phrasing.name)}" if phrasing else ""
    return (
        f'Build <span class="ap-id">{as_html(manifest.id)}</span><br>'
        f"{counted(counts.get('sources', 0), 'source')} · {counted(counts.get('sentences', 0), 'sentence')}{phrased}"
    )
