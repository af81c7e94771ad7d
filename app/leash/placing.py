"""Place a quotation in the sources without any model: found, or false in one of three ways.

- *found*: the words stand so in a source that they are attributed to;
- *misattributed*: they stand so in another source only;
- *stitched*: they are real words, but were never written together;
- *fabricated*: they stand nowhere.

Case, white space, double quotation marks and the style of dashes do not count, nor does the punctuation at the
ends. An ellipsis or a bracketed insertion may leave words out, within `MAX_GAP` characters of one source.
"""

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal

PlacementKind = Literal["found", "misattributed", "stitched", "fabricated"]

MAX_GAP = 400  # characters that an ellipsis may leave out
_MIN_RUN = 3  # words: fewer stand together by chance
_JOINING = frozenset(("and", "or", "but", "while", "that", "which"))
_ALIKE = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "‐": "-", "‑": "-", "…": "..."})
_LEFT_OUT = re.compile(r"\s*(?:\[[^\]]*\]|\(\.\.\.\)|\.\.\.|…)\s*")
_EDGES = " \t\n.,;:!?'\"-"
_QUOTATION = re.compile(r"“([^“”]+)”|\"([^\"]+)\"|„([^“”]+)[“”]|«([^«»]+)»")


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a quotation stands: the characters [start:end] of a source's text, unless it is fabricated or stitched."""

    kind: PlacementKind
    source_id: str = ""
    start: int = 0
    end: int = 0

    @property
    def why(self) -> str:
        """The finding in words."""
        return {
            "found": f"stands in {self.source_id}",
            "misattributed": f"stands in {self.source_id}, not in what is cited",
            "stitched": "real words, but never written together",
            "fabricated": "stands nowhere in the sources",
        }[self.kind]


def quotations(sentence: str) -> list[str]:
    """What a sentence puts between double quotation marks."""
    return [next(filter(None, match.groups())).strip() for match in _QUOTATION.finditer(sentence)]


class Shelf:
    """The texts of the sources, made ready for placing quotations in them."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        """Take the texts by source id; offsets of placements refer to them."""
        self._texts = {id_: _normalize(text) for id_, text in texts.items()}

    def place(self, quotation: str, attributed: Collection[str] = ()) -> Placement:
        """Look for a quotation, first in the sources that it is attributed to (none: any will do)."""
        parts = [part for part in map(_plain, _LEFT_OUT.split(quotation)) if part]
        if not parts:
            return Placement("fabricated")
        for id_ in sorted(self._texts, key=lambda id_: id_ not in attributed):
            span = self._span(id_, parts)
            if span:
                right = not attributed or id_ in attributed
                return Placement("found" if right else "misattributed", id_, *span)
        return Placement("stitched" if self._is_stitched(" ".join(parts).split()) else "fabricated")

    def _span(self, id_: str, parts: list[str]) -> tuple[int, int] | None:
        """The first place in a source where all parts stand in order and near each other."""
        text, offsets = self._texts[id_]
        for first in re.finditer(_pattern(parts[0]), text):
            end = first.end()
            for part in parts[1:]:
                following = re.search(_pattern(part), text[end : end + MAX_GAP + len(part)])
                if following is None:
                    break
                end += following.end()
            else:
                return offsets[first.start()], offsets[end - 1] + 1
        return None

    def _is_stitched(self, words: list[str]) -> bool:
        """Whether the words fall into runs of at least `_MIN_RUN` that each stand in some source.

        A joining word may stand between two runs.
        """
        reached = {0}
        for at in range(len(words)):
            if at not in reached:
                continue
            if words[at] in _JOINING:
                reached.add(at + 1)
            end = at + _MIN_RUN
            while end <= len(words) and self._stands(" ".join(words[at:end]).strip(_EDGES)):
                reached.add(end)
                end += 1
        return len(words) in reached

    def _stands(self, run: str) -> bool:
        return bool(run) and any(re.search(_pattern(run), text) for text, _ in self._texts.values())


def _pattern(words: str) -> str:
    return rf"(?<!\w){re.escape(words)}(?!\w)"


def _plain(quotation: str) -> str:
    return _normalize(quotation)[0].strip(_EDGES)


def _normalize(text: str) -> tuple[str, list[int]]:
    """The text in one case and style with single spaces, and where each of its characters stood."""
    characters: list[str] = []
    offsets: list[int] = []
    for at, character in enumerate(text):
        for plain in unicodedata.normalize("NFKC", character.translate(_ALIKE)).casefold():
            spaced = plain.isspace()
            if plain == '"' or unicodedata.category(plain) == "Cf" or (spaced and characters and characters[-1] == " "):
                continue
            characters.append(" " if spaced else plain)
            offsets.append(at)
    return "".join(characters), offsets
