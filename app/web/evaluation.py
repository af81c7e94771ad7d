"""The evaluation page: the latest report of `askpost eval`, its failures, and a new run."""

import streamlit as st

from app.web.charts import accuracy_by_type, risk_coverage
from app.web.chat import ask
from app.web.evaluations import FOLDER, JOB, Asked, Report, System, arguments, latest_report
from app.web.jobs import Job
from app.web.services import Services, go_to_chat, open_chat, services
from app.web.state import show_progress
from app.web.text import as_html
from app.web.theme import quiet_ink

_POLL = 0.5
_SHOWN = {
    "accuracy": "Right answers",
    "hit_1": "First quote right (hit@1)",
    "hit_3": "One of three right (hit@3)",
    "f1": "Words of the quote (F1)",
    "verdict_accuracy": "Verdicts right",
    "abstention_precision": "Abstention, precision",
    "abstention_recall": "Abstention, recall",
    "verbatim": "Quotes verbatim",
}


def evaluation_page() -> None:
    """Draw the page."""
    shared = services()
    st.html('<h1 class="ap-title">Evaluation</h1>')
    report = latest_report(shared.home / FOLDER)
    _run(shared)
    if report is None:
        st.html('<p class="ap-notes">No evaluation has been run on this index yet. It takes a minute or so.</p>')
        return
    st.html(
        f'<p class="ap-notes">{len(report.systems[0].questions)} questions of the {as_html(report.split)} split of '
        f"{as_html(report.set_name)}, {as_html(report.created[:16].replace('T', ' '))} UTC, on the build "
        f'<span class="ap-id">{as_html(report.build)}</span></p>'
    )
    st.html(figures_html(report))
    ink = quiet_ink(st.context.theme.type)
    st.html('<h2 class="ap-subtitle">Right answers by type of question</h2>')
    st.vega_lite_chart(spec=accuracy_by_type(report, ink), width="stretch")
    st.html('<h2 class="ap-subtitle">Risk and coverage</h2>')
    st.html(
        '<p class="ap-notes">The share of errors among the answers given, as the share of questions answered grows, '
        "surest first. Lower is better.</p>"
    )
    st.vega_lite_chart(spec=risk_coverage(report, ink), width="stretch")
    _failures(shared, report.systems[0])


def figures_html(report: Report) -> str:
    """The measures overall, a column for each system, as an HTML table."""
    heads = "".join(f'<th scope="col">{as_html(system.name)}</th>' for system in report.systems)
    rows = []
    for measure, label in _SHOWN.items():
        values = [system.overall.get(measure) for system in report.systems]
        if any(value is not None for value in values):
            cells = "".join(f"<td>{'–' if value is None else f'{value:.1%}'}</td>" for value in values)
            rows.append(f'<tr><th scope="row">{label}</th>{cells}</tr>')
    return f'<table class="ap-figures"><thead><tr><td></td>{heads}</tr></thead><tbody>{"".join(rows)}</tbody></table>'


def _run(shared: Services) -> None:
    job = shared.jobs.get(JOB)
    if job is not None and job.running:
        st.fragment(_watch, run_every=_POLL)(job)
        return
    st.button("Run the evaluation", icon=":material/play_arrow:", key="evaluate", on_click=_start, args=(shared,))
    if job is not None and job.cancelled:
        st.info("The evaluation was cancelled.")
    elif job is not None and job.code not in (0, 1):  # 1: it ran, and fell below the gate's floor
        st.warning("The evaluation failed. Its log says why.", icon=":material/error:")
        st.html(f'<pre class="ap-log">{as_html(chr(10).join(job.log))}</pre>')
    elif job is not None and job.code == 1:
        st.warning("The figures are below the floor that the gate asks for.", icon=":material/error:")


def _start(shared: Services) -> None:
    shared.jobs.start(JOB, arguments(shared.home, shared.corpus))


def _watch(job: Job) -> None:
    if not job.running:
        st.rerun()
    show_progress(job)
    st.button("Cancel", icon=":material/close:", key="cancel-evaluation", on_click=job.cancel)


def _failures(shared: Services, system: System) -> None:
    failed = [question for question in system.questions if not question.right]
    st.html(f'<h2 class="ap-subtitle">Not answered as expected: {len(failed)} of {len(system.questions)}</h2>')
    for question in failed:
        before = "".join(f"{as_html(earlier)} → " for earlier in question.before)
        with st.container(key=f"failed-{question.id}", gap="small"):
            st.html(
                f"<p>{before}<strong>{as_html(question.text)}</strong> "
                f'<span class="ap-notes">{as_html(question.type)}, {as_html(question.id)}</span></p>'
                f'<p class="ap-notes">Expected: {as_html(question.expected)}<br>Got: {as_html(question.got)}</p>'
            )
            if question.known:
                st.button(
                    "Ask it in the chat",
                    key=f"ask-{question.id}",
                    on_click=_ask,
                    args=(shared, question),
                    type="tertiary",
                )


def _ask(shared: Services, question: Asked) -> None:
    """Ask a question in a new chat, after those that came before it; a button's callback."""
    go_to_chat()
    for n, text in enumerate((*question.before, question.text)):
        ask(shared, open_chat(), n, text)
