"""Words: tokens with their lemmas, and how two of them relate (same, opposite, unrelated)."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

import snowballstemmer
from rapidfuzz.distance import DamerauLevenshtein

_LEXICON = json.loads(files(__package__).joinpath("data/lexicon.json").read_text("utf-8"))
_stem = lru_cache(maxsize=20_000)(snowballstemmer.stemmer("english").stemWord)

_CONTRACTIONS = (
    (re.compile(r"\b(?:can['’]?t|cannot)\b"), "can not"),
    (re.compile(r"\bwon['’]t\b|\bwont\b"), "will not"),
    (re.compile(r"\bshan['’]t\b"), "shall not"),
    (re.compile(r"\bain['’]?t\b"), "is not"),
    (
        re.compile(r"\b(do|does|did|is|are|was|were|have|has|had|would|could|should|must|need|might)n['’]?t\b"),
        r"\1 not",
    ),
    (re.compile(r"\b(i|you|we|they)['’]?ve\b"), r"\1 have"),
    (re.compile(r"\b(\w+)['’]ve\b"), r"\1 have"),
    (re.compile(r"\bi['’]?m\b"), "i am"),
    (re.compile(r"\b(you|they)re\b|\b(\w+)['’]re\b"), r"\1\2 are"),
    (re.compile(r"\b(\w+)['’]ll\b"), r"\1 will"),
    (re.compile(r"\b(i|you|he|she|we|they)['’]d\b"), r"\1 would"),
    # "it's own" is a common slip for "its own"
    (re.compile(r"\bit['’]s own\b"), "its own"),
    (re.compile(r"\b(it|that|this|he|she|there|here|what|who|where)['’]s\b"), r"\1 is"),
    (re.compile(r"\b(?:its|thats|theres) (?=(?:an?|the|not|no|just|only)\b)"), "it is "),
    (re.compile(r"\b(?:the )?(?:author|writer|blogger|poster)['’]?s (?=[a-z])"), "his "),
    (re.compile(r"['’]s\b|(?<=s)['’](?=\s|$)"), ""),
    (re.compile(r"\b(i|you|we|they|it|he|she|who) used to (?!the\b|an?\b|it\b|this\b)"), r"\1 formerly "),
    # before the set phrases see "costs more": an amount follows
    (re.compile(r"\b(costs?) more than (?=[$€£]?\d)"), r"\1 over "),
    (re.compile(r"\b(costs?) less than (?=[$€£]?\d)"), r"\1 under "),
)
_TOKEN = re.compile(r"[$€£]?\d+(?:[.,]\d+)*(?::\d+)?|[^\W\d_]\w*(?:[+#]+|(?:[._/]\w+)*)|[.!?;:,()]|—|–|(?<=\s)-+(?=\s)")
# the stemmer leaves "vms" and "gpus" as they are
_PLURAL_ACRONYM = re.compile(r"[^aeiouy\W\d]{2,4}s|[cgt]pus")
_NEGATIVE_PREFIXES = ("un", "non", "in", "im", "ir", "il", "dis")


@dataclass(frozen=True, slots=True)
class Token:
    """A word in lower case and its lemma (irregular forms undone, then stemmed)."""

    word: str
    lemma: str


# not the lemmas of "week" and "year", which are no opposites
_RATES = frozenset(("daily", "weekly", "monthly", "yearly"))
_QUALITIES = frozenset(word for key in ("synonyms", "antonyms") for group in _LEXICON[key] for word in group)
_NO_ADVERBS = frozenset("hardly nearly lately shortly highly early only fully daily weekly monthly yearly".split())


@cache
def lemma(word: str) -> str:
    """The dictionary form of an irregular word, else the word's stem; of an adverb, its adjective's."""
    base = _LEXICON["irregular"].get(word, word)
    if base == "be" or word in _RATES:
        return str(base)
    if _PLURAL_ACRONYM.fullmatch(word):
        return word[:-1]
    if word.endswith("ly") and word not in _NO_ADVERBS:
        adjectives = (word[:-2], word[:-3] + "y", word[:-4], word[:-1] + "e")
        base = next((a for a in adjectives if a in _QUALITIES), base)
    return str(_stem(base))


def _lemma_sets(groups: Sequence[Sequence[str]]) -> dict[str, frozenset[int]]:
    found: dict[str, set[int]] = {}
    for number, group in enumerate(groups):
        for word in group:
            found.setdefault(lemma(word), set()).add(number)
    return {word: frozenset(numbers) for word, numbers in found.items()}


_SYNONYMS = _lemma_sets(_LEXICON["synonyms"])
_ANTONYMS = frozenset(pair for a, b in _LEXICON["antonyms"] for pair in ((lemma(a), lemma(b)), (lemma(b), lemma(a))))
_OPPOSITES: dict[str, frozenset[str]] = {}
for _left, _right in _ANTONYMS:
    _OPPOSITES[_left] = _OPPOSITES.get(_left, frozenset()) | {_right}


def _forms(verb: str) -> set[str]:
    """The regular forms of a verb: "carry", "carries", "carried", "carrying"."""
    trunk = verb[:-1] if verb.endswith("e") else verb
    forms = {
        verb,
        verb + "s",
        trunk + "ed",
        trunk + "ing",
        verb + "es",
        trunk + trunk[-1] + "ed",
        trunk + trunk[-1] + "ing",
    }
    if verb.endswith("y"):
        forms |= {verb[:-1] + "ies", verb[:-1] + "ied"}
    return forms


_VERB_FORMS = frozenset(form for verb in _LEXICON["verbs"] for form in _forms(verb)) | frozenset(
    form for form, base in _LEXICON["irregular"].items() if base in _LEXICON["verbs"]
)


@cache
def is_verb(word: str) -> bool:
    """Whether a word can be a form of a known verb ("protects", not "protection")."""
    return word in _VERB_FORMS


_KNOWN = frozenset(_SYNONYMS) | frozenset(_OPPOSITES)
_REWRITES: dict[tuple[str, ...], tuple[str, ...]] = {
    tuple(phrase.split()): tuple(words.split()) for phrase, words in _LEXICON["rewrites"].items()
}
_LONGEST = max(map(len, _REWRITES))


def _spell_out(text: str) -> str:
    text = text.lower()
    for pattern, replacement in _CONTRACTIONS:
        text = pattern.sub(replacement, text)
    return text


@lru_cache(maxsize=4_000)
def tokenize(text: str) -> tuple[Token, ...]:
    """Words and punctuation of a text: contractions spelt out, set phrases put into one form."""
    raw = _TOKEN.findall(_spell_out(text))
    words: list[str] = []
    at = 0
    while at < len(raw):
        for size in range(min(_LONGEST, len(raw) - at), 0, -1):
            replacement = _REWRITES.get(tuple(raw[at : at + size]))
            if replacement is not None:
                words.extend(replacement)
                at += size
                break
        else:
            words.append(raw[at])
            at += 1
    return tuple(Token(word, lemma(word)) for word in words)


@cache
def base_form(word: str) -> str:
    """The adjective or adverb under a comparative: "cheaper" -> lemma of "cheap"."""
    if word.endswith("er") and len(word) > 4:
        trunk = word[:-2]
        candidates = [trunk, trunk + "e"]
        if trunk.endswith("i"):
            candidates.insert(0, trunk[:-1] + "y")
        if trunk[-1] == trunk[-2]:
            candidates.insert(0, trunk[:-1])
        for candidate in candidates:
            if lemma(candidate) in _KNOWN:
                return lemma(candidate)
    return lemma(word)


def _negated_by_prefix(word: str, other: str) -> bool:
    """ "unstable" and "stable", "untested" and "tried", "useless" and "useful"."""
    return any(
        word.startswith(prefix) and len(word) - len(prefix) >= 4 and _alike(lemma(word[len(prefix) :]), lemma(other))
        for prefix in _NEGATIVE_PREFIXES
    ) or (other.endswith("less") and word.endswith("ful") and other[:-4] == word[:-3])


@lru_cache(maxsize=50_000)
def relate(a: Token, b: Token) -> int:
    """1 when two words say the same, -1 when they say opposites, else 0."""
    if a.lemma == b.lemma:
        return 1
    if "unlike" in (a.word, b.word):
        # a negator (see polarity), not the opposite of "like"
        return 0
    if _negated_by_prefix(a.word, b.word) or _negated_by_prefix(b.word, a.word):
        return -1
    left, right = base_form(a.word), base_form(b.word)
    if _alike(left, right):
        return 1
    if (left, right) in _ANTONYMS or _opposed_through_synonym(left, right):
        return -1
    return 1 if _misspelt(a.word, b.word) else 0


def _alike(left: str, right: str) -> bool:
    return left == right or bool(_SYNONYMS.get(left, frozenset()) & _SYNONYMS.get(right, frozenset()))


def _opposed_through_synonym(left: str, right: str) -> bool:
    """Whether a synonym of one word is an antonym of the other ("sluggish" and "fast")."""
    groups = _SYNONYMS.get(right, frozenset())
    if any(_SYNONYMS.get(opposite, frozenset()) & groups for opposite in _OPPOSITES.get(left, ())):
        return True
    groups = _SYNONYMS.get(left, frozenset())
    return any(_SYNONYMS.get(opposite, frozenset()) & groups for opposite in _OPPOSITES.get(right, ()))


def _misspelt(a: str, b: str) -> bool:
    """One slip of the keyboard in a word long enough for it not to be another word."""
    shorter = min(len(a), len(b))
    if shorter < 5 or a[0] != b[0] or a[0].isdigit() or (lemma(a) in _KNOWN and lemma(b) in _KNOWN):
        return False
    return DamerauLevenshtein.distance(a, b, score_cutoff=2) <= (1 if shorter < 9 else 2)


def is_negative(word: str) -> bool:
    """Whether a word denies by its own form: "untested", "disagree"."""
    return any(word.startswith(p) and len(word) - len(p) >= 4 for p in _NEGATIVE_PREFIXES) and any(
        lemma(word[len(p) :]) in _KNOWN or is_verb(word[len(p) :]) for p in _NEGATIVE_PREFIXES if word.startswith(p)
    )


def is_comparative(word: str) -> bool:
    """Whether a word is a comparative of a known adjective ("faster")."""
    return word in ("better", "worse") or (word.endswith("er") and base_form(word) != lemma(word))


_OPPOSED = frozenset(n for word in _OPPOSITES for n in _SYNONYMS.get(word, ()))


@cache
def is_adjective(token: Token) -> bool:
    """Whether a word is a quality: by its ending, or one that has an opposite and is no verb."""
    if token.word.endswith(("able", "ible", "ful", "less", "ous", "proof", "free")):
        return True
    opposed = token.lemma in _OPPOSITES or bool(_SYNONYMS.get(token.lemma, frozenset()) & _OPPOSED)
    return opposed and not is_verb(token.word)
