"""bm25 over the parts of a build, as FTS5 would give it if they were one table.

FTS5 knows the statistics of one table only. So each part is asked for its best by its own statistics, and those are
scored again by the sums of all. How far the two can lie apart is known, so no sentence is missed.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import log

from index.parts import Part

_K1, _B = 1.2, 0.75  # FTS5's own constants
_LEAST = 1e-6  # what FTS5 takes for the weight of a word in more than half of the sentences
_ROUNDING = 1 + 1e-9


@dataclass(frozen=True, slots=True)
class Statistics:
    """Of a part or of all: sentences, terms in them, and in how many sentences each word stands."""

    sentences: int
    tokens: int
    frequency: Mapping[str, int]

    @property
    def length(self) -> float:
        """The mean length of a sentence with its context, in terms."""
        return self.tokens / self.sentences if self.sentences else 0.0

    def weight(self, word: str) -> float:
        """A word's inverse document frequency."""
        held = self.frequency[word]
        weight = log((self.sentences - held + 0.5) / (held + 0.5))
        return weight if weight > 0 else _LEAST

    def most_above(self, own: "Statistics") -> float:
        """How many times a score by these statistics can be that by a part's ``own``, at most."""
        weights = max(self.weight(word) / own.weight(word) for word in self.frequency)
        return weights * max(1.0, self.length / own.length) * _ROUNDING


def search(
    parts: Sequence[tuple[Part, Statistics]],
    all_: Statistics,
    match: str,
    context_weight: float,
    limit: int,
    terms_of: Callable[[Sequence[str]], list[list[str]]],
) -> list[tuple[int, float]]:
    """The sentences that best fit the words of ``all_``: ids with scores, best first.

    ``match`` is FTS5's query for these words; each part comes with its own statistics, hidden sentences included, as
    FTS5 counts them.
    """
    words = list(all_.frequency)
    phrases = list(zip(terms_of(words), map(all_.weight, words), strict=True))
    found: dict[int, float] = {}
    for part, own in parts:
        if not own.tokens:
            continue
        above, wanted = all_.most_above(own), 2 * limit
        while True:
            best = part.best(match, context_weight, wanted)
            new = [id_ for id_, _ in best if id_ not in found]
            for id_, sentence, context in zip(new, *_terms(part.worded(new), terms_of), strict=True):
                found[id_] = _score(phrases, sentence, context, context_weight, all_.length)
            enough = sorted(found.values(), reverse=True)[:limit]
            if len(best) < wanted or (len(enough) == limit and best[-1][1] * above < enough[-1]):
                break
            wanted *= 4
    return sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))[:limit]


def _terms(
    worded: Sequence[tuple[str, str]], terms_of: Callable[[Sequence[str]], list[list[str]]]
) -> tuple[list[list[str]], list[list[str]]]:
    """The terms of sentences, and those of their contexts."""
    contexts = list(dict.fromkeys(context for _, context in worded))  # few: many sentences share one
    terms = terms_of([*(sentence for sentence, _ in worded), *contexts])
    of_context = dict(zip(contexts, terms[len(worded) :], strict=True))
    return terms[: len(worded)], [of_context[context] for _, context in worded]


def _score(
    phrases: Sequence[tuple[list[str], float]],
    sentence: list[str],
    context: list[str],
    context_weight: float,
    mean_length: float,
) -> float:
    length = _K1 * (1 - _B + _B * (len(sentence) + len(context)) / mean_length)
    score = 0.0
    for phrase, weight in phrases:
        held = _count(sentence, phrase) + context_weight * _count(context, phrase)
        score += weight * (held * (_K1 + 1)) / (held + length)
    return score


def _count(terms: list[str], phrase: list[str]) -> int:
    """How often a phrase stands among terms."""
    if len(phrase) == 1:
        return terms.count(phrase[0])
    starts = range(len(terms) - len(phrase) + 1) if phrase else ()
    return sum(terms[start : start + len(phrase)] == phrase for start in starts)
