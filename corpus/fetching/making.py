"""Make a corpus of any post (`askpost new`): the post, the links in its text, and `sources.toml`.

The list is written before the links are fetched, so a run that is cut short is completed by `askpost fetch`.
"""

import datetime
import itertools
import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path, PurePath
from urllib.parse import urldefrag, urlsplit

import tomlkit
from tomlkit.items import Table

from corpus.documents import Document, Extract, Source
from corpus.errors import CorpusError, NoDocumentsError, UnreadableFileError
from corpus.fetching.errors import FetchError
from corpus.fetching.formats import SUFFIX_OF
from corpus.fetching.refreshing import Report, refresh
from corpus.fetching.sandbox import Sandbox
from corpus.fetching.settings import FetchSettings
from corpus.loading import BUNDLED, SOURCE_LIST, found_sources, load_corpus, read_source_list
from corpus.reading import MAX_BYTES, read_document, read_text
from corpus.snapshots import FOLDER, current_snapshot, save_snapshot

POST = "post"
_HEAD = """# The sources of this corpus, one [[source]] table each; made by `askpost new`, yours to edit.
#
# id, title, kind ("post", "page" or "digest"), date, author, licence    what a source is
# file     its text, relative to this file
# linked   its address on the web: `askpost fetch` keeps a snapshot of it in snapshots/<id>
# use      "file", "snapshot" (instead of the file) or "both"; at the top of this file: for all sources
# near     a page that is dead today is taken from the Wayback Machine, nearest to this date
"""
_NOT_PAGES = (".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp", ".ico", ".mp3", ".mp4", ".zip", ".gz", ".exe")


@dataclass(frozen=True, slots=True)
class Entry:
    """One table of the list to be written. Empty fields are left out of it."""

    id: str
    title: str = ""
    kind: str = "page"
    file: str = ""
    linked: str = ""
    date: str = ""
    author: str = ""
    licence: str = ""
    use: str = ""
    near: str = ""


def make_corpus(
    origin: str,
    out: Path,
    *,
    follow_links: int,
    settings: FetchSettings | None = None,
    report: Report = lambda outcome: None,
    sandbox: Sandbox | None = None,
) -> None:
    """Make the corpus ``out`` of an address, a file, a folder, or the word "bundled" for the bundled post.

    Up to ``follow_links`` links are taken from the text and fetched; how each ended goes to ``report``.

    Raises:
        CorpusError: the post cannot be had, or ``out`` exists and is not empty.
    """
    settings = settings or FetchSettings()
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise CorpusError(
            f"{out} is there already; name another folder with --out, or refresh it with `askpost fetch`."
        )
    with nullcontext(sandbox) if sandbox else Sandbox(settings.extraction_seconds) as worker:
        try:
            out.mkdir(parents=True, exist_ok=True)
            _take(origin, out, settings, worker, report)
            _add_links(out, follow_links)
        except OSError as error:
            raise CorpusError(f"{out} cannot be written ({error.strerror or error}).") from error
        except CorpusError:
            shutil.rmtree(out, ignore_errors=True)  # nothing was there before, and what is there now is no corpus
            raise
        entries, _ = read_source_list(out)
        linked = [str(entry["id"]) for entry in entries if entry.get("linked") and entry["id"] != POST]
        if linked[:follow_links]:
            refresh(out, settings, only=linked[:follow_links], report=report, sandbox=worker)


def _take(origin: str, out: Path, settings: FetchSettings, sandbox: Sandbox, report: Report) -> None:
    """Put the post, or the folder's documents, and their list into ``out``."""
    if _is_address(origin):
        _from_address(origin, out, settings, sandbox, report)
    elif origin == "bundled":
        _from_folder(BUNDLED, out)
    elif Path(origin).is_dir():
        _from_folder(Path(origin), out)
    else:
        _from_file(Path(origin), out, sandbox)


def name_of(origin: str) -> str:
    """A name for the folder of a corpus, from the last words of the post's address or file."""
    parts = urlsplit(origin) if _is_address(origin) else None
    path = PurePath(parts.path if parts else Path(origin).resolve())
    return _new_id(f"{(parts.netloc if parts else '')} {path.stem}" if origin != "bundled" else "post", set())


def _is_address(origin: str) -> bool:
    return re.match(r"[a-zA-Z][a-zA-Z0-9+.-]+://", origin) is not None


def _from_address(address: str, out: Path, settings: FetchSettings, sandbox: Sandbox, report: Report) -> None:
    _write_list(out, [Entry(POST, kind="post", linked=address, use="snapshot")])
    (outcome,) = refresh(out, settings, report=report, sandbox=sandbox)
    found = current_snapshot(out, POST)
    if not found:
        raise FetchError(f"The post was not fetched: {outcome.reason}")
    _write_list(out, [_entry_of_post(found[1], address)])


def _from_file(path: Path, out: Path, sandbox: Sandbox) -> None:
    if not path.is_file():
        raise NoDocumentsError(f"{path} is not there; give an address (http://...), a file or a folder.")
    if path.stat().st_size > MAX_BYTES:
        raise UnreadableFileError(f"{path} is larger than {MAX_BYTES:,} bytes; split it, or leave it out.")
    suffix = path.suffix.lower()
    if suffix in (".md", ".markdown", ".txt"):
        copy = out / f"{POST}{suffix}"
        shutil.copyfile(path, copy)
        source = read_document(Source(id=POST, title=""), read_text(copy), markdown=suffix != ".txt").source
        _write_list(out, [Entry(POST, source.title, "post", copy.name, date=source.date[:10])])
        return
    raw = path.read_bytes()
    kind, extract = sandbox.extract(raw, "", path.name)
    now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    save_snapshot(out, POST, raw, SUFFIX_OF[kind], extract, requested="", address="", fetched=now, content_type="")
    _write_list(out, [_entry_of_post(extract, "")])


def _entry_of_post(extract: Extract, address: str) -> Entry:
    return Entry(
        POST, extract.title, "post", "", address, extract.date, extract.author, extract.licence, use="snapshot"
    )


def _from_folder(folder: Path, out: Path) -> None:
    """Copy a folder's documents; what lies outside it, or is no document, stays behind."""
    if (folder / SOURCE_LIST).exists():
        entries, _ = read_source_list(folder)
        for name in {str(entry["file"]) for entry in entries if "file" in entry} | {SOURCE_LIST}:
            _copy(folder / name, out / name)
        if (folder / FOLDER).is_dir():  # links in it are copied as links, and not followed when it is read
            shutil.copytree(folder / FOLDER, out / FOLDER, symlinks=True)
        return
    documents = {document.source.id: document.source for document in load_corpus(folder)}
    entries_found = []
    for source, path in found_sources(folder):
        relative = path.relative_to(folder)
        _copy(path, out / relative)
        known = documents[source.id]
        entries_found.append(Entry(source.id, known.title, file=relative.as_posix(), date=known.date[:10]))
    _write_list(out, entries_found)


def _copy(path: Path, to: Path) -> None:
    to.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(path, to)


def _add_links(out: Path, limit: int) -> None:
    """List the pages that the posts link to; in a folder that calls none of its documents a post, all of them."""
    place = out / SOURCE_LIST
    entries, _ = read_source_list(out)
    documents = load_corpus(out)
    posts = [document for document in documents if document.source.kind == "post"] or documents
    known = {_plain(str(entry.get("linked", ""))) for entry in entries}
    ids = {str(entry["id"]) for entry in entries}
    listed = tomlkit.parse(place.read_text(encoding="utf-8"))
    tables = listed["source"]
    for words, address, date in _links(posts, known):
        if len(known) > limit:  # the empty address is among the known
            break
        known.add(_plain(address))
        id_ = _new_id(words or urlsplit(address).netloc, ids)
        ids.add(id_)
        tables.append(_table(Entry(id_, words or address, linked=address, use="snapshot", near=date)))
    _write(place, tomlkit.dumps(listed))


def _links(posts: Iterable[Document], known: set[str]) -> Iterator[tuple[str, str, str]]:
    """Words, address and the post's date of each link to a page that is not listed yet."""
    for post in posts:
        for link in post.links:
            address = urldefrag(link.url).url
            own = {_plain(post.source.linked), _plain(post.source.today)}
            if _plain(address) in known | own or urlsplit(address).path.lower().endswith(_NOT_PAGES):
                continue
            yield link.text, address, post.source.date[:10]


def _plain(address: str) -> str:
    """An address without what makes no difference: scheme, fragment, a slash at the end."""
    parts = urlsplit(urldefrag(address).url)
    return f"{parts.netloc.lower()}{parts.path.rstrip('/')}?{parts.query}"


def _new_id(words: str, taken: set[str]) -> str:
    """A short id of letters, digits and dashes that no source has."""
    slug = "-".join(re.findall(r"[a-z0-9]+", words.lower()))[:40].strip("-") or "page"
    ids = (slug if number == 1 else f"{slug}-{number}" for number in itertools.count(1))
    return next(id_ for id_ in ids if id_ not in taken)


def _table(entry: Entry) -> Table:
    table = tomlkit.table()
    for name, value in asdict(entry).items():
        if value:
            table[name] = value
    return table


def _write_list(out: Path, entries: Iterable[Entry]) -> None:
    tables = tomlkit.aot()
    for entry in entries:
        tables.append(_table(entry))
    listed = tomlkit.document()
    listed["source"] = tables
    _write(out / SOURCE_LIST, f"{_HEAD}\n{tomlkit.dumps(listed)}")


def _write(place: Path, text: str) -> None:
    aside = place.with_name(f".{place.name}.aside")
    aside.write_text(text, encoding="utf-8")
    aside.replace(place)
