"""askpost itself, asked as a user would ask it."""

from collections.abc import Sequence

from app import Assistant
from app.contract import Citation, Considered
from eval.questions import Question
from eval.spans import Span
from eval.systems.base import Response, ranked
from index.text_store import StoredSentence


class AskpostSystem:
    """The assistant on one build; what it retrieves are sentences."""

    probabilistic = True

    def __init__(self, assistant: Assistant, name: str = "askpost") -> None:
        self.name = name
        self._assistant = assistant

    def units(self) -> Sequence[Span]:
        """Every sentence of every source."""
        store = self._assistant.store
        return [_sentence(s) for source in store.sources() for s in store.sentences_of_source(source.id)]

    def respond(self, question: Question) -> Response:
        """Ask; the ranking is of the question as the assistant understood it."""
        answer = self._assistant.ask(question.question, question.history)
        citations = tuple(_place(citation) for citation in answer.citations)
        considered = tuple(_place(candidate) for candidate in answer.considered)
        understood = self._assistant.understand(question.question, question.history)
        retrieved = self._assistant.retrieve(understood.question, ranked(question))
        return Response(
            citations=citations,
            verdict=answer.verdict,
            abstained=answer.abstained,
            confidence=answer.confidence,
            best=next(iter(citations or considered), None),
            ranking=tuple(_sentence(candidate.sentence) for candidate in retrieved),
            elapsed_ms=answer.elapsed_ms,
        )

    def close(self) -> None:
        """Release the build's files."""
        self._assistant.close()


def _place(quoted: Citation | Considered) -> Span:
    return Span(quoted.source_id, quoted.quote, quoted.start, quoted.end)


def _sentence(sentence: StoredSentence) -> Span:
    return Span(sentence.source.id, sentence.text, sentence.start, sentence.end)
