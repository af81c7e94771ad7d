"""One turn of a chat on the page: the question, its answer with citations, and what can be done with it."""

import time
from concurrent.futures import wait
from urllib.parse import quote as percent_encode

import streamlit as st

from app.contract import Answer, Citation, Suggestion
from app.web.asking import begin
from app.web.chats import ChatTurn
from app.web.export import answer_text
from app.web.markup import (
    KINDS,
    Quote,
    considered_html,
    notes_html,
    pieces,
    question_html,
    quote_html,
    verdict_html,
    words_html,
)
from app.web.panel import open_panel
from app.web.phrased import in_flight_html, model_name, show_phrasing
from app.web.scripts import GO_TO_EDITOR
from app.web.services import Services
from app.web.text import as_html, as_label, as_markdown
from corpus.errors import AskpostError

_FRESH = 30.0  # seconds after which an answer is shown at once, not word by word
_WAIT = 0.25


def show_turn(shared: Services, turn: ChatTurn) -> bool:
    """Draw a turn, waiting for its answer if that is still to come. True if this page shows a new answer."""
    with st.chat_message("user", avatar=":material/person:"):
        if st.session_state.get("editing") == turn.id:
            _edit(shared, turn)
        else:
            st.html(question_html(turn.question))
    with st.chat_message("assistant", avatar=":material/format_quote:"):
        answered = _answered(shared, turn)
        if answered is None:
            st.html('<p class="ap-notes">This question was deleted.</p>')
        elif answered.answer is not None:
            return _show_answer(shared, answered, answered.answer)
        else:
            st.warning(as_markdown(answered.error or ""), icon=":material/error:")
            st.button(
                "Try again",
                icon=":material/refresh:",
                key=f"retry-{turn.id}",
                on_click=shared.chats.retry,
                args=(turn.id,),
            )
    return False


def _answered(shared: Services, turn: ChatTurn) -> ChatTurn | None:
    """The turn with its answer. The answer is found elsewhere: losing this wait to a rerun loses nothing."""
    if not turn.pending:
        return turn
    running = begin(shared.engine, shared.chats, turn)
    place = st.empty()
    while not wait([running], timeout=_WAIT).done:
        if (steps := shared.engine.steps.get(turn.id)) and (model := model_name(shared)):
            place.html(in_flight_html(model, list(steps)))
            continue
        said = "Looking through the sources" if shared.engine.ready else "Opening the index"
        place.html(f'<p class="ap-waiting" role="status">{said}…</p>')
    place.empty()
    return shared.chats.turn(turn.id)


def _show_answer(shared: Services, turn: ChatTurn, answer: Answer) -> bool:
    seen = st.session_state.setdefault("seen", set())
    fresh = turn.id not in seen and time.time() - turn.asked < _FRESH
    seen.add(turn.id)
    with st.container(key=f"{'fresh' if fresh else 'answer'}-{turn.id}", gap="small"):
        if badge := verdict_html(answer):
            st.html(badge)
        _pieces(turn, answer, fresh)
        if answer.abstained:
            _suggestions(turn, answer)
        st.html(notes_html(answer))
    _actions(shared, turn, answer)
    return fresh


def _pieces(turn: ChatTurn, answer: Answer, fresh: bool) -> None:
    group = 0
    for piece in pieces(answer):
        if isinstance(piece, Quote):
            body, group = quote_html(piece, fresh, group)
            st.html(body)
            _chip(turn, piece.citation)
        else:
            words = piece.text
            if answer.abstained:  # the badge says the first sentence
                words = words.partition(".")[2].strip()
            if words:
                body, group = words_html(words, fresh, group)
                st.html(body)


def _chip(turn: ChatTurn, citation: Citation) -> None:
    where = as_label(citation.title, 60) + (f" › {as_label(citation.section, 40)}" if citation.section else "")
    st.button(
        f"**{citation.n}**  {where}",
        key=f"cite-{turn.id}-{citation.n}",
        help=f"{KINDS[citation.kind]}: {where}. Open the source at this quote.",
        type="tertiary",
        on_click=open_panel,
        args=(turn.id, citation.n - 1),
    )


def _suggestions(turn: ChatTurn, answer: Answer) -> None:
    if not answer.suggestions:
        return
    st.html('<p class="ap-see-also">Nearest passages, to read for yourself. They are not an answer.</p>')
    for n, suggestion in enumerate(answer.suggestions):
        st.html(
            f'<blockquote class="ap-quote ap-quote-small ap-near" dir="auto">{as_html(suggestion.quote)}</blockquote>'
        )
        st.button(
            f"Read in {_where(suggestion)}",
            key=f"near-{turn.id}-{n}",
            type="tertiary",
            on_click=open_panel,
            args=(turn.id, n),
        )


def _where(suggestion: Suggestion) -> str:
    title = as_label(suggestion.title or suggestion.source_id, 60)
    return title + (f" › {as_label(suggestion.section, 40)}" if suggestion.section else "")


def _actions(shared: Services, turn: ChatTurn, answer: Answer) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key=f"actions-{turn.id}", gap="small"):
        st.feedback("thumbs", key=f"thumb-{turn.id}", default=turn.thumb, on_change=_rate, args=(shared, turn))
        plain = answer_text(turn.question, answer)
        link = f"?q={percent_encode(turn.question)}"
        st.html(
            f'<button type="button" class="ap-copy" data-copy="{as_html(plain)}">Copy</button>'
            f'<button type="button" class="ap-copy" data-link="{as_html(link)}">Copy link</button>',
            width="content",
        )
        st.button(
            "Edit",
            key=f"edit-{turn.id}",
            type="tertiary",
            on_click=_start_editing,
            args=(turn.id,),
            help="Edit the question and ask it again. What follows it in this chat is dropped.",
        )
    if turn.thumb is not None:
        st.text_input(
            "What was good about it?" if turn.thumb else "What was wrong with it?",
            value=turn.reason,
            key=f"reason-{turn.id}",
            max_chars=500,
            on_change=_rate,
            args=(shared, turn),
            placeholder="Kept with this chat, on this machine",
        )
    show_phrasing(shared, turn.id, answer)
    if answer.considered:
        with st.expander("Why this answer?", type="compact", key=f"why-{turn.id}"):
            st.html(considered_html(answer, _titles(shared)))


def _titles(shared: Services) -> dict[str, str]:
    try:
        return {source.id: source.title for source in shared.engine.assistant(timeout=0).store.sources()}
    except (AskpostError, TimeoutError):
        return {}  # ids are shown in their stead


def _rate(shared: Services, turn: ChatTurn) -> None:
    thumb = st.session_state.get(f"thumb-{turn.id}")
    shared.chats.rate(turn.id, thumb, st.session_state.get(f"reason-{turn.id}", turn.reason) or "")


def _start_editing(turn: str) -> None:
    st.session_state.editing = turn


def _edit(shared: Services, turn: ChatTurn) -> None:
    with st.form(f"edit-form-{turn.id}", border=False, enter_to_submit=True):
        st.text_input("Question", value=turn.question, key=f"edited-{turn.id}", max_chars=2_000)
        with st.container(horizontal=True):
            st.form_submit_button("Ask again", type="primary", on_click=_ask_again, args=(shared, turn))
            st.form_submit_button("Cancel", on_click=_start_editing, args=("",))
    st.html(f"<script>{GO_TO_EDITOR}</script>", unsafe_allow_javascript=True)


def _ask_again(shared: Services, turn: ChatTurn) -> None:
    question = str(st.session_state.get(f"edited-{turn.id}", "")).strip()
    st.session_state.editing = ""
    if question:
        begin(shared.engine, shared.chats, shared.chats.replace(turn, question))
