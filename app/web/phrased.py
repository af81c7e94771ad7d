"""What a language model does with an answer: shown while it does it, and accounted for afterwards."""

from typing import TYPE_CHECKING

import streamlit as st

from app.contract import Answer, Checked
from app.web.markup import BACKEND, Quote, checked_html, pieces, quote_html, verdict_html
from app.web.services import Services
from app.web.text import as_html, as_label, counted
from corpus.errors import AskpostError

if TYPE_CHECKING:
    from app.backends import Phrasing


def in_flight_html(model: str, steps: list[Answer | Checked]) -> str:
    """The quotes, which are there at once, and how far the model is in putting them into words."""
    first = steps[0]
    if not isinstance(first, Answer):
        return ""
    quotes = "".join(quote_html(piece, fresh=False)[0] for piece in pieces(first) if isinstance(piece, Quote))
    checked = sum(isinstance(step, Checked) for step in steps)
    so_far = f" {counted(checked, 'sentence')} checked so far." if checked else ""
    said = f'<p class="ap-waiting" role="status">{as_html(model)} puts this into words…{so_far}</p>'
    return f'<div class="ap-in-flight">{verdict_html(first)}{quotes}{said}</div>'


def model_name(shared: Services) -> str:
    """The language model that is on; empty if none is."""
    phrasing = _phrasing(shared)
    return phrasing.name if phrasing else ""


def _phrasing(shared: Services) -> "Phrasing | None":
    try:
        return shared.engine.assistant(timeout=0).phrasing
    except (AskpostError, TimeoutError):
        return None


def show_phrasing(shared: Services, turn: str, answer: Answer) -> None:
    """Account for a language model's part in an answer: what was struck and why, and what it was sent."""
    if answer.backend == BACKEND:
        return
    with st.expander(as_label(_summary(answer)), type="compact", key=f"phrased-{turn}"):
        st.html(checked_html(answer.checked) or '<p class="ap-notes">It wrote nothing that could be checked.</p>')
        if sent := _sent(shared, answer):
            st.html(
                '<p class="ap-notes">All that it was sent:</p>'
                f'<pre class="ap-log ap-sent" tabindex="0">{as_html(sent)}</pre>'
            )


def _summary(answer: Answer) -> str:
    struck = sum(not one.supported for one in answer.checked)
    if not struck:
        return f"What {answer.backend} wrote, and was sent"
    return f"{answer.backend} wrote {counted(len(answer.checked), 'sentence')}: {struck} struck"


def _sent(shared: Services, answer: Answer) -> str:
    """Empty if no language model is on any more."""
    phrasing = _phrasing(shared)
    return phrasing.sent(answer) if phrasing else ""
