"""`askpost eval new`: draft a question set for one's own post, with the person at the terminal."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated, get_args

import typer
from rich.console import Console
from rich.markup import escape
from rich.prompt import Prompt

from app.contract import VerdictValue
from app.options import CorpusOption, IndexOption, home_of
from eval.drafting import Draft, drafts
from eval.drafting_session import Decision, DraftedSet, Tally, corrected, review, take_all
from eval.questions import Question, QuestionSetError
from index.builds import current_build
from index.text_store import TEXT_FILE, TextStore


def register(app: typer.Typer) -> None:
    """Add `new`."""
    app.command()(new)


def new(
    out: Annotated[Path, typer.Option(help="The question set to write, or to go on with.")],
    corpus: CorpusOption = None,
    index: IndexOption = None,
    yes: Annotated[
        bool, typer.Option("--yes", help="Take all proposals as drafts, without asking; look at them the next time.")
    ] = False,
    most: Annotated[int, typer.Option(min=1, help="The most proposals, blank ones not counted.")] = 40,
) -> None:
    """Draft a question set for your own post: proposals with gold quotes, to accept, correct or skip.

    Leave at any time (q, or Ctrl-C): the set is written after each answer, and the same command goes on from there.
    Proposals keep to the text's wording: questions in your readers' own words are harder, and worth adding.
    """
    console = Console(highlight=False)
    store = TextStore(current_build(home_of(corpus, index)) / TEXT_FILE)
    try:
        texts = {source.id: store.text(source.id) for source in store.sources()}
        proposed = drafts(store)
    finally:
        store.close()
    written = [draft for draft in proposed if not draft.blank][:most]
    blanks = [draft for draft in proposed if draft.blank]
    drafted = DraftedSet(out)
    tally = take_all(written, drafted) if yes else review([*written, *blanks], drafted, _Terminal(console, texts))
    drafted.check(texts)
    _say(tally, out, corpus, console)


def _say(tally: Tally, out: Path, corpus: Path | None, console: Console) -> None:
    console.print(f"\n{tally.accepted} taken, {tally.skipped} skipped.")
    if tally.unseen:
        console.print(f"{tally.unseen} of the set are drafts that nobody has looked at: run this again without --yes.")
    if out.exists():
        named = f" --corpus {corpus}" if corpus else ""
        console.print(f"Score it with: askpost eval --set {out}{named} --split all", markup=False, soft_wrap=True)


class _Terminal:
    """Asks the person at the terminal."""

    def __init__(self, console: Console, texts: Mapping[str, str]) -> None:
        self._console = console
        self._texts = texts

    def decide(self, draft: Draft, place: str) -> tuple[Decision, Question]:
        """Show a draft and ask what to do with it; an end of input leaves."""
        try:
            return self._fill(draft, place) if draft.blank else self._choose(draft, place)
        except (EOFError, KeyboardInterrupt):
            return "quit", draft.question

    def _fill(self, draft: Draft, place: str) -> tuple[Decision, Question]:
        self._console.print(f"\n[bold]{place}[/] [dim]unanswerable:[/] {escape(draft.reason)}")
        text = self._ask("Your question (empty skips it, q leaves)", "")
        if text in ("", "q"):
            return ("quit" if text else "skip"), draft.question
        return "accept", replace(draft.question, question=text)

    def _choose(self, draft: Draft, place: str) -> tuple[Decision, Question]:
        question = draft.question
        while True:
            self._show(question, draft.reason, place)
            answer = Prompt.ask(
                "[a]ccept, [c]orrect, [s]kip, [q]uit".replace("[", r"\["),
                choices=["a", "c", "s", "q"], default="a", console=self._console, show_choices=False,
            )  # fmt: skip
            if answer != "c":
                decisions: dict[str, Decision] = {"a": "accept", "s": "skip", "q": "quit"}
                return decisions[answer], question
            question = self._correct(question)

    def _show(self, question: Question, reason: str, place: str) -> None:
        verdict = f", {question.verdict}" if question.verdict else ""
        self._console.print(f"\n[bold]{place}[/] [dim]{question.type}{verdict}: {escape(reason)}[/]")
        self._console.print(f"  [bold]{escape(question.question)}[/]")
        for gold in question.gold:
            self._console.print(f"  [green]gold[/] \\[{escape(gold.source)}] {escape(gold.quote)}")
        if not question.gold:
            self._console.print("  [yellow]no source answers it[/]")

    def _correct(self, question: Question) -> Question:
        text = self._ask("Question", question.question)
        quotes = [gold.quote for gold in question.gold]
        kept = [quote for quote in quotes if self._ask(f"Keep “{quote}”? y or n", "y") != "n"]
        while added := self._ask("Another gold quote, word for word (empty: no more)", ""):
            try:
                corrected(question, text=text, quotes=[added], texts=self._texts)
            except QuestionSetError as error:
                self._console.print(f"[red]{escape(str(error))}[/]")
            else:
                kept.append(added)
        found = corrected(question, text=text, quotes=kept, texts=self._texts)
        if not found.gold:
            return found
        verdicts = {verdict: verdict for verdict in get_args(VerdictValue)}
        said = self._ask("Verdict: yes, no, or none", found.verdict or "none")
        verdict: VerdictValue | None = verdicts.get(said)
        return replace(found, verdict=verdict)

    def _ask(self, prompt: str, default: str) -> str:
        shown = f" [dim]({escape(default)})[/]" if default else ""
        return Prompt.ask(
            f"  {escape(prompt)}{shown}", default=default, console=self._console, show_default=False
        ).strip()
