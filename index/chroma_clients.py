"""Chroma's clients: on a folder of the build, or on a server with one collection a build.

A build whose vectors are on a server has `SERVER_FILE` in its Chroma folder. It is written before the
collection is made, so that whatever becomes of the build, its collection can be found and removed.
"""

import ipaddress
import json
import os
import shutil
import sys
import tempfile
import threading
import urllib.parse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from corpus.errors import IndexDamagedError, UnsupportedSystemError, VectorServerError
from corpus.files import write_atomically
from index.settings import Server

if TYPE_CHECKING:
    from chromadb.api import ClientAPI

CHROMA_FOLDER = "chroma"
LOCAL_COLLECTION = "passages"
SERVER_FILE = "server.json"

_DATABASE = "chroma.sqlite3"

# Chroma counts the clients on a folder without a lock around looking and making: two threads that open
# and close the same build at once would find it half made.
_OPENING = threading.Lock()

READ_SECONDS = 15.0  # that a server may take to answer a question
WRITE_SECONDS = 120.0  # that it may take to store a batch of vectors

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class RemoteCollection:
    """Where a build's vectors are on a server."""

    url: str
    tenant: str
    database: str
    collection: str

    def save(self, folder: Path) -> None:
        """Write it into a build's Chroma folder."""
        folder.mkdir(exist_ok=True)
        data = {"url": self.url, "tenant": self.tenant, "database": self.database, "collection": self.collection}
        write_atomically(folder / SERVER_FILE, json.dumps(data))

    @classmethod
    def load(cls, folder: Path) -> "RemoteCollection | None":
        """What a Chroma folder says; None if it holds the vectors itself.

        Raises:
            IndexDamagedError: the file is not what was written.
        """
        path = folder / SERVER_FILE
        if not path.exists():
            return None
        try:
            return cls(**json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError) as error:
            raise IndexDamagedError(f"{path} cannot be read ({error}); run `askpost index --force`.") from error

    def server(self) -> Server:
        """The server to ask: the one in the settings, else the recorded one if it is this machine's.

        A build may have been made by anybody: it decides neither where questions go nor who gets the token.

        Raises:
            VectorServerError: the recorded address is another machine's, and the settings name none.
        """
        from index.configuration import load_settings

        configured = load_settings().server()
        if configured is None and not _is_loopback(self.url):
            raise VectorServerError(
                f"The vectors of this build are on {self.url}, to which nothing is sent unless you say so: set "
                f"ASKPOST_CHROMA_URL={self.url}, or run `askpost index` to keep the vectors in the build."
            )
        if configured is None:
            return Server(self.url, "", self.tenant, self.database)
        return Server(configured.url, configured.token, self.tenant, self.database)


def _is_loopback(url: str) -> bool:
    host = urllib.parse.urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def open_folder(folder: Path, *, create: bool) -> tuple["ClientAPI", tempfile.TemporaryDirectory[str] | None]:
    """A client on a folder, and the private copy that it is on, where the folder cannot be written to.

    Chroma writes to its SQLite file on opening. Of a folder that is read-only the SQLite file is
    copied, and the vectors, which it only reads, are linked.

    Raises:
        UnsupportedSystemError: Chroma refuses this machine.
        IndexDamagedError: the folder holds no store that can be opened.
    """
    if not create and not (folder / _DATABASE).is_file():
        raise damaged(folder, f"{_DATABASE} is missing")
    import_chroma()
    import chromadb
    from chromadb.config import Settings

    # Not from a .env in the working folder, which may be anybody's.
    settings = Settings(_env_file=None, allow_reset=False)  # type: ignore[call-arg] # mypy sees only the fields
    copy = None
    if not create and not (os.access(folder / _DATABASE, os.W_OK) and os.access(folder, os.W_OK)):
        copy = tempfile.TemporaryDirectory(prefix="askpost-")
        _mirror(folder, Path(copy.name))
    try:
        with _OPENING:
            return chromadb.PersistentClient(path=copy.name if copy else str(folder), settings=settings), copy
    except Exception as error:
        if copy:
            copy.cleanup()
        raise damaged(folder, error) from error


def close(client: "ClientAPI") -> None:
    """Release a client's files, or its connection."""
    with _OPENING:
        client.close()  # type: ignore[attr-defined] # Client has it, its interface does not


def _mirror(folder: Path, target: Path) -> None:
    shutil.copyfile(folder / _DATABASE, target / _DATABASE)
    for segment in folder.iterdir():
        if segment.is_dir():
            (target / segment.name).symlink_to(segment.resolve(), target_is_directory=True)


def open_server(server: Server, seconds: float = READ_SECONDS) -> "ClientAPI":
    """A client on a server, which may take so many ``seconds`` to answer a request.

    Raises:
        VectorServerError: it cannot be reached, refuses, or says nothing.
    """
    import_chroma()
    import chromadb

    from index.chroma_http import TimedSettings

    settings = TimedSettings(allow_reset=False, answer_seconds=seconds)
    address = urllib.parse.urlsplit(server.url)
    secure = address.scheme == "https"

    def connect() -> "ClientAPI":
        return chromadb.HttpClient(
            host=address.hostname or "localhost",
            port=address.port or (443 if secure else 80),
            ssl=secure,
            headers={"Authorization": f"Bearer {server.token}"} if server.token else None,
            settings=settings.model_copy(),  # Chroma writes the address into it
            tenant=server.tenant,
            database=server.database,
        )

    try:
        return patiently(connect, seconds=5)
    except Exception as error:  # Chroma raises ValueErrors, its HTTP layer its own kinds
        raise unreachable(server.url, error) from error


def patiently(call: Callable[[], T], seconds: float) -> T:
    """Call again while a server is away (it restarts, say), for so many seconds; then raise what it raised."""
    import tenacity

    return tenacity.retry(
        stop=tenacity.stop_after_delay(seconds),
        wait=tenacity.wait_exponential(multiplier=0.1, max=2),
        retry=tenacity.retry_if_exception(_is_absence),
        reraise=True,
    )(call)()


def _is_absence(error: BaseException) -> bool:
    import httpx

    return isinstance(error, httpx.TransportError | ConnectionError) or "Could not connect" in str(error)


def remove_collection(folder: Path) -> bool:
    """Remove the collection that a build's Chroma folder names; false if the server cannot be asked now."""
    try:
        remote = RemoteCollection.load(folder)
    except IndexDamagedError:
        return True  # nobody knows what it was; `askpost index verify` has told
    if remote is None:
        return True
    from chromadb.errors import NotFoundError

    try:
        client = open_server(remote.server())
    except VectorServerError:
        return False
    try:
        client.delete_collection(remote.collection)
    except (NotFoundError, ValueError):
        pass  # it is gone already
    finally:
        close(client)
    return True


def import_chroma() -> None:
    """Import chromadb, with its telemetry off (see `corpus.privacy`).

    Raises:
        UnsupportedSystemError: Chroma refuses this machine.
    """
    try:
        import chromadb  # noqa: F401 - that it can be imported is what is asked
    except RuntimeError as error:
        raise UnsupportedSystemError(
            f"Chroma refuses this machine: {error} "
            f"(SQLite here: {sys.modules['sqlite3'].sqlite_version if 'sqlite3' in sys.modules else 'none'}). "
            "Use a Python whose sqlite3 is 3.35 or newer: python.org's, conda's and Debian 12's are."
        ) from error


def damaged(folder: Path, error: object) -> IndexDamagedError:
    """The error for a Chroma folder that cannot be used."""
    return IndexDamagedError(f"The Chroma store in {folder} cannot be used ({error}); run `askpost index --force`.")


def unreachable(url: str, error: object) -> VectorServerError:
    """The error for a Chroma server that cannot be used."""
    return VectorServerError(
        f"The Chroma server at {url} cannot be used ({error}). Start it (`chroma run --path FOLDER --port PORT`), or "
        "start it again if it runs and says nothing; set ASKPOST_CHROMA_URL to where it is, or unset it and run "
        "`askpost index` to keep the vectors in the build."
    )
