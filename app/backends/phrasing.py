"""Let a language model phrase an answer, on the leash: what the quotes do not bear out is struck."""

import time
from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property

from app.backends.drafts import Draft, read
from app.backends.model import BackendError, LanguageModel
from app.backends.prompt import messages
from app.contract import Answer, Checked, Citation, VerdictValue
from app.entailment import Entailment
from app.leash import Quote, Shelf, check_sentence
from index.text_store import TextStore

STANDS_IN = "The answer is made of quotes only."


class Phrasing:
    """Phrases answers with one language model over the texts of one build; safe to share between threads."""

    def __init__(self, model: LanguageModel, store: TextStore, entailment: Entailment) -> None:
        """Take the model, the texts that its quotations are looked up in, and what reads them beside it."""
        self._model = model
        self._store = store
        self._entailment = entailment

    @property
    def name(self) -> str:
        """The model, as the answer's ``backend`` names it."""
        return self._model.name

    @cached_property
    def _shelf(self) -> Shelf:
        return Shelf({source.id: self._store.text(source.id) for source in self._store.sources()})

    def sent(self, answer: Answer) -> str:
        """All that would leave the machine for this answer, for a person to read."""
        question = answer.understood_as or answer.question
        return "\n\n".join(text for _, text in messages(question, answer.citations))

    def stream(self, answer: Answer) -> Iterator[Checked]:
        """The model's sentences, each checked as soon as it is complete.

        Raises:
            BackendError: the model failed, was not done in time, or wrote nothing that can be read.
        """
        question = answer.understood_as or answer.question
        drafts = 0
        for draft in read(self._model.stream(messages(question, answer.citations))):
            drafts += 1
            yield self._check(draft, question, answer)
        if not drafts:
            raise BackendError(f"The language model {self.name} wrote nothing that can be read.")

    def steps(self, answer: Answer) -> Iterator[Checked | Answer]:
        """The model's sentences as they are checked, and last the answer that they make.

        It is in the model's supported sentences, or in quotes alone with a notice, where there are none. Verdict,
        confidence and citations stay those of the quotes. An abstention is not put to the model.
        """
        if answer.abstained:
            yield answer
            return
        started = time.perf_counter()
        checked: list[Checked] = []
        notice = ""
        try:
            for one in self.stream(answer):
                checked.append(one)
                yield one
        except BackendError as error:
            notice = f"{str(error).rstrip('.')}. {STANDS_IN}"
        supported = [one for one in checked if one.supported]
        if not notice and not supported:
            notice = f"No sentence of {self.name} is borne out by the quotes. {STANDS_IN}"
        elapsed = answer.elapsed_ms + (time.perf_counter() - started) * 1000
        yield replace(
            answer,
            answer=answer.answer if notice else _compose(answer, supported, len(supported) < len(checked)),
            backend=self.name,
            checked=tuple(checked),
            notice=notice,
            elapsed_ms=round(elapsed, 1),
        )

    def phrase(self, answer: Answer) -> Answer:
        """The answer as the model may phrase it; see `steps`."""
        *_, last = self.steps(answer)
        return last if isinstance(last, Answer) else answer

    def _check(self, draft: Draft, question: str, answer: Answer) -> Checked:
        cited = tuple(citation for citation in answer.citations if citation.n in draft.citations)
        if len(cited) < len(draft.citations):
            return Checked(draft.sentence, draft.citations, False, "it cites a quote that was not given")
        finding = check_sentence(
            draft.sentence,
            [self._quote(citation) for citation in cited],
            self._entailment,
            question=question,
            verdict=answer.verdict,
            shelf=self._shelf,
        )
        return Checked(draft.sentence, draft.citations, finding.supported, finding.why)

    def _quote(self, citation: Citation) -> Quote:
        """The citation with the sentence before it, which its first pronoun may stand for."""
        text = self._store.text(citation.source_id)[max(0, citation.start - 600) : citation.start]
        before = text.rstrip().rpartition("\n")[2]
        return Quote(
            citation.n, citation.quote, citation.source_id, citation.title, citation.section, _last_sentence(before)
        )


def _last_sentence(text: str) -> str:
    from corpus.sentences import split_sentences

    spans = split_sentences(text)
    return text[spans[-1][0] : spans[-1][1]] if spans else ""


def spoken(sentence: Checked, verdict: VerdictValue | None, first: bool) -> str:
    """A supported sentence with its marks; the first one after the verdict, unless it opens with it."""
    marks = "".join(f"[{n}]" for n in sentence.citations)
    if first and verdict and not sentence.sentence.lower().startswith(verdict):
        return f"{verdict.capitalize()}. {sentence.sentence} {marks}"
    return f"{sentence.sentence} {marks}"


def _compose(answer: Answer, supported: list[Checked], struck: bool) -> str:
    """The supported sentences, after the verdict; the quotes stand in for what was struck."""
    said = " ".join(spoken(one, answer.verdict, at == 0) for at, one in enumerate(supported))
    return "\n".join([said, *([answer.answer] if struck else [])])
