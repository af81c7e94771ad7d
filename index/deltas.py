"""Which documents a build holds itself, and which it leaves to the base that it shares with earlier builds.

A build of many passages is not copied for every document that is added: the next one names it as its base, and holds
only what is new. When that becomes much, all is written as one again, and is the base of what follows.
"""

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from corpus import Document
from corpus.errors import IndexDamagedError, IndexMismatchError
from index.builds import Manifest, read_manifest, whole_in_size
from index.parts import Part
from index.text_writer import TEXT_FILE

LEAST_PASSAGES = 5_000  # of a base: copying fewer takes no longer than all else that a build does
MOST_NEW = 0.1  # share of the documents, and of their characters, that are not in the base
MOST_CHARS = 5_000_000  # of the new documents, however large the base: a delta is copied from build to build


@dataclass(frozen=True, slots=True)
class Share:
    """What a build holds itself: documents with their places in the corpus, and what its base has that it has not."""

    documents: Sequence[tuple[float, Document]]
    base: Path | None = None
    gone: frozenset[str] = frozenset()


def whole(documents: Sequence[Document]) -> Share:
    """All of the documents, without a base."""
    return Share(list(enumerate(documents)))


def share(builds: Path, served: Manifest, documents: Sequence[Document], digests: Mapping[str, str]) -> Share | None:
    """What is to be written beside the base of the build in use, or beside that build itself.

    None if it had better be written whole: the build is small or damaged, much is new, or the order has changed.
    """
    base = whole_before(builds, served)
    if base is None or base.counts["passages"] < LEAST_PASSAGES:
        return None
    folder = builds / base.id
    try:
        with closing(Part(folder / TEXT_FILE)) as part:
            old = part.digests()
    except IndexDamagedError:
        return None
    if not whole_in_size(folder, base):
        return None
    kept = {id_ for id_, digest in digests.items() if old.get(id_) == digest}
    new = [document for document in documents if document.source.id not in kept]
    gone = frozenset(old.keys() - kept)
    chars = sum(len(document.text) for document in new)
    most_chars = min(MOST_NEW * sum(len(document.text) for document in documents), MOST_CHARS)
    if len(new) + len(gone) > MOST_NEW * len(old) or chars > most_chars:
        return None
    placed = _placed(documents, {id_: place for place, id_ in enumerate(old) if id_ in kept})
    return None if placed is None else Share(placed, folder, gone)


def whole_before(builds: Path, served: Manifest) -> Manifest | None:
    """The build in use if it is whole by itself, else its base; None if that cannot be read."""
    try:
        return read_manifest(builds / served.base) if served.base else served
    except (IndexDamagedError, IndexMismatchError):
        return None


def _placed(documents: Sequence[Document], places: Mapping[str, int]) -> list[tuple[float, Document]] | None:
    """New documents with places between those of the base's, which are given by id; None if these are out of order."""
    placed: list[tuple[float, Document]] = []
    before = -1
    for new, group in groupby(documents, key=lambda document: document.source.id not in places):
        run = list(group)
        if new:
            placed += [(before + number / (len(run) + 1), document) for number, document in enumerate(run, start=1)]
            continue
        for document in run:
            if places[document.source.id] <= before:
                return None
            before = places[document.source.id]
    return placed
