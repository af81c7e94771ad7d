"""Snapshots are whole or not there, checked when read, and never lead out of the corpus."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.documents import Extract
from corpus.errors import SourceListError
from corpus.snapshots import (
    KEEP,
    SnapshotDamagedError,
    current_snapshot,
    note_attempt,
    save_snapshot,
    snapshot_folder,
)

ABOUT = {"requested": "http://a.example/", "address": "http://a.example/b", "fetched": "2026-01-01T00:00:00+00:00"}


def save(corpus: Path, words: str, source: str = "a") -> None:
    save_snapshot(corpus, source, words.encode(), ".md", Extract("markdown", words), content_type="text/plain", **ABOUT)


def words(corpus: Path, source: str = "a") -> str:
    found = current_snapshot(corpus, source)
    assert found
    return found[1].text


def places(corpus: Path) -> list[Path]:
    return sorted(path for path in (corpus / "snapshots" / "a").iterdir() if path.is_dir())


def test_a_snapshot_is_read_as_it_was_saved(tmp_path: Path) -> None:
    extract = Extract("html", "<p>Text.</p>", "Title", "2014-02-13", "Ada", "CC BY 4.0")
    saved = save_snapshot(tmp_path, "a", b"raw", ".html", extract, content_type="text/html", **ABOUT)
    assert current_snapshot(tmp_path, "a") == (saved, extract)
    (place,) = places(tmp_path)
    assert sorted(path.name for path in place.iterdir()) == ["raw.html", "record.json", "text.html"]
    record = json.loads((place / "record.json").read_text())
    assert record["raw_sha256"] == hashlib.sha256(b"raw").hexdigest()
    assert record["licence"] == "CC BY 4.0"


def test_there_may_be_none(tmp_path: Path) -> None:
    assert current_snapshot(tmp_path, "a") is None
    note_attempt(tmp_path, "a", {"state": "failed"})
    assert current_snapshot(tmp_path, "a") is None


def test_the_last_few_are_kept_and_can_be_gone_back_to(tmp_path: Path) -> None:
    for number in range(KEEP + 2):
        save(tmp_path, f"Version {number}.")
    assert words(tmp_path) == f"Version {KEEP + 1}."
    assert len(places(tmp_path)) == KEEP
    (tmp_path / "snapshots" / "a" / "CURRENT").write_text(places(tmp_path)[0].name)
    assert words(tmp_path) == "Version 2."


@settings(max_examples=60, deadline=None)
@given(st.text())
def test_any_id_stays_inside_or_is_refused(tmp_path_factory: pytest.TempPathFactory, source: str) -> None:
    corpus = tmp_path_factory.getbasetemp() / "corpus"
    try:
        folder = snapshot_folder(corpus, source)
    except SourceListError:
        return
    assert folder.parent == corpus / "snapshots"


@pytest.mark.parametrize(
    "source", ["..", ".", "", "../a", "a/b", "a\\b", "/etc", "a\0", "-a", ".hidden", "x" * 200, "a\n"]
)
def test_an_id_that_leads_elsewhere_is_refused(source: str, tmp_path: Path) -> None:
    with pytest.raises(SourceListError):
        save(tmp_path, "Words.", source)
    assert not list(tmp_path.iterdir())


def test_links_out_of_the_corpus_are_not_followed(tmp_path: Path) -> None:
    corpus, outside = tmp_path / "corpus", tmp_path / "outside"
    save(outside, "Secret.")
    (corpus / "snapshots").mkdir(parents=True)
    (corpus / "snapshots" / "a").symlink_to(outside / "snapshots" / "a")
    with pytest.raises(SourceListError, match="out of the corpus"):
        current_snapshot(corpus, "a")
    with pytest.raises(SourceListError, match="out of the corpus"):
        save(corpus, "Overwritten.")
    assert words(outside) == "Secret."


def test_a_file_that_is_a_link_out_of_the_corpus_is_not_read(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    save(corpus, "Words.")
    (place,) = places(corpus)
    (tmp_path / "secret").write_text("Words.")  # the very same bytes, so that only the link is wrong
    (place / "text.md").unlink()
    (place / "text.md").symlink_to(tmp_path / "secret")
    with pytest.raises(SnapshotDamagedError, match="outside"):
        current_snapshot(corpus, "a")


@pytest.mark.parametrize(
    "record",
    [
        "",
        "[]",
        "{}",
        "not json",
        '{"raw_file": "../../../../secret"}',
        '{"format": "exe"}',
        '{"raw_sha256": "0"}',
        '{"text_sha256": ""}',
        '{"raw_file": ""}',
    ],
)
def test_a_damaged_record_is_an_error_that_says_what_to_do(record: str, tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    (tmp_path / "secret").write_text("Words.")
    save(corpus, "Words.")
    path = places(corpus)[0] / "record.json"
    changed = {**json.loads(path.read_text()), **json.loads(record)} if record.startswith('{"') else None
    path.write_text(json.dumps(changed) if changed else record)
    with pytest.raises(SnapshotDamagedError, match="askpost fetch a"):
        current_snapshot(corpus, "a")


@pytest.mark.parametrize("name", ["raw.md", "text.md", "record.json"])
@pytest.mark.parametrize(
    "harm", [Path.unlink, lambda path: path.write_bytes(b"other"), lambda path: path.write_bytes(b"")]
)
def test_a_damaged_file_is_an_error(name: str, harm: object, tmp_path: Path) -> None:
    save(tmp_path, "Words.")
    harm(places(tmp_path)[0] / name)  # type: ignore[operator] # a function of a path
    with pytest.raises(SnapshotDamagedError):
        current_snapshot(tmp_path, "a")


@pytest.mark.parametrize("name", ["", "../../../x", "20260101T000000000000Z-00000000", "\xff"])
def test_a_damaged_pointer_is_an_error(name: str, tmp_path: Path) -> None:
    save(tmp_path, "Words.")
    (tmp_path / "snapshots" / "a" / "CURRENT").write_bytes(name.encode("latin-1"))
    with pytest.raises(SnapshotDamagedError):
        current_snapshot(tmp_path, "a")


@pytest.mark.parametrize("step", ["fsync", "rename", "replace"])
def test_a_save_that_fails_leaves_the_last_good_one(step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save(tmp_path, "Good.")
    with monkeypatch.context() as patch:

        def fail(*_: object) -> None:
            raise OSError(28, "No space left on device")

        patch.setattr(os if step == "fsync" else Path, step, fail)
        with pytest.raises(OSError, match="No space"):
            save(tmp_path, "Better.")
    assert words(tmp_path) == "Good."
    save(tmp_path, "Better.")
    assert words(tmp_path) == "Better."
    assert not list(tmp_path.rglob(".aside*"))


SAVES = """
import itertools, sys
from pathlib import Path
from corpus.documents import Extract
from corpus.snapshots import save_snapshot
for number in itertools.count():
    words = f"Words {number}. " * 2_000
    save_snapshot(Path(sys.argv[1]), "a", words.encode(), ".md", Extract("markdown", words),
                  requested="", address="", fetched="", content_type="")
    print(number, flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs signals")
def test_a_process_killed_while_it_saves_leaves_a_whole_snapshot(tmp_path: Path) -> None:
    for kill in range(8):
        process = subprocess.Popen([sys.executable, "-c", SAVES, str(tmp_path)], stdout=subprocess.PIPE, text=True)
        assert process.stdout
        process.stdout.readline()
        time.sleep(0.003 * kill)
        process.send_signal(signal.SIGKILL)
        reported = [*process.stdout]
        process.wait()
        process.stdout.close()
        last = int(reported[-1]) if reported and reported[-1].strip() else 0
        assert int(words(tmp_path).split()[1].rstrip(".")) >= last
    save(tmp_path, "After.")
    assert words(tmp_path) == "After."
    assert len(places(tmp_path)) == KEEP
