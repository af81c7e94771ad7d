"""What all sessions share: the engine and the kept chats. What one session holds: which chat is open."""

import os
from dataclasses import dataclass, field
from pathlib import Path

import streamlit as st

from app.web.chats import CHATS_FILE, ChatStore, new_id
from app.web.engine import Engine
from app.web.jobs import Jobs
from corpus import BUNDLED
from index.settings import default_home


@dataclass(frozen=True, slots=True)
class Services:
    """The engine that answers, the chats, the jobs that run, and the folder of documents if one was named."""

    home: Path
    corpus: Path | None
    engine: Engine
    chats: ChatStore
    jobs: Jobs = field(default_factory=Jobs)


def services() -> Services:
    """The services of the index home that the environment names, the same for every session."""
    named = os.environ.get("ASKPOST_CORPUS")
    corpus = Path(named) if named else None
    return _services(default_home(corpus or BUNDLED), corpus)


@st.cache_resource(show_spinner=False)
def _services(home: Path, corpus: Path | None) -> Services:
    return Services(home, corpus, Engine(home), ChatStore(home / CHATS_FILE))


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


def go_to_chat(chat: str | None = None) -> None:
    """Open a chat, or a new one, from any page; a button's callback."""
    switch_chat(chat)
    st.session_state.to_chat = True


def chat_wanted() -> bool:
    """Whether `go_to_chat` was called in this run."""
    return bool(st.session_state.pop("to_chat", False))
