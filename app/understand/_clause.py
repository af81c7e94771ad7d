"""A question's parts: question words, auxiliary, subject and the rest. Found by rules, no tagger.

"why does docker share a kernel" is lead "why", auxiliary "does", subject "docker", rest "share a
kernel". Where the subject ends is a guess (see `_subject_end`); a wrong guess still keeps every word.
"""

import re
from dataclasses import dataclass, replace

from app.understand import _english as en

Words = tuple[str, ...]
_EDGES = re.compile(r"^[\W_]+|[\W_]+$")
_CONTRACTED = {
    "what's": "what is", "whats": "what is", "who's": "who is", "whos": "who is",
    "where's": "where is", "wheres": "where is", "how's": "how is", "hows": "how is",
    "when's": "when is", "why's": "why is", "it's": "it is", "that's": "that is",
    "thats": "that is", "they're": "they are", "there's": "there is", "he's": "he is",
    "she's": "she is",
}  # fmt: skip


_REQUESTS = en.word_set("tell explain give list describe show summarize summarise define compare")


def norm(word: str) -> str:
    """A word as the rules compare it: lower case, without punctuation at its ends."""
    return _EDGES.sub("", word.replace("’", "'")).casefold()


def split(question: str) -> Words:
    """The words of a question: contractions expanded, end marks dropped, commas kept."""
    words: list[str] = []
    for at, word in enumerate(question.split()):
        expanded = _CONTRACTED.get(norm(word)) if at < 2 else None
        words.extend(expanded.split() if expanded else [word])
    while words and not norm(words[-1]):
        words.pop()
    if words:
        words[-1] = words[-1].rstrip("?!.,;: ")
    return tuple(words)


def join(words: Words) -> str:
    """The words as one question, or one request."""
    text = " ".join(words).rstrip(" ,;:.?!")
    return text if norm(text.partition(" ")[0]) in _REQUESTS else text + "?"


@dataclass(frozen=True)
class Clause:
    """A question in parts; any part may be empty."""

    lead: Words
    auxiliary: str
    subject: Words
    rest: Words

    @property
    def words(self) -> Words:
        """All words in order."""
        aux = (self.auxiliary,) if self.auxiliary else ()
        return (*self.lead, *aux, *self.subject, *self.rest)

    def with_subject(self, subject: Words) -> "Clause":
        """The same clause about another subject, its auxiliary made to agree."""
        return replace(self, subject=subject, auxiliary=agree(self.auxiliary, subject))


def parse(words: Words) -> Clause:
    """Split a question into its parts."""
    at = _auxiliary_at(words)
    if at is None and _is_keywords(words):
        return Clause((), "", words, ())
    if at is None:
        lead = _subject_question(words)
        return Clause(words[:lead], "", (), words[lead:])
    after = words[at + 1 :]
    end = _subject_end(after, norm(words[at]))
    return Clause(words[:at], words[at], after[:end], after[end:])


def _is_keywords(words: Words) -> bool:
    """Whether the words only name something, as typed into a search box."""
    names = [norm(w) for w in words]
    asks = bool(names) and names[0] in en.WH | _REQUESTS | en.PREPOSITIONS
    return len(names) < 5 and not asks


def _subject_question(words: Words) -> int:
    """How many words ask for the subject: one in "who wrote it", two in "which seal lives here"."""
    names = [norm(w) for w in words]
    if not names or names[0] not in en.WH:
        return 0
    if names[0] in ("which", "what", "whose", "how"):
        for at, name in enumerate(names[2:5], 2):
            if en.is_finite_verb(name):
                return at
    return 1


_OPENS_PHRASE = (en.DETERMINERS | en.PERSONAL | en.SUBORDINATORS) - {"many", "much"}


def _auxiliary_at(words: Words) -> int | None:
    """Where the question's auxiliary stands: first, or after its question words."""
    names = [norm(w) for w in words]
    if names and names[0] in en.AUXILIARIES:
        return 0
    starts = (0, 1) if names and names[0] in en.PREPOSITIONS else (0,)
    if not any(names[s : s + 1] and names[s] in en.WH for s in starts):
        return None
    for at, name in enumerate(names[1:7], 1):
        if name in en.AUXILIARIES:
            return at
        opens = name in _OPENS_PHRASE
        if opens and names[at - 1] != "of":
            return None  # "who wrote the treaty that was ...": the auxiliary is not the question's
    return None


def _subject_end(after: Words, auxiliary: str) -> int:
    """How many of the words after the auxiliary are its subject."""
    names = [norm(w) for w in after]
    if not names:
        return 0
    if names[0] in en.PERSONAL:
        return 1
    if names[0] in ("this", "that", "these", "those") and not _is_noun(names[1:2]):
        return 1
    start = 1 if names[0] in en.DETERMINERS else 0
    end = _phrase_end(names, start)
    if end <= start:
        return start if start == len(names) else 0
    be = auxiliary in en.BE
    if be and start == 0 and end == 1 and (en.is_adjective(names[0]) or en.is_participle(names[0])):
        return 0  # "which is older": the question word is the subject
    if be and start == 0 and after[0].endswith(",") and en.is_adjective(names[0]):
        return 0
    if be and start == 0 and en.is_participle(names[0]) and names[1:2] == ["of"]:
        return 0
    cuts = range(start + 1, end)
    if be or auxiliary in en.HAVE:
        return _predicate_at(names, cuts, be)
    if names[end : end + 1] and names[end] in ("have", "do", "be"):
        return end
    if names[end : end + 1] and names[end] in en.ADVERBS and not cuts:
        return end
    scores = {k: en.verb_score(names[k]) for k in cuts}
    best = max(scores, key=lambda k: (scores[k], -k), default=None)
    if best is not None and scores[best] > 0.05:
        return best
    return end if end < len(names) else max(end - 1, start + 1)


def _is_noun(names: list[str]) -> bool:
    """Whether the word after "this" or "that" is the noun it points to."""
    return bool(names) and not (
        names[0] in en.FUNCTION_WORDS
        or en.is_adjective(names[0])
        or en.is_participle(names[0])
        or en.verb_score(names[0]) > 0.3
    )


def _phrase_end(names: list[str], start: int) -> int:
    """Where the run of content words ends; "of", "and" and "or" go on, where a noun follows."""
    at = start
    while at < len(names):
        name = names[at]
        links = name in ("of", "and", "or") and at > start and at + 1 < len(names)
        if links and names[at + 1] in en.DETERMINERS:
            at += 2
        elif links and names[at + 1] not in en.FUNCTION_WORDS:
            at += 1
        elif not name or name in en.FUNCTION_WORDS:
            break
        else:
            at += 1
    return min(at, len(names))


def _predicate_at(names: list[str], cuts: range, be: bool) -> int:
    """Where what is said of the subject begins after "is" or "has": a participle or an adjective.

    An adjective before a noun is mostly of the subject, unless nothing else can be the predicate.
    """
    loose = [k for k in cuts if names[k - 1] not in en.DETERMINERS]
    adjectives = [k for k in loose if be and en.is_adjective(names[k])]
    for k in loose:
        if en.is_participle(names[k]) or (k in adjectives and k == cuts.stop - 1):
            return k - 1 if k - 1 in adjectives else k
    return adjectives[0] if adjectives else cuts.stop


_PLURAL_OF = {
    "is": "are", "was": "were", "does": "do", "has": "have", "isn't": "aren't",
    "wasn't": "weren't", "doesn't": "don't", "hasn't": "haven't",
}  # fmt: skip
_SINGULAR_OF = {plural: singular for singular, plural in _PLURAL_OF.items()}


def agree(auxiliary: str, subject: Words) -> str:
    """The auxiliary in the number of its subject."""
    name = norm(auxiliary)
    if not subject or norm(subject[0]) in ("i", "you", "we"):
        return auxiliary
    return (_PLURAL_OF if is_plural(subject) else _SINGULAR_OF).get(name, auxiliary)


def is_plural(phrase: Words) -> bool:
    """Whether a noun phrase is plural: joined by "and", or its head noun is."""
    names = [norm(w) for w in phrase]
    if "and" in names or (names and names[0] in ("they", "these", "those", "we", "you")):
        return True
    if "or" in names:
        names = names[names.index("or") + 1 :]
    head = names[: names.index("of")] if "of" in names else names
    return bool(head) and en.is_plural(head[-1])


def objects(clause: Clause) -> list[Words]:
    """The noun phrases of what is said of the subject; its first word is mostly the verb."""
    rest = clause.rest
    while rest and norm(rest[0]) in en.ADVERBS:
        rest = rest[1:]
    follows_verb = norm(clause.auxiliary) in en.BE
    return noun_phrases(rest) if follows_verb else noun_phrases(rest[1:], after_verb=True)


def noun_phrases(words: Words, after_verb: bool = False) -> list[Words]:
    """The runs of content words in what follows a subject, without verbs, each with its determiner."""
    phrases: list[Words] = []
    run: list[str] = []
    first_verb_at = -1 if after_verb else 0

    def close() -> None:
        names = [norm(w) for w in run if norm(w) not in en.DETERMINERS]
        if names and not (len(run) == 1 and names[0] in en.ADJECTIVES):
            phrases.append(tuple(run))
        run.clear()

    for at, word in enumerate(words):
        name = norm(word)
        first_verb = at == first_verb_at and en.may_be_verb(name)
        if name in en.DETERMINERS:
            verb_follows = any(map(en.is_finite_verb, map(norm, words[at + 1 : at + 2])))
            relative = name == "that" and (bool(run) or verb_follows)
            close()
            if not relative:
                run.append(word)
            first_verb_at = at + 1 if relative else first_verb_at
        elif not name or first_verb or name in en.FUNCTION_WORDS or en.is_adverb(name):
            close()
        elif run and norm(run[-1]) not in en.DETERMINERS and en.verb_score(name) > 0.5:
            close()  # "html look": a verb after a noun
        elif not run and (en.is_adjective(name) and at + 1 == len(words)):
            continue
        else:
            run.append(word)
            if word.endswith((",", ";")):
                close()
    close()
    return [p for p in phrases if p]
