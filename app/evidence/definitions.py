"""Whether a sentence says what a term is ("TERM is a ...") or what it stands for.

Patterns of definitions as in Hearst (1992), "Automatic acquisition of hyponyms from large text corpora", and in
work on definition extraction since: copula, apposition, parenthesis, "called".
"""

import re
from functools import lru_cache

from app.evidence.shape import QuestionShape
from index.stopwords import STOPWORDS, content_words, words

_ARTICLE = r"(?:(?:an?|the) )?"
# A subject begins its clause, at the sentence's start or after a colon, a comma or "and".
_CLAUSE = r"(?:^|[:;–—] ?|[.:,] (?:so |and |but |while |whereas )?|\b(?:so|and|but|well|basically) )"
# What follows "is" in a definition is a noun: no place or time, no likeness, no participle ("is licensed under").
_NO_NOUN = (
    r"(?:not|no|like|a bit like|rather like|there|in|on|at|from|under|for|to|as|so|still|very|now|also"
    r"|only|just|always|never|often|more|less"
    r"|too|several|much|free|available|written|built|made|sold|begun|taught|cut|known|\w+ed|\w+ing)"
)
_COPULA = rf"(?:(?:is|are|was|were)\b(?! {_NO_NOUN}\b)|means?\b|refers? to\b)"
_ASIDE = r"(?: \([^()]{1,60}\)|, [^,]{1,60},| for short,?)?"
_EXPANDS = re.compile(
    r"\b(stands? for|stood (at first |originally )?for|short for|acronym|abbreviation|abbreviates|initialism)\b"
)
_COPULAS = {"is", "are", "was", "were", "means", "stands", "refers"}
_OPENERS = {"a", "an", "the", "so", "well", "basically", "and", "but"}
MOST_BETWEEN = 8  # words between a term and its verb: "packer in a couple of words is ..."


def tells_what(shape: QuestionShape, sentence: str) -> bool:
    """Whether a sentence defines the term whose definition is asked for, or spells it out if that is asked for."""
    if shape.asks == "initialism":
        return expands(shape.term, sentence)
    return shape.asks == "definition" and defines(shape.term, sentence)


def defines(term: str, sentence: str) -> bool:
    """Whether a sentence says what a term is: "TERM (in short) is ...", "TERM, a ...", "... is called TERM".

    The term itself must be the subject: "a TERM template is ..." defines something else.
    """
    return _definition_at(term, sentence) is not None


def opens_with_definition(term: str, sentence: str) -> bool:
    """Whether a sentence says what a term is from its first words on, and not in a later clause, among other things."""
    return _definition_at(term, sentence) == 0


def _definition_at(term: str, sentence: str) -> int | None:
    """Where in a sentence, its white space collapsed, the first definition of a term begins; None if there is none."""
    wanted = content_words(term)
    if not wanted:
        return None
    if _copula_follows(wanted, sentence):
        return 0
    match = _patterns(" ".join(wanted)).search(_plain(sentence))
    return match.start() if match else None


def expands(term: str, sentence: str) -> bool:
    """Whether a sentence says what the letters of a term stand for."""
    text = _plain(sentence)
    short = re.sub(r"[^a-z0-9]", "", term.lower())
    if not re.search(rf"\b{re.escape(term.lower())}\b", text):
        return bool(_EXPANDS.search(text)) and bool(re.match(r"(it|the (name|word|acronym|letters)|its name)\b", text))
    initials = "".join(word[0] for word in words(text))
    return bool(_EXPANDS.search(text)) or (2 <= len(short) <= 6 and short in initials)


@lru_cache(maxsize=64)
def _patterns(term: str) -> re.Pattern[str]:
    named = r"[ -]".join(re.escape(word.rstrip("s")) + "s?" for word in term.split())
    return re.compile(
        "|".join(
            (
                rf"{_CLAUSE}{_ARTICLE}{named}{_ASIDE} {_COPULA}",
                rf"^{_ARTICLE}[^,.;:()]{{2,60}} \((?:or )?{named}(?:,[^()]*)?\),? {_COPULA}",
                rf"^{_ARTICLE}[^,.;:()]{{2,60}},? or {named}(?: for short)?,? {_COPULA}",
                rf"\b{named}(?: \([^()]{{1,60}}\))?, (?:an?|the|which (?:is|are|was|were)) (?!{named})",
                # "A kettle boils water": an indefinite subject with a verb in the third person.
                rf"{_CLAUSE}an? {named} (?:(?!{_NO_NOUN}\b)\w+[^\Ws]s|does|has)\b(?! (?:is|are|was|were)\b)",
                rf"\b(?:called|known as|termed|dubbed) {_ARTICLE}[\"“']?{named}\b",
            )
        )
    )


def _copula_follows(wanted: list[str], sentence: str) -> bool:
    said = words(sentence)
    while said and said[0] in _OPENERS:
        said = said[1:]
    rest = said[len(wanted) :]
    begins = all(one.rstrip("s") == other.rstrip("s") for one, other in zip(wanted, said, strict=False))
    if len(rest) < 2 or not begins or rest[0] not in STOPWORDS:
        return False
    copula = next((at for at, word in enumerate(rest[:MOST_BETWEEN]) if word in _COPULAS), None)
    return copula is not None and copula + 1 < len(rest) and not re.fullmatch(_NO_NOUN, rest[copula + 1])


def _plain(sentence: str) -> str:
    return " ".join(sentence.lower().replace("’", "'").split())
