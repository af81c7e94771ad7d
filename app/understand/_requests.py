"""Follow-ups with no words of their own subject: "tell me more", "are you sure?", "since when?"."""

from app.understand import _english as en
from app.understand._clause import Clause, Words, is_plural, join, norm, split
from app.understand._context import Context, Said

_MORE = frozenset(
    ["tell me more", "more", "more details", "go on", "continue", "say more", "anything else",
     "details", "more please", "tell me more please", "can you tell me more", "what else"]
)  # fmt: skip
_EXAMPLE = frozenset(
    ["example", "examples", "for example", "for instance", "such as", "like what", "an example",
     "give me an example", "any examples", "give an example", "can you give an example",
     "such as what"]
)  # fmt: skip
_AGAIN = frozenset(
    ["explain", "elaborate", "please explain", "are you sure", "really", "is that true",
     "is that right", "is that so", "is that correct", "is it true", "is it so", "is that the case",
     "is this true", "says who", "how do you know", "can you explain", "sure", "can you elaborate",
     "can you explain that", "explain that", "is it right", "is it correct", "is it"]
)  # fmt: skip
_WHY = frozenset(
    ["why is that", "why was that", "why so", "how come", "why is it", "why is it so",
     "why is this", "why is that so"]
)  # fmt: skip
_HOW = frozenset(["how so", "how is that", "in what way", "how is that possible", "how exactly"])
_BESIDE_WH = en.word_set("since until by for with from to in at on of much many long often far exactly else")


def request(said: Said, context: Context) -> str | None:
    """Tell me more; an example; are you sure."""
    topic = context.topic()
    if said.phrase in _AGAIN:
        return join(split(context.last.question))
    if said.phrase in _MORE and topic:
        return join(("tell", "me", "more", "about", *topic))
    if said.phrase in _EXAMPLE and topic:
        return join(("what", "is", "an", "example", "of", *topic))
    return None


def question_word(said: Said, context: Context) -> str | None:
    """ "why?", "since when?", "by whom?": asked of the last question's clause."""
    words, last = said.words, context.clause
    if said.phrase in _WHY:
        words = ("why",)
    elif said.phrase in _HOW:
        words = ("how",)
    elif said.phrase == "why not":
        words, last = words[:1], _negated(last)
    elif not _only_question_words(said.names):
        return None
    if norm(words[0]) == "why" and _denies(context.last.answer):
        last = _negated(last)
    return _ask(words, last)


def _only_question_words(names: list[str]) -> bool:
    asking = [n for n in names if n in en.WH]
    known = all(n in en.WH or n in _BESIDE_WH for n in names)
    return len(asking) == 1 and len(names) < 4 and known


def _denies(answer: str) -> bool:
    return answer.lstrip("\"'“ ").casefold().startswith(("no.", "no,", "no:", "no –", "no —"))


def _negated(clause: Clause) -> Clause:
    auxiliary = norm(clause.auxiliary)
    said = "not" in (norm(w) for w in clause.words) or auxiliary.endswith(("n't", "nt"))
    if said or not auxiliary:
        return clause
    return Clause(clause.lead, clause.auxiliary, (*clause.subject, "not"), clause.rest)


def _ask(ask: Words, last: Clause) -> str:
    """The last clause under another question word."""
    if last.auxiliary and (last.subject or last.rest):
        if last.subject:
            # "what images can packer build" + "where" is "where can packer build images"
            thing = tuple(w for w in last.lead if norm(w) not in _BESIDE_WH | en.WH)
            return join((*ask, last.auxiliary, *last.subject, *last.rest, *thing))
        if not last.lead:
            return join((*ask, last.auxiliary, *last.rest))
    verb = norm(last.rest[0]) if last.rest else ""
    participle = en.PARTICIPLES.get(verb, verb if verb.endswith("ed") else "")
    if not last.auxiliary and participle and len(last.rest) > 1:
        thing = last.rest[1:]
        return join((*ask, "were" if is_plural(thing) else "was", *thing, participle))
    if ask[0:1] == last.lead[0:1]:
        return join(last.words)
    return join((*ask, *last.words))
