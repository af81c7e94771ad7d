"""A sentence cut into clauses, each with its subject; pronouns point to the heading or a clause before."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from app.verdict.grammar import (
    ADVERBS,
    AUXILIARIES,
    CONJUNCTIONS,
    DETERMINERS,
    POINTERS,
    PREPOSITIONS,
    PUNCTUATION,
    is_content,
    verb_at,
    word_class,
)
from app.verdict.words import Token, is_verb, tokenize

_STOPS = word_class("stops")
_CONTRAST = word_class("contrast")
_SUBORDINATE = word_class("subordinate")
_UNIVERSAL = word_class("universal_exceptions")
# "mine plays one note": the thing of that kind that is the author's
_OWNED = frozenset(("mine", "ours"))
_FORWARD = frozenset(("unlike", "not", "except"))


@dataclass(frozen=True)
class Clause:
    """Part of a sentence with one verb.

    `tokens` are all its words; `verb` the index of the first finite verb (None for a fragment).
    `subjects` are the things its subject may stand for: its own words, or what a pronoun points to.
    `contrasted` says that a conjunction sets it against its neighbour.
    """

    tokens: tuple[Token, ...]
    verb: int | None
    subjects: tuple[tuple[Token, ...], ...]
    contrasted: bool = False
    pronoun: bool = False
    conditional: bool = False

    @property
    def text(self) -> str:
        """The clause's words, for the reason given."""
        return " ".join(token.word for token in self.tokens)


@lru_cache(maxsize=4_000)
def split(text: str, subject: str = "") -> tuple[Clause, ...]:
    """The clauses of a sentence; `subject` is the heading that a leading pronoun points to."""
    return tuple(resolve(_segments(tokenize(text)), tokenize(subject)))


def _segments(tokens: Sequence[Token]) -> list[tuple[tuple[Token, ...], bool, bool]]:
    """(words, set against the one before or after, subordinate) of each clause."""
    segments: list[tuple[tuple[Token, ...], bool, bool]] = []
    current: list[Token] = []
    contrasted = subordinate = False

    def close(next_contrasted: bool = False, next_subordinate: bool = False) -> None:
        nonlocal current, contrasted, subordinate
        if current:
            segments.append((tuple(current), contrasted, subordinate))
            current = []
        contrasted, subordinate = next_contrasted, next_subordinate

    for at, token in enumerate(tokens):
        word = token.word
        previous = tokens[at - 1].word if at else ""
        if word in _STOPS:
            # a semicolon sets two statements side by side, as "while" does
            close(next_contrasted=word == ";" or (word == "(" and _is_parallel(current, tokens, at + 1)))
        elif word in _CONTRAST and not (word == "but" and _is_exception(current, tokens, at)):
            if word == "yet" and previous != ",":
                current.append(token)
            elif word == "however" and not current:
                contrasted = True
            elif at + 1 == len(tokens) or (tokens[at + 1].word in PUNCTUATION and word in ("though", "however")):
                contrasted = contrasted or word == "however"
            else:
                close(next_contrasted=True)
        elif word == ",":
            if _starts_clause(tokens, at + 1) and verb_at(current) is not None:
                close(next_contrasted=not subordinate and _is_parallel(current, tokens, at + 1))
            elif current:
                current.append(token)
        elif (
            word == "and"
            and (verb_at(current) is not None or _is_existential(tokens, at + 1))
            and _starts_clause(tokens, at + 1)
        ):
            close()
        elif (
            word in _SUBORDINATE
            and verb_at(tokens, at + 1) is not None
            and not (word == "so" and at + 1 < len(tokens) and not _starts_clause(tokens, at + 1))
        ):
            close(next_subordinate=word in ("if", "when", "unless", "until"))
        elif subordinate and _main_clause_begins(current, tokens, at):
            close()
            current.append(token)
        else:
            current.append(token)
    close()
    return segments


def _is_existential(tokens: Sequence[Token], start: int) -> bool:
    return [t.word for t in tokens[start : start + 1]] == ["there"] and verb_at(tokens[start : start + 2]) == 1


def _main_clause_begins(current: Sequence[Token], tokens: Sequence[Token], at: int) -> bool:
    """ "If the server is down you can't commit": the comma is left out."""
    return (
        tokens[at].word in ("i", "you", "we", "he", "she", "it", "they")
        and verb_at(current) is not None
        and verb_at(tokens[at : at + 3]) == 1
    )


def _is_exception(current: Sequence[Token], tokens: Sequence[Token], at: int) -> bool:
    """ "every browser but Safari": the but of an exception, not of a contrast."""
    return any(token.word in _UNIVERSAL for token in current[-3:]) and verb_at(_until_stop(tokens, at + 1)) is None


def _until_stop(tokens: Sequence[Token], start: int) -> Sequence[Token]:
    end = start
    while end < len(tokens) and tokens[end].word not in PUNCTUATION | {"and", "but", "while", "whereas", "because"}:
        end += 1
    return tokens[start:end]


def _starts_clause(tokens: Sequence[Token], start: int) -> bool:
    """Whether a subject with a verb, or a bare verb, follows."""
    following = _until_stop(tokens, start)
    if not following or following[0].word in _FORWARD:
        return False
    if following[0].word in _SUBORDINATE | _CONTRAST | CONJUNCTIONS:
        return verb_at(following) is not None
    verb = verb_at(following)
    if verb is None:
        return len(following) > 1 and any(token.word in ("none", "not") for token in following[1:])
    return verb > 0 or following[0].word in AUXILIARIES or is_verb(following[0].word)


def _is_parallel(current: Sequence[Token], tokens: Sequence[Token], start: int) -> bool:
    """Two subjects side by side with a mere comma: "alpine boots lock the heel, nordic boots leave it"."""
    following = _until_stop(tokens, start)
    left = {token.lemma for token in _subject(current) if is_content(token)}
    return bool(left & {token.lemma for token in _subject(following) if is_content(token)})


def _subject(tokens: Sequence[Token]) -> tuple[Token, ...]:
    verb = verb_at(tokens)
    words = tuple(tokens[:verb]) if verb is not None else ()
    commas = [at for at, token in enumerate(words) if token.word == ","]
    if commas and commas[-1] == len(words) - 1:
        # "Johann, a farmer, was ...": what stands between commas is put in
        words = words[: commas[-2] if len(commas) > 1 else commas[-1]]
    elif commas:
        # "By default, every change is ...": what stands before a comma is no subject
        words = words[commas[-1] + 1 :]
    # "In summer the dough": the subject starts at the last determiner
    if words and words[0].word in PREPOSITIONS:
        start = max((at for at, token in enumerate(words) if token.word in DETERMINERS), default=0)
        words = words[start:]
    while words and words[-1].word in ADVERBS | {"never"} - {"one"}:
        words = words[:-1]
    return words


def resolve(segments: Sequence[tuple[tuple[Token, ...], bool, bool]], heading: tuple[Token, ...]) -> list[Clause]:
    """Give every clause its subjects: own, inherited over "and", or what its pronoun points to."""
    clauses: list[Clause] = []
    earlier: tuple[tuple[Token, ...], ...] = ()
    for position, (tokens, contrasted, conditional) in enumerate(segments):
        following_contrast = position + 1 < len(segments) and segments[position + 1][1]
        verb = verb_at(tokens)
        own = tuple(token for token in _subject(tokens) if token.word not in PUNCTUATION)
        content = [token for token in own if is_content(token) or token.word == "one"]
        pronoun = not content and any(token.word in POINTERS | _OWNED for token in own)
        if pronoun:
            owned = (own,) if any(token.word in _OWNED for token in own) else ()
            subjects = (*owned, *((heading,) if heading else ()), *earlier)
        elif verb is not None and not own and earlier and position:
            subjects = earlier
        else:
            subjects = (own,) if own else ()
        if content:
            earlier = (own,)
        clauses.append(Clause(tokens, verb, subjects, contrasted or following_contrast, pronoun, conditional))
    return _complete(clauses)


def _complete(clauses: list[Clause]) -> list[Clause]:
    """Give an elliptic clause ("wheels do not", "the other none at all") the words it leaves out."""
    completed: list[Clause] = []
    for clause in clauses:
        words = [token for token in clause.tokens if token.word not in PUNCTUATION]
        donor = next((c for c in reversed(completed) if c.verb is not None), None)
        if donor is not None and donor.verb is not None and words:
            auxiliary = clause.verb is not None and words[-1].word in AUXILIARIES | {"not", "never", "all", "so", "too"}
            rest = clause.tokens[clause.verb or 0 :]
            bare = (auxiliary or _points_back(rest)) and not any(map(is_content, rest))
            none = clause.verb is None and any(token.word == "none" for token in words)
            if bare or none:
                stated = tuple(t for t in donor.tokens[donor.verb :] if t.word not in ("not", "never", "no"))
                own = (
                    clause.subjects
                    if clause.verb is not None
                    else (tuple(t for t in clause.tokens if t.word not in ("none", "not", "all")),)
                )
                negation = tuple(t for t in clause.tokens if t.word in ("not", "never"))
                negation = negation or (tokenize("not") if none else ())
                subject = tuple(t for s in own[:1] for t in s)
                clause = replace(
                    clause, tokens=subject + negation + stated, verb=len(subject), subjects=own, contrasted=False
                )
        completed.append(clause)
    return completed


def _points_back(tokens: Sequence[Token]) -> bool:
    """Whether a predicate only repeats the one before: "isn't one of them", "does it too"."""
    words = [token.word for token in tokens]
    repeated = words[0] in ("do", "does", "did") and len(words) < 4 and words[1:2] in (["it"], ["so"])
    return words[-3:] == ["one", "of", "them"] or repeated
