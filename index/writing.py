"""Write what a build holds: from nothing, or into a copy of an earlier build, changed where its documents have.

Both give the same contents; only the numbers of sentences and passages differ. `index.deltas` says which documents a
build holds, and which it leaves to its base.
"""

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from corpus import Document, Sentence
from corpus.errors import IndexDamagedError
from index.builds import Manifest
from index.checksums import checksums
from index.deltas import Share
from index.embedding import CachedEmbeddings
from index.encoder import ENCODER_FOLDER
from index.files import copy_file, copy_tree
from index.parts import Part
from index.passages import Passage, in_context, split_passages
from index.settings import IndexSettings
from index.text_writer import TEXT_FILE, TextWriter
from index.vectors import BATCH, CHROMA_FOLDER, VectorStore

GROUP = 100  # documents embedded together: enough for full batches, few enough to show progress
MOST_CHANGED = 0.25  # share of documents, and of vectors removed over time, above which all is written anew


@dataclass(frozen=True, slots=True)
class Written:
    """How a build was written: from nothing, or on top of another (see `Manifest`)."""

    based_on: str = ""
    replaced: int = 0
    base: str = ""


def reusable(folder: Path, manifest: Manifest, share: Share, digests: Mapping[str, str]) -> bool:
    """Whether it is worth it to bring a build's own files up to date: little has changed in what they hold.

    ``digests`` are the documents'.
    """
    if manifest.base != (share.base.name if share.base else ""):
        return False
    try:
        with closing(Part(folder / TEXT_FILE)) as part:
            old, (passages, _) = part.digests(), part.total("passages")
    except IndexDamagedError:
        return False
    changed = len(old.items() ^ _digests(share, digests).items())
    return changed <= MOST_CHANGED * len(old) and manifest.replaced <= MOST_CHANGED * passages


def _digests(share: Share, digests: Mapping[str, str]) -> dict[str, str]:
    """The digests of the documents that a build holds itself."""
    return {document.source.id: digests[document.source.id] for _, document in share.documents}


def write(
    share: Share,
    digests: Mapping[str, str],
    folder: Path,
    settings: IndexSettings,
    embeddings: CachedEmbeddings,
    copied: Manifest | None = None,
) -> Written:
    """Write a build's share into an empty folder: from nothing, or into a copy of another's files, changed where its
    documents have.

    Raises:
        IndexDamagedError: the build ``copied`` is not as it was made, or its copy cannot be used.
    """
    if copied:
        _copy(folder.parent / copied.id, copied, folder)
    base = share.base / TEXT_FILE if share.base else None
    with (
        closing(VectorStore(folder / CHROMA_FOLDER, embeddings, settings.server)) as vectors,
        closing(TextWriter(folder / TEXT_FILE, base)) as texts,
    ):
        old, wanted = texts.digests(), _digests(share, digests)
        changed = [
            (place, document)
            for place, document in share.documents
            if old.get(document.source.id) != wanted[document.source.id]
        ]
        gone = old.keys() - wanted.keys()
        removed: set[str] = set()
        for id_ in sorted(gone | (old.keys() & {document.source.id for _, document in changed})):
            removed |= texts.remove(id_)
        _add(changed, texts, vectors, settings, embeddings, removed)
        if copied:
            texts.order({document.source.id: place for place, document in share.documents})
        if base:
            texts.hide(share.gone)
        unused = sorted(removed - texts.held(removed))
        vectors.remove(unused)
        vectors.flush()
    replaced = copied.replaced + len(unused) if copied else 0
    return Written(copied.id if copied else "", replaced, share.base.name if share.base else "")


def _copy(source: Path, manifest: Manifest, folder: Path) -> None:
    """Copy the files that are brought up to date, and see that the copies are what was made."""
    copy_file(source / TEXT_FILE, folder / TEXT_FILE)
    copy_tree(source / CHROMA_FOLDER, folder / CHROMA_FOLDER)
    expected = {name: sum_ for name, sum_ in manifest.checksums.items() if not name.startswith(f"{ENCODER_FOLDER}/")}
    if checksums(folder) != expected:
        raise IndexDamagedError(f"The build {manifest.id} is not as it was made; run `askpost index verify`.")


def _add(
    documents: Sequence[tuple[float, Document]],
    texts: TextWriter,
    vectors: VectorStore,
    settings: IndexSettings,
    embeddings: CachedEmbeddings,
    stored: set[str],
) -> None:
    """Add documents, given with their place in the corpus. Vectors are there already of passages in the file, and of
    those whose keys are ``stored``.
    """
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
            known = stored | texts.held(keys.values())
            texts.add(document, of_sentence, vector_of, order, keys)
            pending |= {key: passage_texts[n] for n, key in keys.items() if key not in known}
        if len(pending) >= BATCH or start + GROUP >= len(documents):
            vectors.add(list(pending.items()))
            pending.clear()


def _sentence_texts(chunked: Sequence[tuple[float, Document, list[Passage]]]) -> list[str]:
    return [
        _in_context(document, sentence, document.quote(sentence))
        for _, document, passages in chunked
        for passage in passages
        for sentence in passage.sentences
    ]


def _passage_text(document: Document, passage: Passage) -> str:
    return _in_context(document, passage.sentences[0], document.text[passage.start : passage.end])


def _in_context(document: Document, sentence: Sentence, text: str) -> str:
    return in_context(document.source.title, document.sections[sentence.section].title, text)
