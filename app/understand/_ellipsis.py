"""Questions that leave out what was said before: "do VMs?", "which is faster?", "any drawbacks?"."""

from app.understand import _english as en
from app.understand._antecedent import pair
from app.understand._clause import Clause, Words, join, norm, parse
from app.understand._context import Context, Said, phrase_of

_WHAT_IS = frozenset(["what is", "what are", "what was", "what were", "which are"])
_EXISTS = frozenset(["is there", "are there", "were there", "was there"])
_RELATIONAL = en.word_set(
    "difference differences advantage advantages disadvantage disadvantages benefit benefits "
    "downside downsides upside upsides drawback drawbacks limitation limitations limit limits "
    "alternative alternatives purpose point catch cost costs price pros cons risk risks problem "
    "problems strengths weaknesses features similarities trade-offs tradeoffs history origin"
)
_OWNERS = en.word_set("its their his her of to between with")
_DO_SO = frozenset(["do that", "do so", "do it", "do this"])


def choice(said: Said, context: Context) -> str | None:
    """ "which is cheaper?" after two things were compared."""
    names, both = said.names, pair(context.clause)
    if both is None or names[:1] != ["which"] or len(names) > 6 or pair(parse(said.words)):
        return None
    asks_one = names[1:2] == ["one"] or names[1:2] == ["of"]
    if not asks_one and (names[1:2] == [] or names[1] not in en.AUXILIARIES or parse(said.words).subject):
        return None
    return join((*said.words[:-1], said.words[-1] + ",", *both[0], "or", *both[1]))


def relational(said: Said, context: Context) -> str | None:
    """ "what are the advantages?", "any risks?": of what, or between which two."""
    names = said.names
    if not names or len(names) > 7 or names[-1] not in _RELATIONAL or _OWNERS & set(names):
        return None
    start = phrase_of(said.words[:2])
    whole = start in _WHAT_IS or start in _EXISTS
    short = names[0] in ("any", "the") or len(names) == 1
    if not whole and not (short and (said.marked or said.asks)):
        return None
    others = (n for n in names[:-1] if n not in _RELATIONAL | en.FUNCTION_WORDS)
    if not all(map(en.is_adjective, others)):
        return None
    bare = tuple(w for w in said.words if norm(w) not in ("any", "the"))
    words = said.words if whole else ("what", "are", "the", *bare)
    if names[-1].startswith(("difference", "similarit")):
        both = context.compared()
        return join((*words, "between", *both[0], "and", *both[1])) if both else None
    topic = context.topic()
    link = "to" if names[-1].startswith("alternative") else "of"
    return join((*words, link, *topic)) if topic else None


def verb_phrase(said: Said, context: Context) -> str | None:
    """ "do knights?", "why does it?", "how does it do that?": the last predicate is meant."""
    last, words = context.clause, said.words
    if not last.rest or not last.auxiliary:
        return None
    if len(words) > 3 and phrase_of(words[-2:]) in _DO_SO and norm(last.auxiliary) not in en.BE | en.HAVE:
        return join((*words[:-2], *last.rest))
    while len(words) > 2 and norm(words[-1]) in ("too", "also", "either"):
        words = words[:-1]
    if len(words) > 3 and phrase_of(words[-2:]) == "as well":
        words = words[:-2]
    lead = words[:1] if norm(words[0]) in ("why", "how", "when", "where") else ()
    auxiliary, subject = words[len(lead) : len(lead) + 1], words[len(lead) + 1 :]
    if not auxiliary or norm(auxiliary[0]) not in en.AUXILIARIES or not _is_short_subject(subject, context):
        return None
    kept = auxiliary[0] if _same_kind(auxiliary[0], last.auxiliary) else last.auxiliary
    return join(Clause(lead or last.lead, kept, subject, last.rest).words)


def _is_short_subject(subject: Words, context: Context) -> bool:
    """Whether the words are one noun, and not a predicate such as "safe"."""
    names = [norm(w) for w in subject]
    content = [n for n in names if n not in en.DETERMINERS]
    if len(content) != 1 or len(names) > 2 or names[0] in ("this", "that", "these", "those"):
        return False
    known = context.vocabulary.is_topic(content[0])
    return known or not (content[0] in en.FUNCTION_WORDS or en.is_adjective(content[0]))


def _same_kind(auxiliary: str, other: str) -> bool:
    """Whether two auxiliaries take the same form of a verb."""
    kinds = (en.BE, en.HAVE, en.DO | en.MODAL)
    return any(norm(auxiliary) in kind and norm(other) in kind for kind in kinds)
