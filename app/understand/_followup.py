"""A question read against the one before it: references resolved, ellipses filled, topics kept.

Each rule is given the question's words and the last question in full, and returns the rewritten
question, or None to leave it to the next rule. A question that no rule claims stands on its own.
"""

from collections.abc import Callable
from dataclasses import dataclass

from app.understand import _english as en
from app.understand._antecedent import antecedent, pair
from app.understand._clause import Clause, Words, is_plural, join, norm, parse, split
from app.understand._fragment import OTHER, substitute
from app.understand._reference import fill_references
from app.understand._vocabulary import Vocabulary


@dataclass(frozen=True)
class Resolved:
    """An earlier question as understood, its answer, and the exchange before it."""

    question: str
    answer: str
    before: "Resolved | None" = None

    @property
    def clause(self) -> Clause:
        """Its question in parts."""
        return parse(split(self.question))


@dataclass(frozen=True)
class Context:
    """What a rule looks at: the exchange before, in parts, and the collection's words."""

    last: Resolved
    clause: Clause
    vocabulary: Vocabulary

    def topic(self, pronoun: str = "it", own: frozenset[str] = frozenset()) -> Words | None:
        """What a pronoun would stand for now."""
        return antecedent(pronoun, own, self.clause, self.last.answer, self.vocabulary)


Rule = Callable[[Words, Context], str | None]

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
_WHY = frozenset(["why is that", "why was that", "why so", "how come", "why is it", "why is it so",
                  "why is this", "why is that so"])  # fmt: skip
_HOW = frozenset(["how so", "how is that", "in what way", "how is that possible", "how exactly"])
_MARKERS = ("what about", "how about", "what of", "and what about", "and how about", "but what about",
            "so what about")  # fmt: skip
_OPENERS = en.word_set("and but or so ok okay then well also now")
_WHAT_IS = frozenset(["what is", "what are", "what was", "what were", "which are"])
_RELATIONAL = en.word_set(
    "difference differences advantage advantages disadvantage disadvantages benefit benefits "
    "downside downsides upside upsides drawback drawbacks limitation limitations limit limits "
    "alternative alternatives purpose point catch cost costs price pros cons risk risks problem "
    "problems strengths weaknesses features similarities trade-offs tradeoffs history origin"
)


def resolve(question: str, last: Resolved, vocabulary: Vocabulary) -> str:
    """The question made to stand on its own after `last`, or the very same question."""
    words = split(question)
    if not words or len(words) > 60:
        return question  # an essay carries its own topic
    context = Context(last, last.clause, vocabulary)
    for rule in (
        _request,
        _question_word,
        _fragment,
        _choice,
        _relational,
        _short_clause,
        _references,
    ):
        rewritten = rule(words, context)
        if rewritten is not None:
            return question if norm_all(rewritten) == norm_all(question) else rewritten
    return question


def norm_all(text: str) -> list[str]:
    """A text's words as they are compared."""
    return [norm(w) for w in split(text)]


def _phrase(words: Words) -> str:
    return " ".join(norm(w) for w in words if norm(w))


def _unmarked(words: Words) -> tuple[bool, Words]:
    """Whether the words open like a continuation ("and", "what about"), and those after it."""
    for marker in _MARKERS:
        size = len(marker.split())
        if _phrase(words[:size]) == marker and len(words) > size:
            return True, words[size:]
    if len(words) > 1 and norm(words[0]) in _OPENERS:
        return True, words[1:]
    return False, words


def _request(words: Words, context: Context) -> str | None:
    """Tell me more; an example; are you sure."""
    said = _phrase(_unmarked(words)[1])
    topic = context.topic() or context.topic("they")
    if said in _AGAIN:
        return join(split(context.last.question))
    if said in _MORE and topic:
        return f"tell me more about {' '.join(topic)}"
    if said in _EXAMPLE and topic:
        return join(("what", "is", "an", "example", "of", *topic))
    return None


def _question_word(words: Words, context: Context) -> str | None:
    """ "why?", "since when?", "by whom?": asked of the last question's clause."""
    _, words = _unmarked(words)
    said = _phrase(words)
    last = context.clause
    if said in _WHY:
        words = ("why",)
    elif said in _HOW:
        words = ("how",)
    elif said == "why not":
        words, last = ("why",), _negated(last)
    elif not _only_question_words(words):
        return None
    if norm(words[0]) == "why" and context.last.answer.lstrip("\"'“ ").casefold().startswith(("no.", "no,")):
        last = _negated(last)
    return _ask(words, last)


def _only_question_words(words: Words) -> bool:
    names = [norm(w) for w in words]
    asks = [n for n in names if n in en.WH]
    extra = en.word_set("since until by for with from to in at on of much many long often far exactly else")
    return len(asks) == 1 and len(names) < 4 and all(n in en.WH or n in extra for n in names)


def _negated(clause: Clause) -> Clause:
    if "not" in map(norm, clause.rest) or not clause.auxiliary or norm(clause.auxiliary).endswith("t"):
        return clause
    return Clause(clause.lead, clause.auxiliary, (*clause.subject, "not"), clause.rest)


def _ask(ask: Words, last: Clause) -> str:
    """The last clause under another question word."""
    if last.auxiliary and (last.subject or last.rest):
        if last.subject and all(norm(w) in en.WH | en.PREPOSITIONS for w in last.lead):
            return join((*ask, last.auxiliary, *last.subject, *last.rest))
        if not last.lead:
            return join((*ask, last.auxiliary, *last.rest))
    verb = norm(last.rest[0]) if last.rest else ""
    participle = en.PARTICIPLES.get(verb, verb if verb.endswith("ed") else "")
    if not last.auxiliary and participle and len(last.rest) > 1:
        thing = last.rest[1:]
        return join((*ask, "were" if is_plural(thing) else "was", *thing, participle))
    return join((*ask, *last.words))


def _fragment(words: Words, context: Context) -> str | None:
    """ "and VMs?", "what about production?": put into the last question."""
    marked, part = _unmarked(words)
    names = [norm(w) for w in part]
    if not names or names[0] in en.AUXILIARIES or names[0] in en.WH or not any(names):
        return None
    if any(n in en.AUXILIARIES for n in names):
        return None
    if (
        not marked
        and not (len(names) < 4 and names[0] in en.PREPOSITIONS)
        and len(names) > 2
        and _phrase(part) not in OTHER
    ):
        return None
    if not marked and (len(names) > 4 or not all(names)):
        return None
    if names[-1] in _RELATIONAL and len(names) < 4 and names[0] not in ("its", "their", "his", "her"):
        return _relational(("what", "are", "the", *[w for w in part if norm(w) != "the"]), context)
    filled = fill_references(part, context.topic)
    if filled is not None:
        return join(("what", "about", *filled))
    if _phrase(part) in OTHER:
        other = _other(context)
        if other is None:
            return None
        part = other
    return join(substitute(part, context.clause, context.vocabulary))


def _other(context: Context) -> Words | None:
    """ "the other one": of two things compared, the one that the answer or question is not about."""
    both = pair(context.clause)
    if both is not None:
        said = context.last.answer.casefold()
        places = [said.find(norm(p[-1])) for p in both]
        first = 1 if places[0] < 0 <= places[1] or 0 <= places[1] < places[0] else 0
        return both[1 - first]
    now = context.clause.subject
    earlier = context.last.before
    while earlier is not None:
        subject = earlier.clause.subject
        if subject and _phrase(subject) != _phrase(now) and norm(subject[0]) not in en.PERSONAL:
            return subject
        earlier = earlier.before
    return None


def _choice(words: Words, context: Context) -> str | None:
    """ "which is cheaper?" after two things were compared."""
    names = [norm(w) for w in _unmarked(words)[1]]
    both = pair(context.clause)
    if both is None or names[:1] != ["which"] or len(names) > 6:
        return None
    bare = names[1:2] and (names[1] in en.AUXILIARIES or names[1] in ("one", "of"))
    own = parse(_unmarked(words)[1])
    if not bare or (own.subject and "one" not in names):
        return None
    return join((*_unmarked(words)[1][:-1], words[-1] + ",", *both[0], "or", *both[1]))


def _relational(words: Words, context: Context) -> str | None:
    """ "what are the advantages?": of what, or between which two."""
    _, words = _unmarked(words)
    names = [norm(w) for w in words]
    if (
        len(names) > 7
        or names[-1] not in _RELATIONAL
        or not (names[0] in ("any", "are", "is") or _phrase(words[:2]) in _WHAT_IS)
    ):
        return None
    if {"its", "their", "his", "her", "of"} & set(names):
        return None
    content = [n for n in names[:-1] if n not in en.FUNCTION_WORDS and not en.is_adjective(n) and n not in _RELATIONAL]
    if content:
        return None
    both = pair(context.clause)
    if names[-1].startswith(("difference", "similarit")) and both:
        return join((*words, "between", *both[0], "and", *both[1]))
    topic = context.topic() or context.topic("they")
    return join((*words, "of", *topic)) if topic else None


def _short_clause(words: Words, context: Context) -> str | None:
    """ "do knights?", "does the library too?": the last question's predicate is meant."""
    _, words = _unmarked(words)
    while len(words) > 2 and _phrase(words[-1:]) in ("too", "also", "either"):
        words = words[:-1]
    if len(words) > 3 and _phrase(words[-2:]) == "as well":
        words = words[:-2]
    last = context.clause
    if norm(words[0]) not in en.AUXILIARIES or not last.rest or not 2 <= len(words) <= 4:
        return None
    subject = words[1:]
    names = [norm(w) for w in subject]
    content = [n for n in names if n not in en.DETERMINERS]
    pronoun = len(names) == 1 and names[0] in en.PERSONAL
    if (
        pronoun
        or len(content) != 1
        or content[0] in en.FUNCTION_WORDS
        or (en.is_adjective(content[0]) and not context.vocabulary.is_topic(content[0]))
        or len(names) > 2
    ):
        return None
    return join(Clause(last.lead, agree_like(words[0], last), subject, last.rest).words)


def agree_like(auxiliary: str, last: Clause) -> str:
    """The auxiliary as asked, unless the last predicate needs its own kind ("is" before "used")."""
    return auxiliary if auxiliary else last.auxiliary


def _references(words: Words, context: Context) -> str | None:
    """Pronouns in a question that is otherwise whole."""
    filled = fill_references(words, context.topic)
    if filled is None:
        return None
    clause = parse(filled)
    if clause.subject:
        clause = clause.with_subject(clause.subject)
    return join(clause.words)
