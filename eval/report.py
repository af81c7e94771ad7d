"""What a run found: as data, and as JSON whose ``schema_version`` changes when a reader of it would have to."""

from dataclasses import asdict, dataclass, field
from typing import Any

from eval.metrics.calibration import reliability
from eval.metrics.quotes import hit_at
from eval.metrics.selective import risk_coverage
from eval.scoring import Outcome, Scores, would_be_right

SCHEMA_VERSION = 2


@dataclass(frozen=True, slots=True)
class Difference:
    """A mean difference with its paired 95 % interval; real where that excludes 0."""

    mean: float
    low: float
    high: float

    @property
    def real(self) -> bool:
        """Whether it is more than noise."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True, slots=True)
class Cost:
    """What a system took: seconds to be ready (its index included, if it builds one), seconds to answer all.

    ``memory_mb`` is the peak resident memory of a process that ran it alone; None where it had none of its own.
    """

    setup_seconds: float
    seconds: float
    memory_mb: float | None = None


@dataclass(frozen=True, slots=True)
class SystemReport:
    """The scores of one system."""

    name: str
    overall: Scores
    by_type: dict[str, Scores]
    outcomes: tuple[Outcome, ...]
    cost: Cost
    calibrated: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """A run: the set and split, and its systems, askpost first.

    ``differences`` are the first system's to each of the others, by that one's name and measure.
    """

    set_name: str
    sha256: str
    split: str
    created: str
    build: str
    systems: tuple[SystemReport, ...]
    differences: dict[str, dict[str, Difference]]
    machine: dict[str, str | int] = field(default_factory=dict)

    @property
    def ours(self) -> SystemReport:
        """The first system."""
        return self.systems[0]

    def to_json(self) -> dict[str, Any]:
        """Plain data, with every question's outcome; stable within a schema version."""
        return {
            "schema_version": SCHEMA_VERSION,
            "set": {"name": self.set_name, "sha256": self.sha256, "split": self.split},
            "created": self.created,
            "build": self.build,
            "machine": self.machine,
            "systems": [_system_json(system) for system in self.systems],
            "differences": {
                name: {measure: asdict(difference) for measure, difference in each.items()}
                for name, each in self.differences.items()
            },
        }


def _system_json(system: SystemReport) -> dict[str, Any]:
    judged = [o for o in system.outcomes if o.question.has_quotes]
    confidence = [o.response.confidence for o in judged]
    right = [would_be_right(o) for o in judged]
    return {
        "name": system.name,
        "cost": asdict(system.cost),
        "overall": asdict(system.overall),
        "by_type": {type_: asdict(scores) for type_, scores in system.by_type.items()},
        "risk_coverage": risk_coverage(confidence, right),
        "reliability": [asdict(each) for each in reliability(confidence, right)] if system.calibrated else [],
        "questions": [_outcome_json(outcome) for outcome in system.outcomes],
    }


def _outcome_json(outcome: Outcome) -> dict[str, Any]:
    question, response = outcome.question, outcome.response
    return {
        "id": question.id,
        "type": question.type,
        "question": question.question,
        "history": [asdict(turn) for turn in question.history],
        "gold": [{"source": gold.source, "quote": gold.quote} for gold in question.gold],
        "relevant": [asdict(each) for each in question.relevant],
        "exact": question.exact,
        "hit": hit_at(1, response.citations, question.gold),
        "right": is_right(outcome),
        "expected_verdict": question.verdict,
        "verdict": response.verdict,
        "abstained": response.abstained,
        "confidence": response.confidence,
        "citations": [asdict(citation) for citation in response.citations],
        "retrieval": dict(outcome.retrieval),
    }


def is_right(outcome: Outcome) -> bool | None:
    """Whether the evidence is right, and the verdict where one is expected; None where only documents were judged."""
    if not outcome.question.has_quotes:
        return None
    if not outcome.question.answerable:
        return outcome.response.abstained
    evidence = hit_at(1, outcome.response.citations, outcome.question.gold)
    return evidence and outcome.question.verdict in (None, outcome.response.verdict)
