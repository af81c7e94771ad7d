"""A small corpus, questions on it, and a system that answers them perfectly or with one fault."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from eval.questions import Question
from eval.report import Report
from eval.run import compare, run
from eval.spans import Span
from eval.systems import Response

TEXT = "Cats sleep a lot. Dogs bark at night. Fish never blink. Birds sing early."
TEXTS = {"pets": TEXT}
SENTENCES = [
    Span("pets", quote, TEXT.index(quote), TEXT.index(quote) + len(quote))
    for quote in ("Cats sleep a lot.", "Dogs bark at night.", "Fish never blink.", "Birds sing early.")
]
QUESTIONS = (
    Question("q1", "What do cats do?", (Span("pets", "Cats sleep a lot."),), type="span"),
    Question("q2", "Do dogs bark?", (Span("pets", "Dogs bark at night."),), type="yesno", verdict="yes"),
    Question("q3", "Do fish blink?", (Span("pets", "Fish never blink."),), type="yesno", verdict="no"),
    Question("q4", "Who invented penicillin?", (), type="unanswerable-far"),
)

Damage = Callable[[Question, Response], Response]


@dataclass
class FakeSystem:
    """Knows the gold quotes; ``damage`` changes what it would have said."""

    damage: Damage = lambda question, response: response
    name: str = "fake"
    probabilistic: bool = True
    asked: list[str] = field(default_factory=list)

    def units(self) -> Sequence[Span]:
        return SENTENCES

    def respond(self, question: Question) -> Response:
        self.asked.append(question.id)
        gold = {quote.quote for quote in question.gold}
        ranking = tuple(sorted(SENTENCES, key=lambda span: span.quote not in gold))
        answered = question.answerable
        right = Response(
            citations=ranking[:1] if answered else (),
            verdict=question.verdict,
            abstained=not answered,
            confidence=0.9 if answered else 0.1,
            best=ranking[0],
            ranking=ranking,
            elapsed_ms=1.0,
        )
        return self.damage(question, right)


def blind_retriever(question: Question, response: Response) -> Response:
    """Ranks the right sentence last."""
    ranking = response.ranking[::-1]
    return replace(response, ranking=ranking)


def wrong_reader(question: Question, response: Response) -> Response:
    """Cites another sentence than the right one."""
    return replace(response, citations=response.ranking[1:2] if response.citations else ())


def wrong_verdict(question: Question, response: Response) -> Response:
    """Says no for yes."""
    return replace(response, verdict="no" if response.verdict else None)


def never_abstains(question: Question, response: Response) -> Response:
    """Quotes something, whatever was asked."""
    return replace(response, citations=response.ranking[:1], abstained=False)


def always_abstains(question: Question, response: Response) -> Response:
    """Says nothing."""
    return replace(response, citations=(), abstained=True, verdict=None)


def misquotes(question: Question, response: Response) -> Response:
    """Corrects the source's spelling in a quote."""
    return replace(response, citations=tuple(replace(c, quote=c.quote.lower()) for c in response.citations))


def report_of(damage: Damage | None = None, *, sha256: str = "f" * 64, split: str = "test") -> Report:
    """The report of a fake system beside a perfect one."""
    system = FakeSystem(damage) if damage else FakeSystem()
    ours, other = run(system, QUESTIONS, TEXTS), run(FakeSystem(name="perfect"), QUESTIONS, TEXTS)
    return Report(
        "pets", sha256, split, "2014-02-13T12:17:09+00:00", "b1", (ours, other), {"perfect": compare(ours, other)}
    )
