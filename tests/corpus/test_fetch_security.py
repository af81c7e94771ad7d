"""SECURITY.md stays true: every test that it names exists, and every file."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "SECURITY.md").read_text(encoding="utf-8")


def test_every_test_named_exists() -> None:
    named = set(re.findall(r"`(test_\w+)`", PAGE))
    tests = [path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py")]
    defined = {name for text in tests for name in re.findall(r"^def (test_\w+)", text, re.MULTILINE)}
    assert len(named) > 50
    assert not named - defined


def test_every_file_linked_exists() -> None:
    assert not [path for path in re.findall(r"\]\(([\w/.]+)\)", PAGE) if not (ROOT / path).exists()]


def test_every_threat_has_its_test() -> None:
    rows = [line for line in PAGE.splitlines() if line.startswith("| ") and not line.startswith("| threat")]
    assert not [row for row in rows if "`test_" not in row]
