"""The answer contract: one object behind every interface, and its JSON, stable and versioned.

Invariants, on any input:
- a citation's ``quote`` is exactly the characters [start:end] of its source's text in the build;
- the extractive ``answer`` is made of quotes, a verdict and fixed connecting words;
- ``abstained`` means no citations, and the nearest passages only as ``suggestions``.
"""

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from corpus import SourceKind

CONTRACT_VERSION = 1

VerdictValue = Literal["yes", "no"]


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier exchange of the conversation."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Citation:
    """A quote with its place: the characters [start:end] of the source's text."""

    n: int
    source_id: str
    title: str
    section: str
    url: str
    text_fragment_url: str
    kind: SourceKind
    quote: str
    start: int
    end: int
    score: float


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A passage offered as reading where there is no answer; not evidence."""

    source_id: str
    title: str
    section: str
    quote: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Considered:
    """A candidate sentence with the signals that decided on it ("why this answer?")."""

    source_id: str
    section: str
    quote: str
    start: int
    end: int
    probability: float
    signals: dict[str, float]


@dataclass(frozen=True, slots=True)
class Checked:
    """A language model's sentence, the quotes it cites, and whether they bear it out; if not, why."""

    sentence: str
    citations: tuple[int, ...]
    supported: bool
    why: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What the assistant says to one question. Times are in milliseconds.

    ``backend`` names the language model that phrased the answer, or is "extractive"; ``checked`` are all its
    sentences, those that were struck too; ``notice`` says why there are none.
    """

    question: str
    answer: str
    verdict: VerdictValue | None
    abstained: bool
    confidence: float
    backend: str
    elapsed_ms: float
    build: str
    citations: tuple[Citation, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()
    understood_as: str | None = None
    corrections: tuple[tuple[str, str], ...] = ()
    missing: tuple[str, ...] = ()
    checked: tuple[Checked, ...] = ()
    notice: str = ""
    considered: tuple[Considered, ...] = field(default=(), repr=False)

    def to_json(self) -> dict[str, Any]:
        """The contract as plain data. The candidates considered are for people, and left out."""
        data = asdict(self)
        data.pop("considered")
        return {"version": CONTRACT_VERSION, **data}
