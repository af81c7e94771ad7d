"""Run systems over a question set and score them in the same way."""

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from corpus import BUNDLED, load_corpus
from corpus.errors import IndexMismatchError
from eval.machine import machine
from eval.metrics.bootstrap import interval
from eval.metrics.retrieval import document_values, relevant_units, retrieval_values
from eval.questions import FIXED_SET, Question, QuestionSetError, SplitChoice, load_questions, missing_gold
from eval.report import Cost, Difference, Report, SystemReport
from eval.scoring import MEANS, Outcome, question_values, score
from eval.systems import System
from eval.systems.registry import DEFAULT, Material, chosen, make
from index.builds import current_build, read_manifest
from index.settings import default_home
from index.text_store import TEXT_FILE, TextStore

Progress = Callable[[str, int, int], None]  # a system's name, questions asked, questions in all
Runner = Callable[[str, Material, Sequence[Question], Progress], SystemReport]


def _quiet(name: str, done: int, total: int) -> None:
    pass


def run_here(name: str, material: Material, questions: Sequence[Question], progress: Progress = _quiet) -> SystemReport:
    """Make a system in this process, ask it everything, score it and close it."""
    texts = {document.source.id: document.text for document in material.documents}
    started = time.perf_counter()
    system = make(name, material)
    setup = time.perf_counter() - started
    try:
        return run(system, questions, texts, progress, setup)
    finally:
        system.close()


def evaluate(
    set_path: Path = FIXED_SET,
    split: SplitChoice = "test",
    *,
    corpus: Path = BUNDLED,
    home: Path | None = None,
    systems: Sequence[str] = DEFAULT,
    runner: Runner = run_here,
    progress: Progress = _quiet,
) -> Report:
    """Score systems side by side on a split of a question set; the first is compared with each of the others.

    The index must exist and hold the corpus as it is now; ``home`` None is the corpus's own. Systems without
    a rule of their own for abstaining get a threshold fitted on the set's dev split; without one they never abstain.
    ``runner`` is where a system runs: here, or in a process of its own (`eval.alone.run_alone`).

    Raises:
        QuestionSetError: the set is malformed, has nothing in the split, or is for another corpus.
        IndexUnusableError: there is no index, or it holds other texts.
        UnknownSystemError: a system is not known, or not installed.
    """
    names = chosen(systems)
    questions = load_questions(set_path)
    asked = questions.of(split)
    documents = load_corpus(corpus)
    texts = {document.source.id: document.text for document in documents}
    if astray := missing_gold(questions.questions, texts):
        id_, gold = astray[0]
        raise QuestionSetError(
            f"{set_path} is for another corpus: {len(astray)} gold quotes do not occur in it, first that of {id_} "
            f"in {gold.source!r}: “{gold.quote}”. Give --corpus the folder it was written for."
        )
    home = home or default_home(corpus)
    build = _check_texts(home, texts)
    material = Material(documents, home, [q for q in questions.questions if q.split == "dev" and q.has_quotes])
    reports = tuple(runner(name, material, asked, progress) for name in names)
    return Report(
        set_name=set_path.name if set_path != FIXED_SET else "post",
        sha256=questions.sha256,
        split=split,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        build=build,
        systems=reports,
        differences={other.name: compare(reports[0], other) for other in reports[1:]},
        machine=machine(),
    )


def run(
    system: System,
    questions: Sequence[Question],
    texts: Mapping[str, str],
    progress: Progress = _quiet,
    setup_seconds: float = 0.0,
) -> SystemReport:
    """Ask a system every question and score it overall and by type."""
    started = time.perf_counter()
    responses = []
    for done, question in enumerate(questions, start=1):
        responses.append(system.respond(question))
        progress(system.name, done, len(questions))
    seconds = time.perf_counter() - started
    units = system.units()
    rankings = {question.id: response.ranking for question, response in zip(questions, responses, strict=True)}
    retrieval = retrieval_values({q.id: relevant_units(units, q.gold) for q in questions if q.gold}, rankings)
    retrieval |= document_values({q.id: {each.source: each.grade for each in q.relevant} for q in questions}, rankings)
    outcomes = tuple(
        Outcome(question, response, retrieval.get(question.id, {}))
        for question, response in zip(questions, responses, strict=True)
    )
    types = dict.fromkeys(question.type for question in questions)
    return SystemReport(
        name=system.name,
        overall=score(outcomes, texts, probabilistic=system.probabilistic),
        by_type={
            type_: score([o for o in outcomes if o.question.type == type_], texts, probabilistic=system.probabilistic)
            for type_ in types
        },
        outcomes=outcomes,
        cost=Cost(round(setup_seconds, 3), round(seconds, 3)),
        calibrated=system.probabilistic,
    )


def compare(ours: SystemReport, other: SystemReport) -> dict[str, Difference]:
    """Differences of means over the questions that both have a value for, with paired 95 % intervals."""
    found = {}
    for name in MEANS:
        a, b = question_values(ours.outcomes, name), question_values(other.outcomes, name)
        deltas = [a[id_] - b[id_] for id_ in a if id_ in b]
        if ends := interval(deltas):
            found[name] = Difference(sum(deltas) / len(deltas), *ends)
    return found


def _check_texts(home: Path, texts: Mapping[str, str]) -> str:
    """The id of the build in use, which holds these texts."""
    build = current_build(home)
    store = TextStore(build / TEXT_FILE)
    try:
        indexed = {source.id: store.text(source.id) for source in store.sources()}
    finally:
        store.close()
    if indexed != dict(texts):
        raise IndexMismatchError(
            f"The index in {home} does not hold the corpus as it is now; run `askpost index` for it first."
        )
    return read_manifest(build).id
