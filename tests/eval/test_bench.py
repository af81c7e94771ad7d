"""The benchmarks' page says what was stored; nothing is measured here."""

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from eval.bench import scale
from eval.bench.__main__ import DOCS, PAGE, STORED
from eval.bench.cold_start import run
from eval.bench.page import GROWTH_PLOT, SAMPLE, render
from eval.bench.setting import Row, alone, megabytes
from eval.machine import machine, peak_memory_mb

GROWTH = [{"passages": n, **dict.fromkeys(scale.PLOTTED, n / 7)} for n in (100, 1_000)]


def measured() -> dict[str, object]:
    return {
        "created": "2014-02-13T12:17:09+00:00",
        "machine": machine(),
        "repeats": 3,
        "sections": {"Cold start": [asdict(Row("process", "s", 1.0, 4.0)), asdict(Row("answer", "ms", 20.0, None))]},
        "growth": GROWTH,
        SAMPLE: 40.0,
        "load": [0.1, 2.0],
    }


def test_the_page_is_what_the_stored_run_generates() -> None:
    stored, page = DOCS / STORED, DOCS / PAGE
    assert stored.exists() == page.exists() == (DOCS / GROWTH_PLOT).exists()
    if stored.exists():
        run = json.loads(stored.read_text(encoding="utf-8"))
        assert page.read_text(encoding="utf-8") == render(run), "python -m eval.bench --stored"


def test_ratios_are_to_the_naive_pipeline_where_it_has_a_figure() -> None:
    assert Row("a", "s", 1.0, 4.0).ratio == 0.25
    assert Row("a", "s", 1.0, None).ratio is None
    page = render(measured())
    assert "| process | s | 1 | 4 | 0.25 |" in page
    assert "| answer | ms | 20 | – |  |" in page
    assert "load was 0.1 at the start and 2.0 at the end" in page


def test_growth_is_drawn(tmp_path: Path) -> None:
    scale.plot(GROWTH, tmp_path / "growth.svg")
    svg = (tmp_path / "growth.svg").read_text(encoding="utf-8")
    assert svg.startswith("<svg")
    for name in scale.PLOTTED:
        assert name in svg


def test_a_fresh_process_has_its_own_memory() -> None:
    ballast = bytearray(300_000_000)
    assert len(ballast) == 300_000_000
    peak = alone(peak_memory_mb)
    assert peak is None or peak < 300


def test_a_command_that_fails_is_said_with_what_it_said() -> None:
    with pytest.raises(SystemExit, match="exit code 3"):
        run(["sh", "-c", "exit 3"])


def test_sizes_of_files_and_folders(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "one").write_bytes(b"x" * 500_000)
    (tmp_path / "two").write_bytes(b"x" * 1_000_000)
    assert megabytes(tmp_path) == 1.5
    assert megabytes(tmp_path / "two") == 1.0
