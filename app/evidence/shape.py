"""The shape of a question and of a sentence: what is asked for, and whether a sentence can be evidence."""

import re
from dataclasses import dataclass
from typing import Literal

from index.stopwords import words

Asks = Literal[
    "definition", "initialism", "when", "where", "who", "number", "why", "how", "compare", "summary", "list", "other"
]

_SUMMARY = re.compile(
    r"\b(tl;?dr|summar(y|ise|ize|ies)|in short|in brief|in a nutshell|nutshell|gist|key (points?|takeaways?)|takeaways?"
    r"|main (points?|ideas?|message)|bottom line|boil(s|ed)? down|overview|sum (it |this )?up|in a few words"
    r"|what(['’]s| is| was)? (this|the|that) (post|article|page|blog|text|piece)( post| all)? about)\b"
)
_COMPARE = re.compile(
    r"\b(vs\.?|versus|differ(s|ent|ence|ences|ing)?|compare[ds]?|comparison|distinguish(es)?|distinction"
    r"|unlike|as opposed to|contrast(s|ed)?|set .{1,40} apart)\b"
)
_LIST = re.compile(r"\b(list|name all|what are (all )?the|which (are )?the|what (kinds|types|sorts) of|examples of)\b")
_DEFINITION = re.compile(
    r"^(so )?(what|who)(['’]?s| is| are| was| were) (an? |the )?(?P<term>[\w./+#' -]{1,40}?)"
    r"( exactly| anyway| again)?\W*$"
    r"|^(please )?(define|explain) (an? |the )?(?P<term2>[\w./+#' -]{1,40}?)\W*$"
    r"|^what does (?P<term3>[\w./+#' -]{1,40}?) mean\W*$"
)
_INITIALISM = re.compile(
    r"\bwhat (does|do|did|is|are) (the |an? )?(?P<term>[\w./+#' -]{1,40}?)"
    r" (stand(s|ing)? for|short for|an? (acronym|abbreviation) (of|for))\b"
)
_NUMBER = re.compile(
    r"\bhow (many|much|often|long|far|fast|old|big|large|tall|high|heavy|deep|wide)\b"
    r"|\bwhat (percentage|share|number|amount|size|age|speed|price|cost|temperature)\b"
)
_WHY = re.compile(
    r"\bwhy\b|\bhow come\b|\bwhat (made|makes|caused|causes|drove|prompted|led)\b|\b(reason|reasons) (for|why|that)\b"
)
_WHEN = re.compile(
    r"\bwhen\b|\b(what|which|in what|in which) (year|date|day|month|century|decade|time|season)\b|\bsince when\b"
)
_WHERE = re.compile(r"\bwhere\b|\b(what|which) (place|city|town|country|region|state|location)\b")
_WHO = re.compile(r"\b(who|whom|whose)\b|\b(what|which) (person|people|man|woman|author|inventor|founder)\b")

_HAS_NUMBER = re.compile(
    r"\d|\b(one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|sixty|hundred"
    r"|thousand|million|billion|dozen|half|third|quarter|once|twice|few|several|couple|many|most|every|quick(ly)?"
    r"|fast|seconds?|minutes?|hours?|days?|weeks?|months?|years?)\b",
    re.IGNORECASE,
)
_HAS_DATE = re.compile(
    r"\b1\d{3}\b|\b20\d{2}\b|\b\d{1,2}(st|nd|rd|th)\b|\b(january|february|march|april|may|june|july|august|september"
    r"|october|november|december|monday|tuesday|wednesday|thursday|friday|saturday|sunday|century|today|yesterday"
    r"|tomorrow|ago|spring|summer|autumn|winter|morning|evening|night|year|week|month|day|when|after|before|until"
    r"|since|during)\b",
    re.IGNORECASE,
)
_HAS_REASON = re.compile(
    r"\b(because|since|so that|so|due to|therefore|thanks to|as a result|reason|in order to|to|for|which (is|makes)"
    r"|that['’]s why|caused?|led|spurred|prompted|otherwise)\b",
    re.IGNORECASE,
)
_POINTS_ELSEWHERE = re.compile(
    r"^(see|read|check out|click|visit|follow|here['’]?s|here is|here are|more (on|about)|as (shown|seen|described) )\b"
    r"|:$|\b(see|read more|click) (here|below|above)\b",
    re.IGNORECASE,
)
_PRONOUN = re.compile(
    r"^(but |and |so |also,? )?(it|this|that|these|those|they|he|she|its|their|such)"
    r"(['’]s|['’]re|['’]ll|['’]d|['’]ve)?\b",
    re.IGNORECASE,
)
# "It" that stands for nothing before it: "it seems that", "it turns out", "it is likely to", "it rained".
_EMPTY_IT = re.compile(
    r"^(but |and |so |also,? )?it ?(also |often |just |only )?"
    r"(seem(s|ed)|appear(s|ed)|turn(s|ed) out|looks? (like|as if)|feels? like|follows? that|goes without"
    r"|(is|was|['’]s) (\w+ly )?(true|clear|likely|unlikely|possible|impossible|obvious|worth|said|thought|believed"
    r"|known|time|not (that|clear|possible))"
    r"|(rain|snow|hail)s?(ed|ing)?|takes? (a|an|some|one|two|three|about|around|\d))\b",
    re.IGNORECASE,
)
_SUMS_UP = re.compile(
    r"\b(in a nutshell|tl;?dr|in short|in brief|in summary|to sum (it )?up|to summari[sz]e|in conclusion|bottom line"
    r"|long story short|all in all|the upshot|takeaway|to recap|in other words|the moral|overall)\b",
    re.IGNORECASE,
)
_OF_THE_POST = re.compile(
    r"\b(the|this|that) (author|blogger|writer|post|article|blog( post)?|poster)(['’]s)?\b"
    r"|\b(author|blogger|writer)['’]s\b"
)
_OF_THE_AUTHOR = re.compile(r"\b(author|blogger|writer|poster|he|his|him|himself|she|her|they themselves)(['’]s)?\b")
_FIRST_PERSON = re.compile(r"\b(i|me|my|mine|myself|we|us|our|ours)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class QuestionShape:
    """What a question asks for, and the term whose definition it wants, if any."""

    asks: Asks
    term: str = ""


def question_shape(question: str) -> QuestionShape:
    """What the question asks for, by its words."""
    text = " ".join(question.lower().replace("’", "'").split())
    if _SUMMARY.search(text):
        return QuestionShape("summary")
    if _COMPARE.search(text):
        return QuestionShape("compare")
    if found := _INITIALISM.search(text):
        return QuestionShape("initialism", re.sub(r"^(letters|name|acronym|abbreviation|word) ", "", found["term"]))
    if found := _DEFINITION.search(text):
        term = next(value for value in found.groupdict().values() if value)
        if len(words(term)) <= 4 and not re.search(r"\b(of|for|in|on|about|with|to|by|at)\b", term):
            return QuestionShape("definition", term)
    patterns: tuple[tuple[Asks, re.Pattern[str]], ...] = (
        ("why", _WHY),
        ("number", _NUMBER),
        ("when", _WHEN),
        ("where", _WHERE),
        ("who", _WHO),
        ("list", _LIST),
    )
    for asks, pattern in patterns:
        if pattern.search(text):
            return QuestionShape(asks)
    return QuestionShape("how" if text.startswith("how") else "other")


def is_question(sentence: str) -> bool:
    """Whether a sentence asks instead of telling."""
    return sentence.rstrip("\"'”’)! ").endswith("?")


def points_elsewhere(sentence: str) -> bool:
    """Whether a sentence only announces or points to what stands elsewhere."""
    return bool(_POINTS_ELSEWHERE.search(sentence.strip()))


def leans_back(sentence: str) -> bool:
    """Whether a sentence opens with a pronoun that stands for something before it."""
    opening = sentence.strip()
    return bool(_PRONOUN.match(opening)) and not _EMPTY_IT.match(opening)


def sums_up(sentence: str) -> bool:
    """Whether a sentence says that it sums up."""
    return bool(_SUMS_UP.search(sentence))


def is_of_the_post(question: str) -> bool:
    """Whether a question names the post or its author, so that no other source can answer it."""
    return bool(_OF_THE_POST.search(question.lower()))


def fits_author(question: str, sentence: str) -> float:
    """For a question about a person who may be the author: 1 if the sentence says "I" or "we", -1 if not."""
    if not _OF_THE_AUTHOR.search(question.lower()):
        return 0.0
    return 1.0 if _FIRST_PERSON.search(sentence) else -1.0


def fits_type(asks: Asks, sentence: str) -> float:
    """1 if the sentence holds the kind of thing asked for (a number, a date, a reason), -1 if not, else 0."""
    pattern = {"number": _HAS_NUMBER, "when": _HAS_DATE, "why": _HAS_REASON}.get(asks)
    return 0.0 if pattern is None else (1.0 if pattern.search(sentence) else -1.0)
