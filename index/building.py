"""Build an index: write it aside, verify it, then serve it."""

import datetime
import hashlib
import importlib.metadata
import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus import Document, Sentence
from corpus.errors import AskpostError, IndexDamagedError, NoIndexError
from index.builds import (
    KEEP,
    Manifest,
    builds_folder,
    checksums,
    current_build,
    read_manifest,
    remove_old,
    select_build,
    writer_lock,
)
from index.embedding import CachedEmbeddings, Progress
from index.encoder import QueryEncoder
from index.files import sync_tree, text_sha256
from index.models import ModelFiles, find_model
from index.passages import Passage, split_passages
from index.settings import FORMAT, IndexSettings
from index.text_store import TEXT_FILE, TextStore, TextWriter
from index.vectors import CHROMA_FOLDER, VectorStore

ENCODER_FOLDER = "encoder"
GROUP = 100  # documents embedded and stored together: enough for full batches, few enough to show progress

_PACKAGES = ("chromadb", "langchain-chroma", "sentence-transformers", "onnxruntime", "tokenizers")


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a call to `build_index` did; ``embedded`` counts the texts that had to be embedded."""

    manifest: Manifest
    changed: bool
    embedded: int = 0


def _quiet(_stage: str, _done: int, _total: int) -> None:
    """Progress that nobody watches."""


def build_index(
    documents: Sequence[Document],
    home: Path,
    settings: IndexSettings | None = None,
    *,
    corpus: str = "",
    force: bool = False,
    progress: Progress = _quiet,
) -> BuildReport:
    """Build the index of ``documents`` in ``home`` and serve it; do nothing if nothing changed.

    The build is written aside, verified and flushed to the disk before CURRENT moves to it: killed
    at any point, it leaves the served build as it was. ``progress`` is called with a stage, the
    number done and the total (0 where unknown).

    Raises:
        IndexBusyError: another process is building in this home.
        ModelError: the embedding model cannot be found or loaded.
        IndexDamagedError: the new build failed its verification; the old one stays in use.
        AskpostError: the home cannot be written to.
    """
    settings = settings or IndexSettings()
    try:
        builds_folder(home).mkdir(parents=True, exist_ok=True)
        with writer_lock(home):
            model = find_model(settings.model)
            fingerprint = _fingerprint(documents, model, settings)
            served = _served(home)
            if served and served.fingerprint == fingerprint and not force:
                return BuildReport(served, changed=False)
            return _build(documents, home, settings, model, fingerprint, corpus, progress)
    except OSError as error:
        raise AskpostError(
            f"The index in {home} cannot be written ({error}); free space, check permissions, or give --index a folder."
        ) from error


def _served(home: Path) -> Manifest | None:
    try:
        return read_manifest(current_build(home))
    except (NoIndexError, AskpostError):
        return None


def _fingerprint(documents: Sequence[Document], model: ModelFiles, settings: IndexSettings) -> str:
    """A digest of everything that a build depends on."""
    parts = {
        "format": FORMAT,
        "model": model.sha256,
        "passage_chars": settings.passage_chars,
        "sources": [[repr(document.source), text_sha256(repr(document))] for document in documents],
    }
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _build(
    documents: Sequence[Document],
    home: Path,
    settings: IndexSettings,
    model: ModelFiles,
    fingerprint: str,
    corpus: str,
    progress: Progress,
) -> BuildReport:
    now = datetime.datetime.now(datetime.UTC)
    folder = _new_folder(builds_folder(home), f"{now:%Y%m%dT%H%M%S}-{fingerprint[:8]}")
    embeddings = CachedEmbeddings(model, home / "cache", progress)
    try:
        progress("Writing texts and passages", 0, 0)
        dimensions = _write(documents, folder, settings, embeddings)
        # Copied, not linked: a build must not share its bytes with anything that could be damaged.
        shutil.copytree(embeddings.encoder_folder(), folder / ENCODER_FOLDER)
        progress("Verifying", 0, 0)
        counts = verify_contents(folder)
        sync_tree(folder)
        manifest = Manifest(
            id=folder.name,
            created=now.isoformat(timespec="seconds"),
            fingerprint=fingerprint,
            format=FORMAT,
            model=settings.model,
            model_sha256=model.sha256,
            dimensions=dimensions,
            passage_chars=settings.passage_chars,
            corpus=corpus,
            sources={document.source.id: text_sha256(document.text) for document in documents},
            counts=counts,
            checksums=checksums(folder),
            versions={name: importlib.metadata.version(name) for name in _PACKAGES},
        )
        manifest.save(folder)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    finally:
        embeddings.close()
    select_build(home, folder.name)
    remove_old(home, KEEP)
    return BuildReport(manifest, changed=True, embedded=embeddings.computed)


def _new_folder(parent: Path, name: str) -> Path:
    """Make a folder that was not there: with a number behind its name if the second was the same."""
    number = 1
    folder = parent / name
    while folder.exists():
        number += 1
        folder = parent / f"{name}-{number}"
    folder.mkdir()
    return folder


def _write(documents: Sequence[Document], folder: Path, settings: IndexSettings, embeddings: CachedEmbeddings) -> int:
    """Write texts, sentence embeddings and passages; return the number of dimensions."""
    writer = TextWriter(folder / TEXT_FILE)
    vectors = VectorStore(folder / CHROMA_FOLDER, embeddings)
    number = dimensions = 0
    for start in range(0, len(documents), GROUP):
        chunked = [
            (document, list(split_passages(document, settings.passage_chars)))
            for document in documents[start : start + GROUP]
        ]
        sentence_vectors = iter(embeddings.embed(list(_sentence_texts(chunked))))
        records: list[tuple[int, str, dict[str, str | int]]] = []
        for order, (document, passages) in enumerate(chunked, start=start):
            numbered = list(enumerate(passages, start=number))
            number += len(passages)
            of_sentence = {sentence: n for n, passage in numbered for sentence in passage.sentences}
            vector_of = {sentence: next(sentence_vectors) for sentence in of_sentence}
            writer.add(document, of_sentence, vector_of, order)
            records += [(n, _passage_text(document, passage), _metadata(document, n)) for n, passage in numbered]
            dimensions = next((len(vector) for vector in vector_of.values()), dimensions)
        vectors.add(records)
    writer.close()
    vectors.close()
    return dimensions


def _sentence_texts(chunked: Sequence[tuple[Document, list[Passage]]]) -> Iterator[str]:
    for document, passages in chunked:
        for passage in passages:
            for sentence in passage.sentences:
                yield _in_context(document, sentence, document.quote(sentence))


def _passage_text(document: Document, passage: Passage) -> str:
    return _in_context(document, passage.sentences[0], document.text[passage.start : passage.end])


def _in_context(document: Document, sentence: Sentence, text: str) -> str:
    """A text under its title and heading, which say what its "it" stands for."""
    heading = document.sections[sentence.section].title
    return f"{document.source.title} - {heading}: {text}" if heading else f"{document.source.title}: {text}"


def _metadata(document: Document, number: int) -> dict[str, str | int]:
    return {"passage": number, "source": document.source.id}


def verify_contents(folder: Path) -> dict[str, int]:
    """Open a build as a reader would; compare its counts and ask it a probe.

    Raises:
        IndexDamagedError: the stores disagree, or the probe finds nothing.
    """
    texts = TextStore(folder / TEXT_FILE)
    vectors = VectorStore(folder / CHROMA_FOLDER)
    try:
        counts = texts.counts()
        stored = vectors.count()
        if stored != counts["passages"]:
            raise IndexDamagedError(
                f"{folder} holds {stored} passages in Chroma but {counts['passages']} in SQLite; "
                "run `askpost index --force`."
            )
        probe = QueryEncoder(folder / ENCODER_FOLDER).encode("What is this about?")
        if counts["passages"] and not vectors.search([float(x) for x in probe], 1):
            raise IndexDamagedError(f"{folder} answers no query; run `askpost index --force`.")
        return counts
    finally:
        texts.close()
        vectors.close()
