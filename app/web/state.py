"""What pages show while something is being waited for, or is missing."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import streamlit as st

from app.web.jobs import Job
from app.web.services import Services
from app.web.text import as_html, as_label, as_markdown
from corpus.errors import AskpostError

if TYPE_CHECKING:
    from app.assistant import Assistant

_POLL = 0.3  # seconds between looks at whether the index is open


def assistant_or_notice(shared: Services) -> "Assistant | None":
    """The assistant; or None, once the page says that the index is being opened, or why it cannot be."""
    if not shared.engine.ready:
        st.html('<p class="ap-notes" role="status">Opening the index…</p>')
        st.skeleton(height=160)
        return None  # the sidebar sees to it that the page is drawn anew
    try:
        return shared.engine.assistant()
    except AskpostError as error:
        show_unusable(error)
        return None


def show_unusable(error: AskpostError) -> None:
    """Say why there is no index to use, and where to make one."""
    show_error(error)
    st.html('<p><a href="index" target="_self">Build the index on its page</a></p>')


def show_error(error: AskpostError) -> None:
    """Say what is wrong and what to do; an error's message does both."""
    st.warning(as_markdown(str(error)), icon=":material/error:")


def show_progress(job: Job) -> None:
    """How far a job is: a bar where that is known, else for how long it has been running."""
    if job.fraction is not None:
        st.progress(job.fraction, text=as_label(f"{job.stage}: {job.done} of {job.total}"))
    else:
        elapsed = time.time() - job.started
        st.html(f'<p class="ap-notes" role="status">{as_html(job.stage)}… {elapsed:.0f} s</p>')


def rerun_when(there: Callable[[], bool]) -> None:
    """Draw the page anew as soon as what it waits for is there."""

    def look() -> None:
        if there():
            st.rerun()

    st.fragment(look, run_every=_POLL)()
