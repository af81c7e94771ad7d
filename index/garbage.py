"""Clean the cache in an index home: what no build that is kept was made with can go; missed, it costs only time.

A cache that several homes share is cleaned for the home that is asked for: the others embed again what they miss.
"""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from corpus.errors import AskpostError, IndexDamagedError
from index.builds import Manifest, builds_folder, list_builds, writer_lock
from index.embedding_cache import CACHE_FILE, VectorCache, encoder_folder, vector_key
from index.passages import in_context
from index.text_store import TEXT_FILE, TextStore


@dataclass(frozen=True, slots=True)
class Cleaned:
    """How many embeddings and exported encoders were removed."""

    embeddings: int = 0
    encoders: int = 0


def clean_cache(home: Path) -> Cleaned:
    """Remove the embeddings and encoders that no build uses; nothing if one of the builds cannot be read.

    Raises:
        IndexBusyError: another process is building.
        AskpostError: the cache cannot be written to.
    """
    cache = home / "cache"
    if not (cache / CACHE_FILE).is_file():
        return Cleaned()
    with writer_lock(home):
        builds = list_builds(home)
        try:
            keys = {key for build in builds for key in _keys(builds_folder(home) / build.id, build)}
            with closing(VectorCache(cache)) as vectors:
                removed = vectors.keep(keys)
        except IndexDamagedError:
            return Cleaned()
        except (OSError, sqlite3.Error) as error:
            raise AskpostError(
                f"The cache in {cache} cannot be cleaned ({error}); free space and check permissions, or delete the "
                "folder: the next `askpost index` embeds its texts again."
            ) from error
        return Cleaned(removed, _remove_encoders(cache, {build.model_sha256 for build in builds}))


def _keys(folder: Path, build: Manifest) -> Iterator[str]:
    """The keys of all vectors that a build was made with: its passages' and its sentences'."""
    with closing(TextStore(folder / TEXT_FILE)) as store:
        yield from store.keys()
        for source in store.sources():
            for sentence in store.sentences_of_source(source.id):
                yield vector_key(build.model_sha256, in_context(source.title, sentence.section, sentence.text))


def _remove_encoders(cache: Path, models: set[str]) -> int:
    used = {encoder_folder(cache, model) for model in models}
    unused = [folder for folder in (cache / "encoders").glob("[!.]*") if folder not in used]
    for folder in unused:
        shutil.rmtree(folder, ignore_errors=True)
    return len(unused)
