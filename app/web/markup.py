"""An answer in pieces to show: what it says, in which order, and the HTML of each piece.

The pieces come from the answer's own text: its quotes become quotes, the rest stays words.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from app.contract import Answer, Checked, Citation
from app.web.text import as_html, revealed

KINDS = {"post": "Post", "digest": "Digest", "page": "Page"}
BACKEND = "extractive"  # what an answer's backend is where no language model was asked
_VERDICTS = {"yes": ("yes", "Yes"), "no": ("no", "No")}


@dataclass(frozen=True, slots=True)
class Words:
    """Connecting words of an answer, or what a language model wrote."""

    text: str


@dataclass(frozen=True, slots=True)
class Quote:
    """A quote; ``main`` while it is part of the answer itself, not of what to see also."""

    citation: Citation
    main: bool


Piece = Words | Quote


def pieces(answer: Answer) -> list[Piece]:
    """The answer's text cut at its quotes. Citations that it does not quote come last."""
    rest = answer.answer
    if answer.verdict:  # the badge says it; where quotes stand in for what a model wrote, they begin with it again
        rest = re.sub(rf"^{answer.verdict.capitalize()}\.(?=\s)", "", rest, flags=re.MULTILINE)
    found: list[Piece] = []
    main = True
    quoted: set[int] = set()
    for citation in answer.citations:
        before, mark, after = rest.partition(f"“{citation.quote}” [{citation.n}]")
        if not mark:
            continue
        if words := before.strip():
            found.append(Words(words))
            main = main and not any(isinstance(piece, Quote) for piece in found)
        found.append(Quote(citation, main))
        quoted.add(citation.n)
        rest = after
    if words := rest.strip():
        found.append(Words(words))
    return found + [Quote(citation, False) for citation in answer.citations if citation.n not in quoted]


def verdict_html(answer: Answer) -> str:
    """The badge that says yes, no, or that there is no answer; empty for other answers."""
    if answer.abstained:
        name, words = "none", answer.answer.split(".")[0].strip() or "No answer"
    elif answer.verdict:
        name, words = _VERDICTS[answer.verdict]
    else:
        return ""
    return f'<p class="ap-verdict ap-verdict-{name}"><span class="ap-hidden">Verdict: </span>{as_html(words)}</p>'


def words_html(text: str, fresh: bool, first: int = 0) -> tuple[str, int]:
    """Words of an answer as HTML, and the number for the next word group."""
    body, following = revealed(text, first) if fresh else (as_html(text), first)
    kind = "ap-words" if len(text) > 12 else "ap-words ap-see-also"  # "See also:" and the like are labels
    return f'<p class="{kind}" dir="auto">{body}</p>', following


def quote_html(quote: Quote, fresh: bool, first: int = 0) -> tuple[str, int]:
    """A quote as HTML, and the number for the next word group."""
    body, following = revealed(quote.citation.quote, first) if fresh else (as_html(quote.citation.quote), first)
    size = "" if quote.main else " ap-quote-small"
    return f'<blockquote class="ap-quote{size}" dir="auto">{body}</blockquote>', following


def confidence_words(confidence: float) -> str:
    """How sure the assistant is. The figure itself is an estimated probability."""
    if confidence >= 0.85:
        return "Sure"
    if confidence >= 0.6:
        return "Fairly sure"
    return "Not very sure" if confidence >= 0.35 else "Unsure"


def notes_html(answer: Answer) -> str:
    """What the reader should know beside the answer: how it was understood, how sure it is."""
    notes = []
    if answer.understood_as and answer.understood_as != answer.question:
        notes.append(f"Understood as “<em>{as_html(answer.understood_as)}</em>”")
    notes += [f"Read “{as_html(before)}” as “{as_html(after)}”" for before, after in answer.corrections]
    if not answer.abstained:
        notes.append(confidence_words(answer.confidence))
    if answer.backend != BACKEND and not answer.notice:
        notes.append(f"Phrased by {as_html(answer.backend)} from the quotes")
    notes.append(f"{answer.elapsed_ms:,.0f} ms")
    notice = f'<p class="ap-notes" role="note">{as_html(answer.notice)}</p>' if answer.notice else ""
    return '<p class="ap-notes">' + '<span aria-hidden="true"> · </span>'.join(notes) + "</p>" + notice


def question_html(question: str) -> str:
    """The reader's question as HTML."""
    return f'<h2 class="ap-question" dir="auto">{as_html(question)}</h2>'


def checked_html(checked: Sequence[Checked]) -> str:
    """A language model's sentences, each with whether its quotes bear it out, and if not, why it was struck."""
    items = "".join(f"<li>{_checked(each)}</li>" for each in checked)
    return f'<ul class="ap-checked">{items}</ul>' if items else ""


def _checked(one: Checked) -> str:
    cited = " ".join(f"[{n}]" for n in one.citations)
    said = f"{as_html(one.sentence)} {cited}".strip()
    if one.supported:
        return f'{said}<p class="ap-notes">Borne out by the quotes.</p>'
    return f'<s dir="auto">{said}</s><p class="ap-notes">Struck: {as_html(one.why)}.</p>'


def considered_html(answer: Answer, titles: dict[str, str]) -> str:
    """The candidate sentences with their scores as a table, the best first."""
    cited = {(citation.source_id, citation.start, citation.end) for citation in answer.citations}

    def is_cited(source: str, start: int, end: int) -> bool:
        return any(source == s and a <= start and end <= b for s, a, b in cited)

    rows = "".join(
        f'<tr class="{"ap-cited" if is_cited(c.source_id, c.start, c.end) else ""}">'
        f'<td class="ap-number">{c.probability:.0%}<span class="ap-bar" style="--p:{c.probability:.3f}"></span></td>'
        f'<td dir="auto">{as_html(c.quote)}<small>{as_html(titles.get(c.source_id, c.source_id))}'
        f"{' › ' + as_html(c.section) if c.section else ''}</small>{_signals(c.signals)}</td></tr>"
        for c in answer.considered
    )
    return (
        '<p class="ap-notes">The sentences considered, each with the estimated chance that it answers the question.</p>'
        '<table class="ap-considered">'
        '<thead><tr><th scope="col">Chance</th><th scope="col">Sentence</th></tr></thead>'
        f"<tbody>{rows}</tbody></table>"
    )


def _signals(signals: dict[str, float]) -> str:
    shown = ", ".join(f"{as_html(name.replace('_', ' '))} {value:.2f}" for name, value in signals.items() if value)
    return f"<details><summary>Signals</summary><small>{shown}</small></details>" if shown else ""
