"""The chat page: the open conversation, and where it begins."""

import streamlit as st

from app.web.asking import begin
from app.web.chats import ChatTurn, history
from app.web.panel import panel_turn, places, source_panel
from app.web.scripts import COPY, SCROLL_TO_QUESTION
from app.web.services import Services, open_chat, services, switch_chat
from app.web.state import rerun_when, show_unusable
from app.web.text import as_html, as_label, counted
from app.web.turns import show_turn
from corpus.errors import AskpostError, NoIndexError

_SUGGESTED = 6
_MORE = 3


def chat_page() -> None:
    """Draw the open chat, with the question box below it."""
    shared = services()
    chat = open_chat()
    turns = shared.chats.turns(chat)
    if turns and st.query_params.get("chat") != chat:
        st.query_params["chat"] = chat  # so that a reload opens it again
    elif not turns:
        st.query_params.pop("chat", None)
    usable = True
    if not turns:
        usable = _welcome(shared, chat)
    fresh = [turn.id for turn in turns if show_turn(shared, turn)]
    st.chat_input(
        "Ask a question",
        key="question",
        max_chars=2_000,
        disabled=not usable,
        on_submit=_asked,
        args=(shared, chat, len(turns)),
    )
    # A script runs again when it differs, so once for each new answer.
    scroll = f"/* {fresh[-1]} */{SCROLL_TO_QUESTION}" if fresh else ""
    if turns:
        _more_questions(shared, chat, shared.chats.turns(chat))  # read again: the last one is answered by now
    st.html(f"<script>{scroll}{COPY}</script>", unsafe_allow_javascript=True)
    _show_panel(shared)


def ask(shared: Services, chat: str, n: int, question: str) -> None:
    """Ask a question at place ``n`` of a chat. Done twice, it is asked once."""
    if question := question.strip():
        begin(shared.engine, shared.chats, shared.chats.add(chat, n, question))


def _asked(shared: Services, chat: str, n: int) -> None:
    ask(shared, chat, n, str(st.session_state.question or ""))


def follow_link(shared: Services) -> None:
    """Open the question that the address carries, answered; a reload opens the same chat again."""
    question = st.query_params.get("q", "").strip()
    if not question:
        return
    del st.query_params["q"]
    if known := shared.chats.only(question):
        switch_chat(known)
    else:
        switch_chat()
        ask(shared, open_chat(), 0, question)


def _show_panel(shared: Services) -> None:
    opened = panel_turn()
    turn = shared.chats.turn(opened) if opened else None
    if turn is not None and turn.answer is not None:
        source_panel(shared.engine, places(turn.answer))


def _welcome(shared: Services, chat: str) -> bool:
    """What a new chat shows. False if nothing can be asked, for want of an index."""
    if not shared.engine.ready:
        st.html(_heading("Ask the post", "Opening the index…"))
        _places_kept()
        return True
    try:
        sources = shared.engine.assistant().store.sources()
        questions = shared.engine.suggestions((), _SUGGESTED)
    except AskpostError as error:
        missing = isinstance(error, NoIndexError)
        st.html(_heading("There is nothing to ask yet" if missing else "The index cannot be used"))
        show_unusable(error)
        return False
    post = next((source for source in sources if source.kind == "post"), None)
    title = post.title if post else counted(len(sources), "source")
    st.html(
        _heading(
            f"Ask “{title}”" if post else f"Ask {title}",
            "Answers are the sources’ own words, each with its place. Where they are silent, so is this page.",
        )
    )
    if questions is None:
        _places_kept()
        rerun_when(lambda: shared.engine.suggested)
    elif questions:
        with st.container(key="suggested", gap="small"):
            _question_buttons(shared, chat, 0, questions)
    return True


def _places_kept() -> None:
    """Where the suggested questions will be."""
    with st.container(key="suggested", gap="small"):
        for _ in range(_SUGGESTED):
            st.skeleton(height=40)


def _heading(title: str, below: str = "") -> str:
    return f'<div class="ap-welcome"><h1 dir="auto">{as_html(title)}</h1><p>{as_html(below)}</p></div>'


def _question_buttons(shared: Services, chat: str, n: int, questions: list[str]) -> None:
    for i, question in enumerate(questions):
        st.button(as_label(question), key=f"suggested-{chat}-{n}-{i}", on_click=ask, args=(shared, chat, n, question))


def _more_questions(shared: Services, chat: str, turns: list[ChatTurn]) -> None:
    """Questions that may follow what was said."""
    try:
        questions = shared.engine.suggestions(history(turns, len(turns)), _MORE)
    except AskpostError:
        return
    if questions is None:
        rerun_when(lambda: shared.engine.suggested)
        return
    with st.container(key="more", horizontal=True, gap="small"):
        _question_buttons(shared, chat, len(turns), questions)
