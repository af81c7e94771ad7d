"""The source panel: a whole source with the quoted passage highlighted and scrolled to."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from app.contract import Answer, Citation, Suggestion
from app.web.engine import Engine
from app.web.markup import KINDS
from app.web.scripts import SCROLL_TO_MARK
from app.web.state import show_error
from app.web.text import as_html, web_address
from app.web.typeset import Mark, typeset
from corpus import Source
from corpus.errors import AskpostError
from index.text_store import TextStore

_OPEN = "panel"  # in the session: the turn that the panel is open on, and the number of its passage


@dataclass(frozen=True, slots=True)
class Place:
    """A passage to open: the characters [start:end] of a source, which read ``quote``."""

    source_id: str
    quote: str
    start: int
    end: int
    address: str = ""


def places(answer: Answer) -> list[Place]:
    """The passages that an answer cites, or suggests for reading."""
    cited: Sequence[Citation | Suggestion] = answer.citations or answer.suggestions
    return [
        Place(c.source_id, c.quote, c.start, c.end, c.text_fragment_url if isinstance(c, Citation) else "")
        for c in cited
    ]


def open_panel(turn: str, at: int) -> None:
    """Open the panel on a turn's passage number ``at``; a button's callback."""
    st.session_state[_OPEN] = (turn, at)


def close_panel() -> None:
    """Close the panel."""
    st.session_state.pop(_OPEN, None)


def panel_turn() -> str | None:
    """The turn whose passages the panel is open on."""
    opened: tuple[str, int] | None = st.session_state.get(_OPEN)
    return opened and opened[0]


@st.dialog("Source", position="right", width=640, on_dismiss=close_panel)
def source_panel(engine: Engine, shown: Sequence[Place]) -> None:
    """Show the passage that the panel is open on in its source, with the way to the others."""
    if _OPEN not in st.session_state:
        return
    turn, at = st.session_state[_OPEN]
    place = shown[at]
    try:
        store = engine.assistant().store
        source = store.source(place.source_id)
    except AskpostError as error:
        show_error(error)
        return
    with st.container(key="panel_head"):
        _steps(turn, len(shown), at)
        st.html(head_html(source))
        source_links(source, place.address)
    if note := note_html(source):
        st.html(note)
    _text(store, source, place, [other for other in shown if other.source_id == place.source_id])


def _steps(turn: str, count: int, at: int) -> None:
    if count < 2:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="panel_steps"):
        st.button(
            "Previous",
            icon=":material/arrow_back:",
            type="tertiary",
            key="panel_previous",
            on_click=open_panel,
            args=(turn, (at - 1) % count),
        )
        st.html(f'<p class="ap-step" aria-live="polite">Passage {at + 1} of {count}</p>', width="content")
        st.button(
            "Next",
            icon=":material/arrow_forward:",
            icon_position="right",
            type="tertiary",
            key="panel_next",
            on_click=open_panel,
            args=(turn, (at + 1) % count),
        )


def head_html(source: Source) -> str:
    """What a source is, who wrote it and when, as HTML."""
    facts = [KINDS[source.kind], *(fact for fact in (source.author, source.date) if fact)]
    return (
        f'<h2 class="ap-source-title" dir="auto">{as_html(source.title or source.id)}</h2>'
        f'<p class="ap-facts">{" · ".join(as_html(fact) for fact in facts)}</p>'
    )


def note_html(source: Source) -> str:
    """What to know before reading a digest, as HTML; empty for other sources."""
    if source.kind != "digest":
        return ""
    about = f" It was written from: {as_html(source.basis.rstrip('.'))}." if source.basis else ""
    said = "A digest is askpost’s own summary of a page that the post links to, not the page itself."
    return f'<p class="ap-notes">{said}{about}</p>'


def source_links(source: Source, address: str = "") -> None:
    """Links to the page itself (at the quote, if ``address`` leads there) and to its archived copy."""
    links = [
        ("Open original", web_address(address) or web_address(source.url), ":material/open_in_new:"),
        ("Archived copy", web_address(source.archive), ":material/history:"),
    ]
    if any(url for _, url, _ in links):
        with st.container(horizontal=True):
            for label, url, icon in links:
                if url:
                    st.link_button(label, url, icon=icon)


def _text(store: TextStore, source: Source, place: Place, cited: Sequence[Place]) -> None:
    text = store.text(source.id)
    found = find(text, place)
    if found is None:
        st.info("This answer came from an earlier build, and its passage is no longer in the source.")
    marks = [Mark(other.start, other.end) for other in cited if text[other.start : other.end] == other.quote]
    if found is not None:
        marks.append(Mark(*found, target=True))
    st.html(typeset(text, store.sentences_of_source(source.id), marks))
    # The script differs with the passage, so that it runs again for the next one.
    st.html(f"<script>/* {place.start} */{SCROLL_TO_MARK}</script>", unsafe_allow_javascript=True)


def find(text: str, place: Place) -> tuple[int, int] | None:
    """Where the passage stands in the text: at its place, or, after a rebuild, wherever its words are."""
    if text[place.start : place.end] == place.quote:
        return place.start, place.end
    start = text.find(place.quote)
    return None if start < 0 or not place.quote else (start, start + len(place.quote))
