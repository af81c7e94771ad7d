"""What the entailment model makes of a sentence and the quotes that it cites."""

from collections.abc import Sequence

from app.entailment import Entailment, premise
from app.evidence.scoring import logit
from app.leash.quotes import Quote
from app.leash.signals import Signal


def measure_reading(sentence: str, quotes: Sequence[Quote], entailment: Entailment) -> dict[str, Signal]:
    """The log-odds that the quotes bear the sentence out, and that they say otherwise.

    The quotes are read each by itself and all together, since a sentence may rest on one of them or on several.
    Neither is a reason to show: where another signal speaks against the sentence too, that one says more.
    """
    premises = [_premise([quote]) for quote in quotes]
    if len(quotes) > 1:
        premises.append(_premise(quotes))
    read = entailment.read([(sentence, text) for text in premises])
    return {
        "read_as_unsupported": Signal(-logit(max(reading.yes for reading in read))),
        "read_as_denied": Signal(logit(max(reading.no for reading in read))),
    }


def _premise(quotes: Sequence[Quote]) -> str:
    first = quotes[0]
    return premise(first.section or first.title, " ".join(quote.text for quote in quotes), first.before)
