"""What a language model does with an answer: shown while it does it, and accounted for afterwards."""

import streamlit as st

from app.contract import Answer, Checked
from app.web.markup import BACKEND, Quote, checked_html, pieces, quote_html, verdict_html
from app.web.services import Services
from app.web.text import as_html, as_label
from corpus.errors import AskpostError


def in_flight_html(steps: list[Answer | Checked]) -> str:
    """The quotes, which are there at once, and how far the model is in putting them into words."""
    first = steps[0]
    if not isinstance(first, Answer):
        return ""
    quotes = "".join(quote_html(piece, fresh=False)[0] for piece in pieces(first) if isinstance(piece, Quote))
    checked = sum(isinstance(step, Checked) for step in steps)
    so_far = f" {checked} {'sentence' if checked == 1 else 'sentences'} checked so far." if checked else ""
    said = f'<p class="ap-waiting" role="status">A language model puts this into words…{so_far}</p>'
    return f'<div class="ap-in-flight">{verdict_html(first)}{quotes}{said}</div>'


def show_phrasing(shared: Services, turn: str, answer: Answer) -> None:
    """Account for a language model's part in an answer: what was struck and why, and what it was sent."""
    if answer.backend == BACKEND:
        return
    with st.expander(as_label(_summary(answer)), type="compact", key=f"phrased-{turn}"):
        st.html(checked_html(answer.checked) or '<p class="ap-notes">It wrote nothing that could be checked.</p>')
        if sent := _sent(shared, answer):
            st.html(
                f'<p class="ap-notes">All that it was sent:</p><pre class="ap-log" tabindex="0">{as_html(sent)}</pre>'
            )


def _summary(answer: Answer) -> str:
    struck = sum(not one.supported for one in answer.checked)
    if not struck:
        return f"What {answer.backend} wrote, and was sent"
    wrote = len(answer.checked)
    return f"{answer.backend} wrote {wrote} {'sentence' if wrote == 1 else 'sentences'}: {struck} struck"


def _sent(shared: Services, answer: Answer) -> str:
    """Empty if no language model is on any more."""
    try:
        phrasing = shared.engine.assistant(timeout=0).phrasing
    except (AskpostError, TimeoutError):
        return ""
    return phrasing.sent(answer) if phrasing else ""
