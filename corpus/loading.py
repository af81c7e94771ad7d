"""Load a corpus: the bundled post with its digests, or any folder of .md and .txt files."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

from corpus.documents import Document, Source, SourceKind
from corpus.errors import CorpusError, NoDocumentsError, SourceListError
from corpus.reading import SUFFIXES, read_document, read_text

BUNDLED = Path(__file__).parent / "bundled"
SOURCE_LIST = "sources.toml"

_FIELDS = {"id", "title", "kind", "linked", "today", "archive", "date", "author", "basis", "licence"}


def load_corpus(folder: Path = BUNDLED) -> list[Document]:
    """Every document of ``folder``, the listed ones in the list's order, else sorted by path.

    With a ``sources.toml`` in it, the folder holds exactly the sources listed there. Without one,
    each .md and .txt file below it is a source whose id is its path without the ending.

    Raises:
        NoDocumentsError: the folder is missing or holds nothing that askpost reads.
        UnreadableFileError: a document cannot be read.
        SourceListError: the source list is malformed.
    """
    if not folder.is_dir():
        raise NoDocumentsError(f"{folder} is not a folder; give --corpus a folder of {' and '.join(SUFFIXES)} files.")
    pairs = _listed(folder) if (folder / SOURCE_LIST).exists() else _found(folder)
    documents = [
        read_document(source, read_text(path), markdown=path.suffix.lower() != ".txt") for source, path in pairs
    ]
    if not any(document.text.strip() for document in documents):
        raise NoDocumentsError(f"{folder} holds no document with text in it; askpost reads {', '.join(SUFFIXES)}.")
    return documents


def _found(folder: Path) -> list[tuple[Source, Path]]:
    paths = sorted(_files(folder))
    names = [path.relative_to(folder).with_suffix("").as_posix() for path in paths]
    # Two files that differ in their ending only keep it, so that ids stay unique.
    ids = [
        name if names.count(name) == 1 else path.relative_to(folder).as_posix()
        for name, path in zip(names, paths, strict=True)
    ]
    return [(Source(id=id_, title=""), path) for id_, path in zip(ids, paths, strict=True)]


def _files(folder: Path) -> Iterator[Path]:
    """Documents below the folder; hidden ones and links that lead out of it are passed over."""
    root = folder.resolve()
    try:
        for path in folder.rglob("*"):
            relative = path.relative_to(folder)
            if path.suffix.lower() not in SUFFIXES or any(part.startswith(".") for part in relative.parts):
                continue
            if path.is_file() and path.resolve().is_relative_to(root):
                yield path
    except OSError as error:
        raise CorpusError(f"{folder} cannot be listed ({error.strerror}); check its permissions.") from error


def _listed(folder: Path) -> list[tuple[Source, Path]]:
    place = folder / SOURCE_LIST
    try:
        entries = tomllib.loads(read_text(place)).get("source", [])
    except tomllib.TOMLDecodeError as error:
        raise SourceListError(f"{place} is not valid TOML ({error}); correct it.") from error
    if not isinstance(entries, list) or not entries:
        raise SourceListError(f"{place} lists no [[source]]; add one for each document.")
    pairs = [_entry(folder, entry) for entry in entries]
    ids = [source.id for source, _ in pairs]
    repeated = sorted({id_ for id_ in ids if ids.count(id_) > 1})
    if repeated:
        raise SourceListError(f"{place} lists {', '.join(repeated)} more than once; ids must be unique.")
    return pairs


def _entry(folder: Path, entry: dict[str, Any]) -> tuple[Source, Path]:
    place = folder / SOURCE_LIST
    if not isinstance(entry, dict) or not entry.get("id") or not entry.get("file"):
        raise SourceListError(f"{place}: each [[source]] needs an id and a file; this one has not: {entry!r}.")
    unknown = set(entry) - _FIELDS - {"file"}
    if unknown:
        raise SourceListError(f"{place}: source {entry['id']} has unknown keys: {', '.join(sorted(unknown))}.")
    source = Source(**{"title": "", **{key: str(entry[key]) for key in _FIELDS & set(entry)}})  # type: ignore[arg-type] # kind is checked next
    if source.kind not in get_args(SourceKind):
        raise SourceListError(f"{place}: source {source.id} has kind {source.kind!r}; use post, digest or page.")
    path = folder / str(entry["file"])
    if not path.resolve().is_relative_to(folder.resolve()):
        raise SourceListError(f"{place}: source {source.id} names a file outside the folder: {entry['file']}.")
    return source, path
