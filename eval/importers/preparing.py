"""From public data to what an evaluation runs on: a question set, a folder of documents, and their index.

What the data carries is written and indexed once, in a folder of its own beside the index home, and used again
as long as the data and the limits are the same.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import KW_ONLY, dataclass, field
from pathlib import Path

from tomlkit import string as toml_string

from corpus import load_corpus
from corpus.errors import AskpostError, IndexUnusableError
from corpus.loading import SOURCE_LIST
from eval.importers.carried import Carried
from eval.importers.detecting import Format
from eval.importers.placing import place, plain, relocate
from eval.importers.sampling import Limits, draw
from eval.questions import QuestionSetError, SplitChoice, write_questions
from index.building import build_index
from index.builds import check_settings, current_build, read_manifest
from index.files import file_sha256
from index.settings import default_home

FORMAT = 1  # raise when the same data would be written otherwise
FOLDER = ".askpost-sets"
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Dataset:
    """What to evaluate on: a split of public data, drawn within limits, and the documents to ask it on.

    With a ``corpus`` its documents are asked instead of those that the data carries: gold quotes are looked up in
    them, and their index (``home``, or the corpus's own) must exist. ``sets`` is the folder that all is kept in.
    """

    path: Path
    format: Format
    split: SplitChoice = "test"
    limits: Limits = field(default_factory=Limits)
    _: KW_ONLY
    corpus: Path | None = None
    home: Path | None = None
    sets: Path | None = None


@dataclass(frozen=True, slots=True)
class Prepared:
    """A data set as files that can be evaluated on, and what to know of it."""

    set_path: Path
    corpus: Path
    home: Path
    notes: tuple[str, ...]


def _quiet(_stage: str, _done: int, _total: int) -> None:
    """Progress that nobody watches."""


def prepare(dataset: Dataset, progress: Progress = _quiet) -> Prepared:
    """Write the question set of a split and the documents, and index these unless that is done already.

    Raises:
        QuestionSetError: the data is malformed, or nothing of it can be asked.
        AskpostError: the folder cannot be written.
    """
    prepared = write_set(dataset)
    # A home that was named may hold other documents.
    if not dataset.corpus and (dataset.home or not _is_built(prepared.home)):
        build_index(load_corpus(prepared.corpus), prepared.home, corpus=str(prepared.corpus), progress=progress)
    return prepared


def write_set(dataset: Dataset) -> Prepared:
    """Write the question set of a split, and the documents unless they are there already.

    Raises:
        QuestionSetError: the data is malformed, or nothing of it can be asked.
        AskpostError: the folder cannot be written.
    """
    path, format_, limits, corpus = dataset.path, dataset.format, dataset.limits, dataset.corpus
    data = format_.read(path)
    asked, documents = draw(data, dataset.split, limits)
    by_id = {document.id: document for document in documents}
    questions = [question for each in asked if (question := place(each, by_id))]
    notes = [f"{format_.name}: {len(asked):,} of {len(data.questions):,} questions"]
    if corpus:
        texts = {document.source.id: document.text for document in load_corpus(corpus)}
        questions = relocate(questions, texts)
    else:
        notes[0] += f", {len(documents):,} of {len(data.documents):,} documents"
        if len(documents) < len(data.documents):
            notes.append("Fewer documents make retrieval easier: compare only runs on the same ones")
    if left_out := len(asked) - len(questions):
        notes.append(f"{left_out:,} questions left out: too long, or with evidence that the documents do not hold")
    if format_.caution:
        notes.append(format_.caution)
    if not questions:
        raise QuestionSetError(f"{path}: no question is left to ask; its evidence does not stand in the documents.")
    base = (dataset.sets or default_home().parent / FOLDER) / f"{path.stem}-{_digest(format_.files(path))}"
    set_path = base / f"{path.stem}-{dataset.split}{limits.name}.jsonl"
    try:
        _make(base)
        write_questions(set_path, questions)
        if corpus:
            return Prepared(set_path, corpus, dataset.home or default_home(corpus), tuple(notes))
        kept = base / f"documents-{_ids_digest(documents)}"
        if not (kept / SOURCE_LIST).exists():
            _write(kept, documents)
    except OSError as error:
        raise AskpostError(f"{base} cannot be written ({error.strerror}); free space, or check permissions.") from error
    return Prepared(set_path, kept, dataset.home or kept / ".askpost", tuple(notes))


def _digest(files: Sequence[Path]) -> str:
    """A digest of files' contents."""
    return hashlib.sha256("".join([str(FORMAT), *map(file_sha256, files)]).encode()).hexdigest()[:12]


def _ids_digest(documents: Sequence[Carried]) -> str:
    """A digest of which documents there are, of data whose digest is known."""
    return hashlib.sha256(json.dumps([document.id for document in documents]).encode()).hexdigest()[:12]


def _make(base: Path) -> None:
    base.mkdir(parents=True, exist_ok=True)
    ignore = base.parent / ".gitignore"
    if not ignore.exists():
        ignore.write_text("*\n", encoding="utf-8")  # it may lie in a checkout, and is nothing to commit


def _write(folder: Path, documents: Sequence[Carried]) -> None:
    """The documents as text files with a source list; aside first, so that a folder that is there is whole."""
    aside = folder.with_name(f".{folder.name}.{os.getpid()}")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir()
    try:
        tables = ['use = "file"']
        for number, document in enumerate(documents, start=1):
            file = f"{number:06}.txt"
            text = "\n\n".join(filter(None, map(plain, document.paragraphs)))
            (aside / file).write_text(text + "\n", encoding="utf-8")
            fields = {"id": document.id, "title": plain(document.title), "file": file}
            tables.append("[[source]]\n" + "\n".join(f"{key} = {_toml(value)}" for key, value in fields.items()))
        (aside / SOURCE_LIST).write_text("\n\n".join(tables) + "\n", encoding="utf-8")
        aside.replace(folder)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _toml(value: str) -> str:
    return toml_string(value).as_string()


def _is_built(home: Path) -> bool:
    """Whether an index is there that the settings still fit."""
    try:
        check_settings(read_manifest(current_build(home)))
    except IndexUnusableError:
        return False
    return True
