"""The index page: the build in use, a new one, and the way back to an earlier one."""

import datetime
from pathlib import Path

import streamlit as st

from app.web.jobs import Job
from app.web.rebuild import JOB, arguments
from app.web.services import Services, services
from app.web.state import show_error, show_progress
from app.web.text import as_html, as_label, counted
from corpus import BUNDLED
from corpus.errors import AskpostError, IndexMismatchError
from index.builds import (
    Manifest,
    builds_folder,
    current_build,
    list_builds,
    read_manifest,
    select_build,
    unusable_builds,
)

_POLL = 0.4


def index_page() -> None:
    """Draw the page."""
    shared = services()
    st.html('<h1 class="ap-title">Index</h1>')
    served = _served(shared.home)
    if served is not None:
        st.html(build_html(served, builds_folder(shared.home) / served.id))
    _rebuild(shared, served)
    _builds(shared, served)


def _served(home: Path) -> Manifest | None:
    try:
        return read_manifest(current_build(home))
    except AskpostError as error:
        show_error(error)
        return None


def build_html(manifest: Manifest, folder: Path) -> str:
    """What a build is made from and holds, as HTML."""
    counts = manifest.counts
    facts = {
        "Build in use": f'<span class="ap-id">{as_html(manifest.id)}</span>',
        "Made": f"{as_html(age(manifest.created))} ({as_html(manifest.created[:16].replace('T', ' '))} UTC)",
        "Embedding model": f"{as_html(manifest.model)}, {manifest.dimensions} dimensions",
        "Holds": ", ".join(counted(counts.get(f"{thing}s", 0), thing) for thing in ("source", "passage", "sentence")),
        "Passages": f"up to {manifest.passage_chars} characters",
        "Size on disk": size(sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())),
        "Documents": as_html(manifest.corpus or "not recorded"),
        "Sources": ", ".join(as_html(id_) for id_ in list(manifest.sources)[:50]),
        "Made with": ", ".join(f"{as_html(name)} {as_html(version)}" for name, version in manifest.versions.items()),
    }
    rows = "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in facts.items())
    return f'<dl class="ap-facts-list">{rows}</dl>'


def size(count: int) -> str:
    """A number of bytes in words."""
    return f"{count / 1e6:,.1f} MB" if count >= 100_000 else f"{count / 1e3:,.1f} kB"


def age(created: str, now: datetime.datetime | None = None) -> str:
    """How long ago an ISO 8601 time was, in words."""
    seconds = ((now or datetime.datetime.now(datetime.UTC)) - datetime.datetime.fromisoformat(created)).total_seconds()
    for unit, length in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= length:
            return f"{counted(int(seconds // length), unit)} ago"
    return "just now"


def corpus_of(shared: Services, served: Manifest | None) -> Path:
    """The folder to build from: the one named, else the one that the served build was made from."""
    if shared.corpus is not None:
        return shared.corpus
    recorded = Path(served.corpus) if served and served.corpus else BUNDLED
    return recorded if recorded.is_dir() else BUNDLED


def _rebuild(shared: Services, served: Manifest | None) -> None:
    st.html('<h2 class="ap-subtitle">Rebuild</h2>')
    job = shared.jobs.get(JOB)
    if job is not None and job.running:
        st.fragment(_watch, run_every=_POLL)(job)
        return
    corpus = corpus_of(shared, served)
    st.html(
        '<p class="ap-notes">Reads the documents again and builds a new index from them. '
        "The chat keeps answering from the build in use, and moves over when the new one is whole.</p>"
    )
    st.button(
        "Rebuild the index" if served or unusable_builds(shared.home) else "Build the index",
        icon=":material/sync:",
        key="rebuild",
        on_click=_start,
        args=(shared, corpus),
    )
    if job is not None:
        _outcome(job)


def _start(shared: Services, corpus: Path) -> None:
    shared.jobs.start(JOB, arguments(shared.home, corpus))


def _watch(job: Job) -> None:
    if not job.running:
        st.rerun()
    show_progress(job)
    st.button("Cancel", icon=":material/close:", key="cancel-rebuild", on_click=job.cancel)
    _log(job)


def _outcome(job: Job) -> None:
    if job.cancelled:
        st.info("The rebuild was cancelled; the build in use is as it was.")
    elif job.code:
        st.warning("The rebuild failed; the build in use is as it was. Its log says why.", icon=":material/error:")
    else:
        st.success(as_label(job.log[-1] if job.log else "Done.", 200), icon=":material/check:")
    _log(job)


def _log(job: Job) -> None:
    if job.log:
        with st.expander("Log", expanded=bool(job.code) and not job.cancelled):
            st.html(f'<pre class="ap-log">{as_html(chr(10).join(job.log))}</pre>')


def _builds(shared: Services, served: Manifest | None) -> None:
    try:
        builds, unusable = list_builds(shared.home), unusable_builds(shared.home)
    except AskpostError as error:
        show_error(error)
        return
    if len(builds) < 2 and not unusable:
        return
    st.html('<h2 class="ap-subtitle">Builds kept</h2>')
    for manifest in builds:
        in_use = served is not None and manifest.id == served.id
        with st.container(horizontal=True, vertical_alignment="center", key=f"build-{manifest.id}"):
            holds = " · ".join(counted(manifest.counts.get(f"{thing}s", 0), thing) for thing in ("source", "sentence"))
            st.html(
                f'<p><span class="ap-id">{as_html(manifest.id)}</span><br>'
                f'<span class="ap-notes">{age(manifest.created)} · {holds}</span></p>'
            )
            st.button(
                "In use" if in_use else "Use this build",
                key=f"use-{manifest.id}",
                disabled=in_use,
                help=None if in_use else f"Serve the build {as_label(manifest.id)} again",
                on_click=_use,
                args=(shared, manifest.id),
            )
    for id_, problem in unusable.items():
        why = "Made by another version: rebuild" if isinstance(problem, IndexMismatchError) else "Damaged"
        st.html(f'<p><span class="ap-id">{as_html(id_)}</span><br><span class="ap-notes">{why}</span></p>')


def _use(shared: Services, build: str) -> None:
    try:
        select_build(shared.home, build)
    except AskpostError as error:
        st.toast(as_label(str(error), 200))
    shared.engine.follow()
