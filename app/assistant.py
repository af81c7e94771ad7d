"""The assistant: one object behind every interface. Understand, retrieve, read, cite or abstain."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from app.about import about_lines, about_verdict
from app.candidates import can_be_evidence, context, definitions_first, shortlist
from app.composing import abstention, compose
from app.contract import Answer, Checked, Citation, Considered, Turn, VerdictValue
from app.entailment import Entailment, settles
from app.evidence import EvidenceModel, Rarity, features
from app.evidence.features import FEATURES, read
from app.evidence.shape import is_of_the_post, question_shape
from app.quoting import Scored, choose, cite, suggest
from app.reader import Reader, Scorer
from app.reader.model import FOLDER as READER
from app.suggesting import candidate_questions, order
from app.summary import whole_text_lines
from app.understand import Understood, Vocabulary, is_telling, understand
from app.verdict import Evidence, is_yes_no
from app.verdict.deciding import Decider, Piece, premise_of
from corpus.errors import QuestionError
from index.builds import Manifest
from index.retrieval import Candidate, Retriever
from index.settings import default_home
from index.stopwords import content_words
from index.text_store import StoredSentence, TextStore

if TYPE_CHECKING:
    from app.backends import Phrasing

ABOUT_CONFIDENCE = 0.9  # in lines that are chosen by rule; checked against the dev split
MAX_QUESTION = 2_000  # characters
GATHERED = 80  # candidates, of which the most promising are read
MOST_CITATIONS = {"compare": 4, "summary": 4, "list": 4}
BACKEND = "extractive"


@dataclass(frozen=True, slots=True)
class Found:
    """The candidates, best first, the confidence in the best, and whether anything answers at all."""

    scored: list[Scored]
    confidence: float
    answered: bool


class Assistant:
    """Answers questions on one build of an index; safe to share between threads."""

    def __init__(self, retriever: Retriever, reader: Scorer | None, evidence: EvidenceModel) -> None:
        """Put the parts together; without a reader its signal is 0 (for ablations)."""
        self._retriever = retriever
        self._reader = reader
        self._evidence = evidence
        self.phrasing: Phrasing | None = None
        self._tried: dict[str, bool] = {}
        self._rarity = Rarity(self.store.sentence_frequency, self.store.sentence_count())
        self._has_post = any(source.kind == "post" for source in self.store.sources())

    @classmethod
    def open(cls, home: Path | None = None, *, backend: str = "") -> "Assistant":
        """Open the build in use in an index home, by default the bundled post's.

        ``backend`` names a language model that phrases the answers, such as "ollama:llama3.2"; none by default.

        Raises:
            NoIndexError: nothing has been built there.
            IndexDamagedError: the build is broken.
            ModelError: the language model cannot be opened.
        """
        assistant = cls(
            Retriever.open(home or default_home()),
            Reader() if (READER / "model.onnx").exists() else None,
            EvidenceModel.load(),
        )
        if backend:
            from app.backends import LanguageModel, Phrasing

            assistant.phrasing = Phrasing(LanguageModel.open(backend), assistant.store, assistant.entailment)
        return assistant

    def close(self) -> None:
        """Release the build's files."""
        self._retriever.close()

    @property
    def manifest(self) -> Manifest:
        """What the build in use was made from."""
        return self._retriever.manifest

    @property
    def build(self) -> str:
        """The id of the build in use."""
        return self.manifest.id

    @property
    def store(self) -> TextStore:
        """The texts of the build in use."""
        return self._retriever.store

    @cached_property
    def _vocabulary(self) -> Vocabulary:
        return Vocabulary(self.store.vocabulary(), self.store.topics())

    def retrieve(self, question: str, limit: int) -> list[Candidate]:
        """The most promising sentences for a question, before they are read."""
        return self._retriever.retrieve(question, limit)

    def ask(self, question: str, history: Sequence[Turn] = ()) -> Answer:
        """Answer a question, with the conversation so far if it has one.

        Raises:
            QuestionError: the question is empty or longer than `MAX_QUESTION` characters.
        """
        *_, answer = self.stream(question, history)
        assert isinstance(answer, Answer)  # noqa: S101 - the last thing that the stream yields
        return answer

    def stream(self, question: str, history: Sequence[Turn] = ()) -> Iterator[Checked | Answer]:
        """The answer in quotes; then a language model's sentences as they are checked, and the answer they make."""
        started = time.perf_counter()
        _check(question)
        understood = self.understand(question, history)
        found = self.about(understood.question) or self.score(understood.question)
        answer = self._answer(question, understood, found, started)
        yield answer
        if self.phrasing:
            yield from self.phrasing.steps(answer)

    def suggested_questions(self, history: Sequence[Turn] = (), most: int = 4) -> list[str]:
        """Questions that the sources answer: to start with, or after a conversation, to go on with."""
        return list(islice(filter(self._is_answered, order(self._candidate_questions, history)), most))

    @cached_property
    def _candidate_questions(self) -> list[str]:
        return candidate_questions(self.store)

    def _is_answered(self, question: str) -> bool:
        """Whether the sources answer a question, each tried once. A language model is not asked."""
        if question not in self._tried:
            answer = next(self.stream(question))
            self._tried[question] = isinstance(answer, Answer) and not answer.abstained
        return self._tried[question]

    def refuse(self, question: str, reason: str) -> Answer:
        """An abstention for a question that cannot be asked, so that a batch has an answer for every line."""
        return Answer(question, reason, None, True, 0.0, BACKEND, 0.0, self.build)

    def about(self, question: str) -> Found | None:
        """The lines that answer a question about a document or its whole text; None for other questions."""
        lines = about_lines(question, self.store) or whole_text_lines(question, self.store)
        scored = [Scored(line, ABOUT_CONFIDENCE, {"about": 1.0}) for line in lines]
        return Found(scored, ABOUT_CONFIDENCE, answered=True) if scored else None

    def understand(self, question: str, history: Sequence[Turn] = ()) -> Understood:
        """The question with its spelling corrected and its references to the conversation filled in."""
        return understand(question, history, self._vocabulary)

    def gather(self, question: str) -> tuple[list[Candidate], NDArray[np.float64]]:
        """What may be evidence of all that is retrieved, and its features without those of reading it."""
        of_post = self._has_post and is_of_the_post(question)
        candidates = [
            candidate
            for candidate in self._retriever.retrieve(question, GATHERED)
            if can_be_evidence(candidate.sentence) and (candidate.sentence.source.kind == "post" or not of_post)
        ]
        return candidates, features(question, candidates, self._rarity)

    def signals(self, question: str) -> tuple[list[StoredSentence], NDArray[np.float64]]:
        """The sentences that are read and their features, one row each (see `app.evidence.features`)."""
        gathered, rows = self.gather(question)
        chosen = shortlist(gathered, self._evidence.promise(rows), rows[:, FEATURES.index("defines")])
        candidates = [gathered[number] for number in chosen]
        logits = self._read(question, candidates)
        rows = read(rows[chosen], logits, self._settles(question, candidates, logits))
        return [candidate.sentence for candidate in candidates], rows

    def score(self, question: str) -> Found:
        """Retrieve, read and weigh the candidates for a question as it was understood."""
        sentences, rows = self.signals(question)
        weighed = self._evidence.weigh(rows)
        scored = [
            Scored(
                sentences[i],
                float(weighed.probabilities[i]),
                {name: round(float(value), 4) for name, value in zip(FEATURES, rows[i], strict=True)},
            )
            for i in np.argsort(-weighed.probabilities, kind="stable")
        ]
        scored = definitions_first(scored, question_shape(question).term)
        return Found(scored, weighed.confidence, weighed.answered)

    def _read(self, question: str, candidates: Sequence[Candidate]) -> NDArray[np.float32]:
        if not candidates or self._reader is None:
            return np.zeros(len(candidates), np.float32)
        return self._reader.score(question, [context(candidate.sentence) for candidate in candidates])

    def _settles(
        self, question: str, candidates: Sequence[Candidate], logits: NDArray[np.float32]
    ) -> NDArray[np.float64]:
        if self._reader is None or not is_yes_no(question):
            return np.zeros(len(candidates))
        premises = [premise_of(_evidence(candidate.sentence)) for candidate in candidates]
        return settles(question, premises, logits, self.entailment)

    def _answer(self, question: str, understood: Understood, found: Found, started: float) -> Answer:
        scored, abstained = found.scored, not found.answered
        missing = self._missing(understood.question) if abstained else ()
        citations: list[Citation] = []
        verdict: VerdictValue | None = None
        if abstained:
            text = abstention(self._has_post, missing)
        else:
            chosen = self._choose(understood.question, scored)
            citations = cite(chosen, self.store)
            verdict = self._verdict(understood.question, chosen)
            text = compose(citations, verdict, _leading(understood.question, citations))
        return Answer(
            question=question,
            answer=text,
            verdict=verdict,
            abstained=abstained,
            confidence=round(found.confidence, 4),
            backend=BACKEND,
            elapsed_ms=round((time.perf_counter() - started) * 1000, 1),
            build=self.build,
            citations=tuple(citations),
            suggestions=tuple(suggest(scored)) if abstained else (),
            understood_as=understood.understood_as,
            corrections=understood.corrections,
            missing=missing,
            considered=tuple(_considered(candidate) for candidate in scored[:8]),
        )

    def _choose(self, question: str, scored: Sequence[Scored]) -> list[Scored]:
        if "about" in scored[0].signals:
            return list(scored)
        return choose(scored, most=MOST_CITATIONS.get(question_shape(question).asks, 3))

    def pieces(self, question: str) -> list[Piece]:
        """What is cited for a question as it was understood, for a verdict; nothing where the assistant abstains."""
        found = self.about(question) or self.score(question)
        return [_piece(candidate) for candidate in self._choose(question, found.scored)] if found.answered else []

    def _verdict(self, question: str, chosen: Sequence[Scored]) -> VerdictValue | None:
        if not is_yes_no(question):
            return None
        if "about" in chosen[0].signals:
            return about_verdict(question, [candidate.sentence.text for candidate in chosen])
        return self._decider.decide(question, [_piece(candidate) for candidate in chosen]).value

    @cached_property
    def entailment(self) -> Entailment:
        """What reads quotes against yes/no questions and a language model's sentences; opened when first needed."""
        return Entailment()

    @cached_property
    def _decider(self) -> Decider:
        return Decider.load(self.entailment)

    def _missing(self, question: str) -> tuple[str, ...]:
        """The question's telling words that no text of the collection holds, at most three."""
        return tuple(w for w in content_words(question) if self._rarity.unknown(w) and is_telling(w))[:3]


def _check(question: str) -> None:
    if not any(character.isalnum() for character in question):
        raise QuestionError("The question is empty; ask something, such as: does docker share a kernel?")
    if len(question) > MAX_QUESTION:
        raise QuestionError(
            f"The question has {len(question):,} characters; {MAX_QUESTION:,} is the most. Ask a shorter one."
        )


def _leading(question: str, citations: Sequence[Citation]) -> int:
    """How many quotes the answer itself takes: several where one cannot do, else those as good as the first."""
    if question_shape(question).asks in MOST_CITATIONS or citations[0].score == citations[-1].score:
        return len(citations)
    return 1


def _evidence(sentence: StoredSentence) -> Evidence:
    return Evidence(sentence.text, sentence.section or sentence.source.title, sentence.before)


def _piece(candidate: Scored) -> Piece:
    return Piece(_evidence(candidate.sentence), candidate.probability)


def _considered(candidate: Scored) -> Considered:
    s = candidate.sentence
    return Considered(
        s.source.id, s.section, s.text, s.start, s.end, round(candidate.probability, 4), candidate.signals
    )
