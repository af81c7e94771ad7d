"""Write what a build holds: from nothing, or into a copy of an earlier build, changed where its documents have.

Both give the same contents; only the numbers of sentences and passages differ.
"""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from corpus import Document, Sentence
from corpus.errors import IndexDamagedError
from index.builds import Manifest, checksums
from index.embedding import CachedEmbeddings
from index.files import copy_file, copy_tree
from index.passages import Passage, split_passages
from index.settings import IndexSettings
from index.text_store import TEXT_FILE, TextStore
from index.text_writer import TextWriter, document_digest
from index.vectors import BATCH, CHROMA_FOLDER, VectorStore

GROUP = 100  # documents embedded together: enough for full batches, few enough to show progress
MOST_CHANGED = 0.25  # share of documents, and of vectors removed over time, above which all is written anew


@dataclass(frozen=True, slots=True)
class Written:
    """How a build was written: from nothing, or on top of another (see `Manifest`)."""

    based_on: str = ""
    replaced: int = 0


def write(
    documents: Sequence[Document], folder: Path, settings: IndexSettings, embeddings: CachedEmbeddings
) -> Written:
    """Write all documents into an empty folder."""
    with (
        closing(VectorStore(folder / CHROMA_FOLDER, embeddings, settings.server)) as vectors,
        closing(TextWriter(folder / TEXT_FILE)) as texts,
    ):
        _add(list(enumerate(documents)), texts, vectors, settings, embeddings, set())
        vectors.flush()
    return Written()


def reusable(base: Path, manifest: Manifest, documents: Sequence[Document]) -> bool:
    """Whether it is right, and worth it, to bring a build up to date: it is whole, and little has changed."""
    try:
        with closing(TextStore(base / TEXT_FILE)) as texts:
            old = texts.digests()
        new = {document.source.id: document_digest(document) for document in documents}
        changed = len(old.items() ^ new.items())
        few = changed <= MOST_CHANGED * len(old) and manifest.replaced <= MOST_CHANGED * manifest.counts["passages"]
        return few and checksums(base) == manifest.checksums
    except (OSError, IndexDamagedError):
        return False


def update(
    base: Path,
    manifest: Manifest,
    folder: Path,
    documents: Sequence[Document],
    settings: IndexSettings,
    embeddings: CachedEmbeddings,
) -> Written:
    """Copy a build's texts and vectors into an empty folder, and change what its documents have changed in.

    Raises:
        IndexDamagedError: the copied store cannot be used.
    """
    copy_file(base / TEXT_FILE, folder / TEXT_FILE)
    copy_tree(base / CHROMA_FOLDER, folder / CHROMA_FOLDER)
    with (
        closing(VectorStore(folder / CHROMA_FOLDER, embeddings)) as vectors,
        closing(TextWriter(folder / TEXT_FILE)) as texts,
    ):
        stored = texts.keys()
        old = texts.digests()
        changed = [
            (order, document)
            for order, document in enumerate(documents)
            if old.get(document.source.id) != document_digest(document)
        ]
        gone = old.keys() - {document.source.id for document in documents}
        for id_ in sorted(gone | (old.keys() & {document.source.id for _, document in changed})):
            texts.remove(id_)
        _add(changed, texts, vectors, settings, embeddings, set(stored))
        texts.order(document.source.id for document in documents)
        unused = sorted(stored - texts.keys())
        vectors.remove(unused)
        vectors.flush()
    return Written(manifest.id, manifest.replaced + len(unused))


def _add(
    documents: Sequence[tuple[int, Document]],
    texts: TextWriter,
    vectors: VectorStore,
    settings: IndexSettings,
    embeddings: CachedEmbeddings,
    stored: set[str],
) -> None:
    """Add documents, given with their place in the corpus; vectors whose keys are ``stored`` are there already."""
    pending: dict[str, str] = {}
    for start in range(0, len(documents), GROUP):
        chunked = [
            (order, document, list(split_passages(document, settings.passage_chars)))
            for order, document in documents[start : start + GROUP]
        ]
        sentence_vectors = iter(embeddings.embed(_sentence_texts(chunked)))
        for order, document, passages in chunked:
            numbered = list(enumerate(passages, start=texts.next_passage))
            of_sentence = {sentence: n for n, passage in numbered for sentence in passage.sentences}
            vector_of = {sentence: next(sentence_vectors) for sentence in of_sentence}
            passage_texts = {n: _passage_text(document, passage) for n, passage in numbered}
            keys = {n: embeddings.key(text) for n, text in passage_texts.items()}
            texts.add(document, of_sentence, vector_of, order, keys)
            pending |= {key: passage_texts[n] for n, key in keys.items() if key not in stored}
        if len(pending) >= BATCH or start + GROUP >= len(documents):
            vectors.add(list(pending.items()))
            stored |= pending.keys()
            pending.clear()


def _sentence_texts(chunked: Sequence[tuple[int, Document, list[Passage]]]) -> list[str]:
    return [
        _in_context(document, sentence, document.quote(sentence))
        for _, document, passages in chunked
        for passage in passages
        for sentence in passage.sentences
    ]


def _passage_text(document: Document, passage: Passage) -> str:
    return _in_context(document, passage.sentences[0], document.text[passage.start : passage.end])


def _in_context(document: Document, sentence: Sentence, text: str) -> str:
    """A text under its title and heading, which say what its "it" stands for."""
    heading = document.sections[sentence.section].title
    return f"{document.source.title} - {heading}: {text}" if heading else f"{document.source.title}: {text}"
