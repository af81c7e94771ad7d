"""The sources page: the post and its references to read and search, what was cited marked."""

from collections.abc import Sequence

import streamlit as st

from app.web.panel import head_html, note_html, source_links
from app.web.scripts import SCROLL_TO_MARK
from app.web.services import Services, services
from app.web.state import assistant_or_notice
from app.web.text import as_html, as_label, counted
from app.web.typeset import Mark, typeset
from corpus import Source
from index.text_store import StoredSentence, TextStore

_FOUND = 30  # search results shown at most
_AT = "reading_at"  # in the session: the sentence to scroll to, as (source, start, end)


def sources_page() -> None:
    """Draw the page."""
    shared = services()
    st.html('<h1 class="ap-title">Sources</h1>')
    assistant = assistant_or_notice(shared)
    if assistant is None:
        return
    store = assistant.store
    sources = store.sources()
    query = st.text_input("Search the sources", type="search", key="search", placeholder="A word or phrase")
    if query.strip():
        _results(store, query.strip())
    ids = [source.id for source in sources]
    if "source" not in st.session_state and st.query_params.get("source") in ids:
        st.session_state.source = st.query_params["source"]
    titles = {source.id: source.title or source.id for source in sources}
    chosen = st.selectbox("Source to read", ids, format_func=titles.__getitem__, key="source")
    st.query_params["source"] = chosen
    _read(shared, store, store.source(chosen))


def _read(shared: Services, store: TextStore, source: Source) -> None:
    text = store.text(source.id)
    marks = cited_marks(shared, source.id, text)
    at = st.session_state.get(_AT)
    with st.container(key="reading"):
        st.html(head_html(source) + note_html(source))
        source_links(source)
        if marks:
            count = (
                f"{len(marks)} passages that your chats cite are"
                if len(marks) > 1
                else "The passage that your chats cite is"
            )
            st.html(f'<p class="ap-notes">{count} marked.</p>')
        if at and at[0] == source.id:
            marks.append(Mark(at[1], at[2], target=True))
        st.html(f'<div class="ap-reading">{typeset(text, store.sentences_of_source(source.id), marks)}</div>')
    if at and at[0] == source.id:
        st.html(f"<script>/* {at[1]} */{SCROLL_TO_MARK}</script>", unsafe_allow_javascript=True)


def cited_marks(shared: Services, source: str, text: str) -> list[Mark]:
    """The passages of a source that kept answers cite, where they still stand in its text."""
    cited = {
        (citation.start, citation.end)
        for answer in shared.chats.answers()
        for citation in answer.citations
        if citation.source_id == source and text[citation.start : citation.end] == citation.quote
    }
    return [Mark(start, end) for start, end in sorted(cited)]


def find_sentences(store: TextStore, query: str) -> list[StoredSentence]:
    """The sentences that hold the query as it is, else those that hold all of its words; in either case of letters."""
    sentences = [sentence for source in store.sources() for sentence in store.sentences_of_source(source.id)]
    phrase = " ".join(query.casefold().split())
    found = [sentence for sentence in sentences if phrase in sentence.text.casefold()]
    words = phrase.split()
    return found or [sentence for sentence in sentences if all(word in sentence.text.casefold() for word in words)]


def _results(store: TextStore, query: str) -> None:
    found = find_sentences(store, query)
    count = counted(len(found), "sentence")
    shown = f", the first {_FOUND} shown" if len(found) > _FOUND else ""
    st.html(f'<p class="ap-notes" role="status">{count if found else "No sentence"} with “{as_html(query)}”{shown}</p>')
    with st.container(key="results", gap=None, height=320 if len(found) > 5 else "content"):
        _result_buttons(found[:_FOUND])


def _result_buttons(found: Sequence[StoredSentence]) -> None:
    for sentence in found:
        st.button(
            f"{as_label(sentence.text, 160)}  \n*{as_label(sentence.source.title or sentence.source.id, 60)}*",
            key=f"found-{sentence.id}",
            type="tertiary",
            width="stretch",
            on_click=_go_to,
            args=(sentence.source.id, sentence.start, sentence.end),
        )


def _go_to(source: str, start: int, end: int) -> None:
    st.session_state.source = source
    st.session_state[_AT] = (source, start, end)
