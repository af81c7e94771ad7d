"""Sentences that answer the question before them: "Not exactly.", "Yes, sadly.", "It does, in nine years."."""

import re

from app.verdict.clauses import Clause, _subject
from app.verdict.grammar import WH, is_content, verb_at
from app.verdict.questions import Question, parse
from app.verdict.words import tokenize

_START = r"^(?:oh |well,? |but |and )?"
_YES = re.compile(
    _START + r"(?:yes|yep|yeah|yup|sure|absolutely|definitely|certainly|of course|indeed|exactly|totally"
    r"|very much so|you bet|without (?:a )?doubt|always|quite)\b(?! not)"
)
_NO = re.compile(
    _START + r"(?:no|nope|nah|never|hardly|far from it|absolutely not|definitely not|certainly not|of course not"
    r"|not (?:exactly|really|quite|at all|so much|so|yet|even close|in the least|by a long shot|necessarily)"
    r"|if only|i wish|sadly,? no|nothing of the sort|i (?:doubt|don't think) (?:it|so))\b"
    r"(?=\s*[,.;:!—–(-]|\s*$|\s+(?:in|but|if|unless)\b)"
)
_ELLIPTIC = re.compile(
    r"^(?:it|they|that|this|he|she|you|i|we|there) (?:sure |really |certainly )?"
    r"(?:do|does|did|is|are|was|were|can|could|will|would|has|have|should)"
    r"(?P<not>n['’]?t| not)?(?=\s*[,.;:!—–(]|\s*$)"
)
_SENTENCE = re.compile(r"[^.?!]+[.?!]*")


def particle(text: str) -> int:
    """1 or -1 where a sentence opens with a bare yes or no, else 0."""
    text = text.strip().lower()
    elliptic = _ELLIPTIC.match(text)
    if elliptic:
        return -1 if elliptic["not"] else 1
    if _NO.match(text):
        return -1
    return 1 if _YES.match(text) else 0


def asked_before(text: str, before: str) -> tuple[list[str], str]:
    """The questions that a sentence follows, last one last, and the answer to them."""
    sentences = [s.strip() for s in _SENTENCE.findall(f"{before.strip()} {text.strip()}") if s.strip()]
    own = [s.strip() for s in _SENTENCE.findall(text) if s.strip()]
    start = len(sentences) - len(own)
    for at in range(max(start, 1), len(sentences)):
        if sentences[at - 1].endswith("?") and particle(sentences[at]):
            questions: list[str] = []
            while at - len(questions) > 0 and sentences[at - 1 - len(questions)].endswith("?"):
                questions.insert(0, sentences[at - 1 - len(questions)])
            return questions, sentences[at]
    return [], ""


def as_clause(questions: list[str], heading: str) -> Clause | None:
    """The statement that the last of some questions asks about.

    "That" stands for what the question before it says: "So X is made for notes? Isn't that
    what Y is made for?" asks whether Y is made for notes.
    """
    asked = parse(questions[-1])
    pointing = any(token.word in ("that", "this", "it") for token in asked.subject)
    what = next((at for at, token in enumerate(asked.body) if token.word in WH), None)
    earlier: Question | None = parse(questions[-2]) if len(questions) > 1 else None
    subject, body = asked.subject, asked.body
    if pointing and what is not None:
        subject = _subject(asked.body[what + 1 :])
        body = asked.body[what + 1 + len(subject) :]
    if pointing and earlier is not None:
        body = body + tuple(token for token in earlier.body if is_content(token))
        subject = subject if any(map(is_content, subject)) else earlier.subject
    if not any(map(is_content, subject)):
        subject = subject if not heading or (not pointing and not _pronoun(subject)) else tokenize(heading)
    tokens = subject + body
    return Clause(tokens, verb_at(tokens), (subject,), pronoun=False) if tokens else None


def _pronoun(subject: tuple[object, ...]) -> bool:
    return len(subject) == 1
