"""The sidebar: a new chat, the earlier ones, and the build in use."""

import streamlit as st

from app.web.services import Services, services, switch_chat
from app.web.text import as_html
from corpus.errors import AskpostError


def sidebar(chat_page: "st.Page") -> None:
    """Draw the sidebar of every page."""
    shared = services()
    with st.sidebar:
        if st.button("New chat", icon=":material/add:", width="stretch", key="new-chat"):
            switch_chat()
            st.switch_page(chat_page)
        st.html(f'<p class="ap-build">{_build(shared)}</p>')


def _build(shared: Services) -> str:
    if not shared.engine.ready:
        return "Opening the index…"
    try:
        manifest = shared.engine.assistant().manifest
    except AskpostError:
        return "No index is open."
    counts = manifest.counts
    return (
        f'Build <span class="ap-id">{as_html(manifest.id)}</span><br>'
        f"{counts.get('sources', 0)} sources · {counts.get('sentences', 0):,} sentences"
    )
