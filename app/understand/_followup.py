"""A question read against the one before it: references resolved, ellipses filled, topics kept.

Each rule is given what was said and the last exchange, and returns the rewritten question, or
None to leave it to the next rule. A question that no rule claims stands on its own.
"""

from collections.abc import Callable

from app.understand._clause import join, norm, parse, split
from app.understand._context import Context, Resolved, Said, said_in
from app.understand._ellipsis import choice, relational, verb_phrase
from app.understand._fragment import fragment
from app.understand._reference import fill_references
from app.understand._requests import question_word, request
from app.understand._vocabulary import Vocabulary

MAX_WORDS = 60  # an essay carries its own topic


def resolve(question: str, last: Resolved, vocabulary: Vocabulary) -> str:
    """The question made to stand on its own after `last`, or the very same question."""
    said = said_in(question)
    if not said.words or len(said.words) > MAX_WORDS:
        return question
    context = Context(last, last.clause, vocabulary)
    for rule in _RULES:
        rewritten = rule(said, context)
        if rewritten is not None:
            same = list(map(norm, split(rewritten))) == list(map(norm, said.whole))
            return question if same else rewritten
    return question


def _references(said: Said, context: Context) -> str | None:
    """Pronouns in a question that is otherwise whole."""
    filled = fill_references(said.words, context)
    if filled is None:
        return None
    clause = parse(filled)
    return join(clause.with_subject(clause.subject).words)


_RULES: tuple[Callable[[Said, Context], str | None], ...] = (
    request,
    question_word,
    relational,
    fragment,
    choice,
    verb_phrase,
    _references,
)
