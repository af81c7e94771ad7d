"""From scored sentences to quotes: which ones to cite, and how much of the text around them."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote as percent_encode

from app.contract import Citation, Suggestion
from app.evidence.shape import is_question, leans_back
from corpus import Source
from index.text_store import StoredSentence, TextStore

# Of the best one's probability. On held-out posts one of three citations answers as often as with a fixed 0.05, and a
# larger share of the citations does.
BESIDE = 0.15
MAX_QUOTE = 420  # characters: a sentence is quoted with the one it leans on only within this length


@dataclass(frozen=True, slots=True)
class Scored:
    """A sentence with the probability that it answers, and the signals behind it."""

    sentence: StoredSentence
    probability: float
    signals: dict[str, float]


def choose(scored: Sequence[Scored], *, most: int) -> list[Scored]:
    """The sentences to cite, best first: the best one, then others that are not much less likely (`BESIDE`).

    So an answer that is unsure shows what it was torn between, and a sure one stands alone. ``scored`` comes best
    first. Sentences with the same words are cited once.
    """
    chosen: list[Scored] = []
    for candidate in scored:
        if len(chosen) == most or (chosen and candidate.probability < BESIDE * chosen[0].probability):
            break
        if all(candidate.sentence.text != other.sentence.text for other in chosen):
            chosen.append(candidate)
    return chosen


def cite(scored: Sequence[Scored], store: TextStore) -> list[Citation]:
    """Number the chosen sentences and quote each, with what it leans on where it would not stand alone."""
    citations: list[Citation] = []
    for candidate in scored:
        sentence = candidate.sentence
        start = quote_start(sentence, store)
        inside = any(
            c.source_id == sentence.source.id and c.start <= sentence.start and sentence.end <= c.end for c in citations
        )
        if not inside:
            citations.append(_citation(len(citations) + 1, candidate, start, store))
    return citations


def quote_start(sentence: StoredSentence, store: TextStore) -> int:
    """Where to begin the quote: at the sentence, or at the one before it that its opening pronoun points to."""
    if not leans_back(sentence.text) or not sentence.before or is_question(sentence.before):
        return sentence.start
    before = store.sentences([sentence.id - 1])[0]
    fits = before.block == sentence.block and sentence.end - before.start <= MAX_QUOTE
    return before.start if fits else sentence.start


def _citation(n: int, candidate: Scored, start: int, store: TextStore) -> Citation:
    sentence, source = candidate.sentence, candidate.sentence.source
    quoted = store.text(source.id)[start : sentence.end]
    return Citation(
        n=n,
        source_id=source.id,
        title=source.title,
        section=sentence.section,
        url=source.url,
        text_fragment_url=text_fragment_url(source, quoted),
        kind=source.kind,
        quote=quoted,
        start=start,
        end=sentence.end,
        score=round(candidate.probability, 4),
    )


def text_fragment_url(source: Source, quoted: str) -> str:
    """The source's address with a text fragment (WICG scroll-to-text) that jumps to the quote.

    A digest's words do not stand on the page that it digests, so its address goes without one.
    """
    if not source.url or source.kind == "digest":
        return source.url
    words = quoted.split()
    ends = [" ".join(words)] if len(words) <= 12 else [" ".join(words[:5]), " ".join(words[-5:])]
    # A hyphen, a comma and an ampersand mean something inside a text directive.
    fragment = ",".join(percent_encode(end, safe="").replace("-", "%2D") for end in ends)
    return f"{source.url}#:~:text={fragment}"


def suggest(scored: Sequence[Scored], most: int = 3) -> list[Suggestion]:
    """The nearest sentences as reading, where nothing answers."""
    return [
        Suggestion(s.source.id, s.source.title, s.section, s.text, s.start, s.end)
        for s in (candidate.sentence for candidate in scored[:most])
    ]
