"""What all sessions share: the engine and the kept chats. What one session holds: which chat is open."""

import os
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from app.web.chats import CHATS_FILE, ChatStore, new_id
from app.web.engine import Engine
from corpus import BUNDLED
from index.settings import default_home


@dataclass(frozen=True, slots=True)
class Services:
    """The engine that answers, the chats, and the folder of documents if one was named."""

    engine: Engine
    chats: ChatStore
    corpus: Path | None


def services() -> Services:
    """The services of the index home that the environment names, the same for every session."""
    named = os.environ.get("ASKPOST_CORPUS")
    corpus = Path(named) if named else None
    return _services(default_home(corpus or BUNDLED), corpus)


@st.cache_resource(show_spinner=False)
def _services(home: Path, corpus: Path | None) -> Services:
    return Services(Engine(home), ChatStore(home / CHATS_FILE), corpus)


def open_chat() -> str:
    """The id of the chat that this session has open: the one in the address, else a new one."""
    if "chat" not in st.session_state:
        st.session_state.chat = st.query_params.get("chat") or new_id()
    return str(st.session_state.chat)


def switch_chat(chat: str | None = None) -> None:
    """Open a chat, or a new one."""
    st.session_state.chat = chat or new_id()
    for name in ("editing", "panel"):
        st.session_state.pop(name, None)
    if chat:
        st.query_params["chat"] = chat
    else:
        st.query_params.pop("chat", None)
