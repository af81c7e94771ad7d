"""Text from questions and documents made safe to show: as HTML, as a Streamlit label, as Markdown."""

import html
import re
from urllib.parse import urlsplit

# Control characters, lone surrogates, and the marks that turn the direction of what follows them:
# none of them has a look of its own, and the last can make text read as what it is not.
_INVISIBLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufeff]")
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
_GROUP = re.compile(r"\s*(?:\S+\s+){0,2}\S+\s*")


def clean(text: str) -> str:
    """The text with characters that cannot be shown put as U+FFFD."""
    return _INVISIBLE.sub("\N{REPLACEMENT CHARACTER}", text)


def as_html(text: str) -> str:
    """The text for HTML, in an element or in a quoted attribute."""
    return html.escape(clean(text))


def as_label(text: str, most: int = 90) -> str:
    """The text for a Streamlit label or tooltip, which reads Markdown: on one line, cut at ``most``."""
    line = " ".join(clean(text).split())
    if len(line) > most:
        line = line[: most - 1].rstrip() + "…"
    return as_markdown(line)


def as_markdown(text: str) -> str:
    """The text for Markdown, every mark of which stands for itself."""
    return _PUNCTUATION.sub(r"\\\1", clean(text))


def counted(number: int, thing: str) -> str:
    """A number of things: "1 source", "8 sources"."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def revealed(text: str, first: int = 0) -> tuple[str, int]:
    """The text as HTML in word groups that the style sheet shows one after the other.

    All of it is there from the start, so that nothing moves while it appears, and a screen reader
    gets it whole. Returns the HTML and the number for the next group.
    """
    groups = _GROUP.findall(text) or [text]
    spans = [f'<span class="ap-w" style="--n:{first + n}">{as_html(group)}</span>' for n, group in enumerate(groups)]
    return "".join(spans), first + len(groups)


def web_address(url: str) -> str:
    """The address if it is one of the web, else nothing: no ``javascript:`` and the like."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return ""
    return url.strip() if parts.scheme.lower() in ("http", "https") and parts.netloc else ""
