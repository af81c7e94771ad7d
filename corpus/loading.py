"""Load a corpus: the bundled post with its digests, any folder of documents, or one that `askpost new` made."""

import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal, get_args

from corpus.documents import Document, Source, SourceKind
from corpus.errors import CorpusError, NoDocumentsError, SourceListError
from corpus.reading import SUFFIXES, read_document, read_extract, read_text
from corpus.snapshots import current_snapshot

Use = Literal["file", "snapshot", "both"]

BUNDLED = Path(__file__).parent / "bundled"
SOURCE_LIST = "sources.toml"

_FIELDS = {"id", "title", "kind", "linked", "today", "archive", "date", "author", "basis", "licence"}
_OTHER_KEYS = {"file", "use", "near"}


def load_corpus(folder: Path = BUNDLED, use: Use | None = None) -> list[Document]:
    """Every document of ``folder``, the listed ones in the list's order, else sorted by path.

    With a ``sources.toml`` in it, the folder holds exactly the sources listed there. Without one,
    each document below it is a source whose id is its path without the ending. ``use`` says whether
    a listed source is its file, its snapshot, or both; if not given, the list says so.

    Raises:
        NoDocumentsError: the folder is missing or holds nothing that askpost reads.
        UnreadableFileError: a document cannot be read.
        SourceListError: the source list is malformed.
        SnapshotDamagedError: a snapshot is not what its record says.
    """
    if not folder.is_dir():
        raise NoDocumentsError(f"{folder} is not a folder; give --corpus a folder of {' and '.join(SUFFIXES)} files.")
    if (folder / SOURCE_LIST).exists():
        documents = list(_listed(folder, use))
    else:
        documents = [_read_file(source, path) for source, path in found_sources(folder)]
    if not any(document.text.strip() for document in documents):
        raise NoDocumentsError(f"{folder} holds no document with text in it; askpost reads {', '.join(SUFFIXES)}.")
    return documents


def _read_file(source: Source, path: Path) -> Document:
    text = read_text(path)
    suffix = path.suffix.lower()
    if suffix in (".html", ".htm"):
        from corpus.fetching.pages import extract_html  # loaded only where there is HTML

        return read_extract(source, extract_html(text, source.url))
    return read_document(source, text, markdown=suffix != ".txt")


def found_sources(folder: Path) -> list[tuple[Source, Path]]:
    """The documents below a folder that has no source list, and a source for each."""
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


def _listed(folder: Path, use: Use | None) -> Iterator[Document]:
    entries, default = read_source_list(folder)
    for entry in entries:
        source = _source(entry)
        wanted = use or entry.get("use") or default
        found = None if wanted == "file" else current_snapshot(folder, source.id)
        # A source whose page was never fetched is its file; a page that has no file either is passed over.
        if "file" in entry and (wanted != "snapshot" or not found):
            yield _read_file(source, folder / str(entry["file"]))
        if found:
            snapshot, extract = found
            beside = "file" in entry and wanted == "both"
            page = replace(
                source,
                id=f"{source.id}-page" if beside else source.id,
                title=extract.title or (source.title if source.kind != "digest" else source.linked),
                kind="page" if source.kind == "digest" else source.kind,
                today="" if snapshot.archived else snapshot.address or source.today,
                archive=snapshot.address if snapshot.archived else source.archive,
                date=extract.date or source.date,
                author=extract.author or source.author,
                basis=f"fetched {snapshot.fetched[:10]}" + (f"; {snapshot.note}" if snapshot.note else ""),
                licence=extract.licence or "",
            )
            yield read_extract(page, extract)


def read_source_list(folder: Path) -> tuple[list[dict[str, Any]], Use]:
    """The tables of ``sources.toml``, checked, and what is used of a source whose table does not say.

    Raises:
        SourceListError: the list is malformed.
    """
    place = folder / SOURCE_LIST
    try:
        listed = tomllib.loads(read_text(place))
    except tomllib.TOMLDecodeError as error:
        raise SourceListError(f"{place} is not valid TOML ({error}); correct it.") from error
    entries, default = listed.get("source", []), listed.get("use", "file")
    if not isinstance(entries, list) or not entries:
        raise SourceListError(f"{place} lists no [[source]]; add one for each document.")
    for entry in entries:
        _check_entry(folder, entry)
    for use in (default, *(entry["use"] for entry in entries if "use" in entry)):
        if use not in get_args(Use):
            raise SourceListError(f"{place} says use = {use!r}; use file, snapshot or both.")
    ids = [str(entry["id"]) for entry in entries]
    ids += [f"{entry['id']}-page" for entry in entries if entry.get("use", default) == "both"]
    repeated = sorted(id_ for id_, times in Counter(ids).items() if times > 1)
    if repeated:
        raise SourceListError(f"{place} lists {', '.join(repeated)} more than once; ids must be unique.")
    return entries, default


def _check_entry(folder: Path, entry: dict[str, Any]) -> None:
    place = folder / SOURCE_LIST
    if not isinstance(entry, dict) or not entry.get("id") or not (entry.get("file") or entry.get("use") == "snapshot"):
        raise SourceListError(
            f'{place}: each [[source]] needs an id, and a file or use = "snapshot"; this one has not: {entry!r}.'
        )
    unknown = set(entry) - _FIELDS - _OTHER_KEYS
    if unknown:
        raise SourceListError(f"{place}: source {entry['id']} has unknown keys: {', '.join(sorted(unknown))}.")
    if entry.get("kind", "page") not in get_args(SourceKind):
        raise SourceListError(f"{place}: source {entry['id']} has kind {entry['kind']!r}; use post, digest or page.")
    if not (folder / str(entry.get("file", ""))).resolve().is_relative_to(folder.resolve()):
        raise SourceListError(f"{place}: source {entry['id']} names a file outside the folder: {entry['file']}.")


def _source(entry: dict[str, Any]) -> Source:
    return Source(**{"title": "", **{key: str(entry[key]) for key in _FIELDS & set(entry)}})  # type: ignore[arg-type] # kind has been checked
