"""Which candidates settle a yes/no question, either way."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from app.entailment.model import Entailment
from app.reader.context import asked

MOST = 6  # candidates that are read
UNREAD = -2.0
MOST_LOG_ODDS = 4.0


def settles(
    question: str, premises: Sequence[str], reader: NDArray[np.float32], entailment: Entailment
) -> NDArray[np.float64]:
    """For each premise the log-odds that it says yes or no to the question; `UNREAD` past the reader's `MOST` best."""
    found = np.full(len(premises), UNREAD)
    best = np.argsort(-reader, kind="stable")[:MOST]
    for place, reading in zip(best, entailment.read([(asked(question), premises[i]) for i in best]), strict=True):
        odds = (1 - reading.open) / max(reading.open, 1e-9)
        found[place] = np.clip(np.log(max(odds, 1e-9)), -MOST_LOG_ODDS, MOST_LOG_ODDS)
    return found
