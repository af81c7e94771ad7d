"""The shape of a question: does it ask for yes or no, and what does it ask about whom."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from app.verdict.grammar import (
    ADVERBS,
    AUXILIARIES,
    CONJUNCTIONS,
    COPULAS,
    DETERMINERS,
    LIGHT_VERBS,
    PERSONS,
    POINTERS,
    PREPOSITIONS,
    PUNCTUATION,
    WH,
    is_content,
    verb_at,
)
from app.verdict.quantities import value_of
from app.verdict.words import Token, is_adjective, is_comparative, is_verb, tokenize

_SPEAKER = r"(?:the |this |that )?(?:author|post|article|writer|blogger|blog|text|page|he|she|it|they)"
_CLAIM = r"(?:say|said|says|think|thinks|believe|claim|claims|mention|suggest|argue|state|feel|find|mean|conclude)"
# what comes before the question proper and leaves it a question of yes or no
_OPENING = re.compile(
    r"^(?:(?:so|and|but|then|ok|okay|well|hey|hi|hello|please|also|wait|um|uh|hmm|now|actually|sorry|thanks"
    r"|just wondering|quick question|just curious|out of curiosity|in short|basically)\b[\s,:.!-]*"
    r"|according to [^,?]{1,40},\s*"
    r"|(?:in|from) (?:the|this|that) (?:blog )?(?:post|article|text|page)\s*,?\s*"
    r"|is(?:n['’]?t)? it (?:really |actually )?(?:true|correct|right|the case|a fact|fair to say) that\s+"
    r"|(?:does|would) (?:that|this|it) mean (?:that )?(?=\w+ \w+ )"
    r"|(?:can|could|would|will) you (?:please )?(?:tell|confirm|check|say)(?: (?:me|us|to me))? (?:if|whether|that)\s+"
    r"|(?:please )?(?:tell|let) (?:me|us)(?: know)? (?:if|whether)\s+"
    r"|do you (?:know|think|happen to know) (?:if|whether|that)\s+"
    r"|would you say (?:that )?|am i (?:right|correct) (?:that|in thinking that|to think that)\s+"
    r"|i(?:['’]?m| am)? (?:wonder|wondering|was wondering|want to know|(?:would|['’]d) like to know|need to know)"
    r" (?:if|whether)\s+)",
)
_REPORTED = re.compile(
    rf"^(?:does|did|do|would|will|has) {_SPEAKER} (?:really |actually )?{_CLAIM} (?:that |if |whether )?"
)
_TAG = re.compile(
    r"[\s,.;-]+(?P<tag>right|correct|yes|no|true|huh|eh|yeah|true or false|yes or no|or not|or no|am i right|"
    r"(?:is|are|was|were|do|does|did|can|could|will|would|has|have|should)(?P<not>n['’]?t)? "
    r"(?:it|they|he|she|you|we|i|that|there))\s*[?!.]*$"
)
_TRAILER = re.compile(
    r"[\s,]+(?:according to [\w' ]{1,30}|in (?:the|this) (?:post|article|text)|please|then|though"
    r"|or (?:something|what))\s*[?!.]*$"
)
_WH_FOLLOWS = r"(?: \w+){0,2} (?:what|which|who|whom|whose|where|when|why|how)\b"
_ASKS_FOR_MORE = re.compile(
    r"^(?:(?:can|could|would|will) (?:you|u|we|i|someone|anybody|anyone) (?:please |just |quickly |briefly )*"
    r"(?:(?:explain|describe|list|summari[sz]e|outline|define|compare|elaborate|name)\b|remind (?:me|us)\b"
    r"|(?:tell|show|give) (?:me|us|more|about)\b|help (?:me|us) understand\b"
    rf"|(?:tell|show|say|find|know|see|help|get){_WH_FOLLOWS})"
    rf"|do (?:you|we) know{_WH_FOLLOWS}"
    r"|(?:please )?(?:tell|explain|describe|list|show|summari[sz]e|give|define|compare)\b)"
)
_BOTH_SIDES = re.compile(
    r"\bor (?:not|no|something|anything|so|more|less|later|newer|older|above|below|even|what|at least|any)\b"
    r"|\b(?:any|without|no|either)\b[\w ]* or "
)
_WH_END = re.compile(r"\b(?:what|who|why|where|when|how|which)\s*[?!.]*$")
_MISSPELT_DO = re.compile(r"^(?:dose|deos|doe|dos|dsoe|doess|duz)(?=\s)")


@dataclass(frozen=True)
class Question:
    """A yes/no question taken apart.

    `auxiliary` opened it ("" for a statement with a question mark); `subject` and `body`
    are its tokens; `existential` marks "is there ..."; `stated_negative` a statement such as
    "docker isn't a VM, right?", to which yes means that it is not.
    """

    auxiliary: str
    subject: tuple[Token, ...]
    body: tuple[Token, ...]
    existential: bool = False
    stated_negative: bool = False


def _strip(question: str) -> tuple[str, str, bool]:
    """The question without opening and tag; the tag; whether a statement is asked for."""
    text = re.sub(r"\s+", " ", question.strip().lower()).replace("’", "'")
    tag = ""
    found = _TAG.search(text)
    if found and len(text[: found.start()].split()) > 1:
        tag, text = found["tag"], text[: found.start()]
    text = _TRAILER.sub("", text)
    embedded = False
    while True:
        shorter = _OPENING.sub("", text, count=1)
        if shorter == text:
            break
        embedded |= bool(re.search(r"\b(?:if|whether|that|mean|say)\s*$", text[: len(text) - len(shorter)]))
        text = shorter
    text = _MISSPELT_DO.sub("does", text)
    reported = _REPORTED.match(text)
    if reported:
        rest = tokenize(text[reported.end() :])
        if (rest and rest[0].word not in WH) and (verb_at(rest) or 0) > 0:
            return text[reported.end() :], tag, True
    return text, tag, embedded


def is_yes_no(question: str) -> bool:
    """Whether the question asks for yes or no (not which, not "x or y", not "tell me what")."""
    text, tag, embedded = _strip(question)
    tokens = tuple(token for token in tokenize(text) if token.word not in PUNCTUATION)
    if not tokens or _ASKS_FOR_MORE.match(text):
        return False
    first = tokens[0].word
    if first in WH or (first in PREPOSITIONS | {"since"} and any(token.word in WH for token in tokens[1:3])):
        return False
    if re.search(r"\bor\b", text) and not _BOTH_SIDES.search(text):
        return False
    if first in AUXILIARIES:
        return len(tokens) > 1 and not (_WH_END.search(text) and len(tokens) < 4)
    if _WH_END.search(text) or re.search(r"^(?:and|about)\b", text):
        return False
    verb = verb_at(tokens, 1)
    if tag or embedded:
        return len(tokens) > 1
    if verb is None or verb == 0:
        return False
    return question.rstrip().endswith("?") or bool(re.match(r"\s*so\b", question.lower()))


def parse(question: str) -> Question:
    """Take a yes/no question apart; a statement is read as the question whether it holds."""
    text, tag, embedded = _strip(question)
    tokens = tuple(token for token in tokenize(text) if token.word not in PUNCTUATION - {","})
    if tokens and tokens[0].word in AUXILIARIES and not embedded:
        return _parse_inverted(tokens)
    return _parse_statement(tokens, tag)


def _parse_statement(tokens: tuple[Token, ...], tag: str) -> Question:
    verb = verb_at(tokens, 1)
    if verb is None:
        return Question("", tokens[:1], tokens[1:])
    subject, rest = tokens[:verb], tokens[verb:]
    negative = any(token.word == "not" for token in rest[:3]) and not re.match(
        r"(?:is|are|do|does|did|can|was|were|has|have|will|would)\b(?!n)", tag
    )
    rest = tuple(token for at, token in enumerate(rest) if not (token.word == "not" and at < 3))
    auxiliary = rest[0].word if rest and rest[0].word in AUXILIARIES else ""
    body = rest[1:] if auxiliary and len(rest) > 1 else rest
    if subject[0].word == "there":
        return Question(auxiliary, (), body, True, negative)
    return Question(auxiliary, subject, body, False, negative)


def _parse_inverted(tokens: tuple[Token, ...]) -> Question:
    auxiliary, rest = tokens[0].word, tokens[1:]
    if rest and rest[0].word == "not":
        rest = rest[1:]
    if rest and rest[0].word == "there":
        return Question(auxiliary, (), rest[1:], existential=True)
    end = _subject_end(rest, copular=auxiliary in COPULAS)
    subject, body = rest[:end], rest[end:]
    # "does x not y?" asks the same as "does x y?"; "has any x not y?" does not
    if body and body[0].word == "not" and not any(t.word in ("any", "all", "every", "some") for t in subject):
        body = body[1:]
    return Question(auxiliary, subject, body)


def _subject_end(tokens: Sequence[Token], copular: bool) -> int:
    """Where the subject of an inverted question ends."""
    if not tokens:
        return 0
    following = tokens[1] if len(tokens) > 1 else None
    if tokens[0].word in PERSONS | POINTERS and tokens[0].word not in (
        "my",
        "your",
        "his",
        "her",
        "our",
        "their",
        "its",
        "one",
    ):
        determiner = tokens[0].word in ("this", "that", "these", "those") and following is not None
        if not determiner or following is None or not _continues_noun(tokens, 1, copular):
            return 1
    at = 0
    while (
        at < len(tokens) - 1 and not is_content(tokens[at]) and tokens[at].word not in ("author", "writer", "blogger")
    ):
        at += 1
    at += 1
    if tokens[at - 1 : at] and tokens[at - 1].word in PERSONS:
        return at
    while at < len(tokens):
        word = tokens[at].word
        if word in ("of", "and") or tokens[at - 1].word in ("of", "and"):
            at += 1
            continue
        if tokens[at - 1].word in DETERMINERS | PREPOSITIONS:
            at += 1
            continue
        if not copular and word in PREPOSITIONS:
            at += 1
            continue
        if not _continues_noun(tokens, at, copular):
            return at
        at += 1
    if copular and len(tokens) > 1:
        return len(tokens) - 1
    return min(len(tokens), max(1, next((i for i, token in enumerate(tokens) if is_content(token)), 0) + 1))


def _is_inflected(word: str) -> bool:
    return word.endswith(("ing", "ed")) or (word.endswith("s") and not word.endswith("ss"))


def _continues_noun(tokens: Sequence[Token], at: int, copular: bool) -> bool:
    """Whether the word at `at` is still part of the noun before it."""
    token = tokens[at]
    word = token.word
    if word in ADVERBS | AUXILIARIES | DETERMINERS | PERSONS or word in CONJUNCTIONS - {"and"}:
        return False
    if (
        word in ("not", "never", "like", "same", "more", "less", "fewer", "worth", "to", ",", "all")
        or word in PREPOSITIONS
    ):
        return False
    last = at == len(tokens) - 1 or not is_content(tokens[at + 1])
    if value_of(word) is not None and not last and not is_adjective(tokens[at + 1]) and copular:
        # "is the boat 9 metres long?"
        return False
    if not copular:
        # of two that can be verbs ("plan include") the first is the noun
        following = tokens[at + 1] if at + 2 < len(tokens) else None
        if following is not None and following.word == "of" and any(is_verb(t.word) for t in tokens[at + 2 :]):
            return True
        verb_follows = following is not None and is_verb(following.word) and not _is_inflected(following.word)
        if token.lemma in LIGHT_VERBS or word in ("need", "want", "require", "use"):
            return False
        return not is_verb(token.word) or (verb_follows and tokens[at - 1].word not in DETERMINERS)
    if (is_comparative(word) and last) or (word.endswith("er") and tokens[at + 1 :][:1] == tokenize("than")):
        return False
    if (word.endswith("ed") and len(word) > 4) or (
        is_verb(token.word) and word != token.lemma and not word.endswith("s")
    ):
        return False
    followed_by_and = at + 1 < len(tokens) and tokens[at + 1].word == "and"
    return followed_by_and or not (last and is_adjective(token))
