"""Bytes to characters, whatever charset is declared."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.fetching.charset import decode_text
from tests.corpus.conftest import text
from tests.corpus.servers import FILLER, article

WORDS = "Déjà vu — “naïve” café, straße, 12 € and Łódź"


@pytest.mark.parametrize(
    ("encoding", "header", "meta"),
    [
        ("utf-8", "utf-8", ""),
        ("utf-8", "iso-8859-1", ""),
        ("utf-8", "", "windows-1252"),
        ("utf-8-sig", "iso-8859-1", ""),
        ("utf-16", "", ""),
        ("utf-16", "utf-8", ""),
        ("cp1252", "iso-8859-1", ""),
        ("cp1252", "utf-8", "windows-1252"),
        ("cp1252", "", "windows-1252"),
        ("cp1252", "no-such-charset", "windows-1252"),
        ("iso-8859-2", "iso-8859-2", ""),
    ],
)
def test_a_wrong_charset_does_no_harm(encoding: str, header: str, meta: str) -> None:
    words = "Łódź i gęś" if encoding == "iso-8859-2" else WORDS.replace("Łódź", "Lodz")
    head = f'<meta charset="{meta}">' if meta else ""
    body = article("Charset", f"{FILLER} {words}.", head=head).encode(encoding)
    assert words in text(body, f"text/html; charset={header}" if header else "text/html")


def test_bytes_that_are_utf8_are_read_as_that_whatever_is_declared() -> None:
    for declared in ("iso-8859-1", "windows-1251", "shift_jis"):
        assert decode_text(WORDS.encode(), f"text/html; charset={declared}") == WORDS


def test_seven_bit_encodings_are_read_as_declared() -> None:
    assert decode_text("日本語".encode("iso-2022-jp"), "text/html; charset=ISO-2022-JP") == "日本語"


def test_an_undeclared_charset_is_guessed() -> None:
    russian = "Гавань была тиха ранним утром, и лодки стояли бок о бок вдоль старой каменной стены. " * 5
    assert decode_text(russian.encode("cp1251")) == russian


@given(st.binary(max_size=300), st.text(max_size=30))
def test_any_bytes_have_characters(data: bytes, charset: str) -> None:
    assert isinstance(decode_text(data, f"text/html; charset={charset}"), str)
