"""What the reader sees: a sentence with its title, section and neighbours, as token ids.

The model's input is one sequence of two segments:

    [CLS] question [SEP] title - section: before sentence [SEP]

The sentence to score is not marked in the text: the model pools the tokens of its span (`Encoded.spans`), so that
one sequence scores a sentence, or several neighbours at once. Pieces are tokenised one by one and cut to a budget
each, so that the sentence itself survives whatever surrounds it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from tokenizers import Tokenizer

MAX_TOKENS = 128
QUESTION_TOKENS = 32
HEAD_TOKENS = 16
SENTENCE_TOKENS = 64
BEFORE_TOKENS = 16


@dataclass(frozen=True)
class Context:
    """A candidate sentence where it stands; any part but the sentence may be empty.

    What comes `after` it is not read; it says which candidates stand next to each other.
    """

    title: str
    section: str
    before: str
    sentence: str
    after: str


@dataclass(frozen=True)
class Encoded:
    """Token ids of a sequence, where its second segment starts, and the [start, end) span of each scored sentence."""

    ids: tuple[int, ...]
    second: int
    spans: tuple[tuple[int, int], ...]


def asked(question: str) -> str:
    """The question with one question mark, which people leave out and which must not tell how it will be answered."""
    return question.rstrip(" ?.!") + "?"


def head(title: str, section: str) -> str:
    """The words before the sentences: "title - section:"."""
    parts = [part for part in (title.strip(), section.strip()) if part]
    return " - ".join(dict.fromkeys(parts)) + ":" if parts else ""


class Encoder:
    """Turns a question and its candidates into `Encoded` sequences of at most `MAX_TOKENS` tokens."""

    def __init__(self, tokenizer_file: Path) -> None:
        self._tokenizer = Tokenizer.from_file(str(tokenizer_file))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        # Special tokens written out in a document ("[SEP]") are text, not structure.
        self._tokenizer.encode_special_tokens = True
        self._cls, self._sep, self.pad = (self._special(token) for token in ("[CLS]", "[SEP]", "[PAD]"))
        self.pieces = lru_cache(maxsize=100_000)(self._pieces)

    def _special(self, token: str) -> int:
        number: int | None = self._tokenizer.token_to_id(token)
        if number is None:
            raise ValueError(f"the tokenizer has no {token}")
        return number

    def _pieces(self, text: str) -> tuple[int, ...]:
        return tuple(self._tokenizer.encode(text, add_special_tokens=False).ids)

    def _start(self, question: str, title: str, section: str) -> tuple[list[int], int]:
        ids = [self._cls, *self.pieces(asked(question))[:QUESTION_TOKENS], self._sep]
        second = len(ids)
        return [*ids, *self.pieces(head(title, section))[:HEAD_TOKENS]], second

    def encode(self, question: str, title: str, section: str, sentences: Sequence[str], before: str = "") -> Encoded:
        """One sequence that scores each of a few neighbouring sentences, with the end of what stands before them.

        Sentences past the limit get an empty span (see `fits`).
        """
        ids, second = self._start(question, title, section)
        pieces = [self.pieces(sentence)[:SENTENCE_TOKENS] for sentence in sentences]
        room = MAX_TOKENS - len(ids) - 1 - sum(map(len, pieces))
        leading = self.pieces(before)
        ids += leading[max(0, len(leading) - max(0, min(BEFORE_TOKENS, room))) :]
        spans = []
        for sentence in pieces:
            start = len(ids)
            ids += sentence[: MAX_TOKENS - 1 - start]
            spans.append((start, len(ids)))
        return Encoded((*ids, self._sep), second, tuple(spans))

    def fits(self, question: str, title: str, section: str, sentences: Sequence[str], before: str = "") -> bool:
        """Whether the sentences and the end of what stands before them go into one sequence."""
        ids, _ = self._start(question, title, section)
        length = sum(min(len(self.pieces(sentence)), SENTENCE_TOKENS) for sentence in sentences)
        return len(ids) + min(len(self.pieces(before)), BEFORE_TOKENS) + length < MAX_TOKENS
