"""General English: a word list with counts, closed word classes, and guesses of part of speech.

The word list is the one that symspellpy ships (82,834 words with web counts). Parts of speech are
guessed from it: "share" is a verb because "sharing" and "shared" are common next to it, and "safe"
an adjective because "safer" and "safest" exist. No tagger is loaded on the question path.
"""

from functools import cache
from importlib import resources

_LIST = "frequency_dictionary_en_82_765.txt"


@cache
def frequencies() -> dict[str, int]:
    """English word (lower case) to its count on the web."""
    text = resources.files("symspellpy").joinpath(_LIST).read_text("utf-8-sig")
    fields = text.split()
    return dict(zip(fields[::2], map(int, fields[1::2]), strict=True))


@cache
def _everyday() -> frozenset[str]:
    counts = frequencies()
    return frozenset(sorted(counts, key=counts.__getitem__, reverse=True)[:1_500])


def is_telling(word: str) -> bool:
    """Whether a word names something particular: it is no everyday word, inflected verb or adverb."""
    return word not in _everyday() and not word.endswith(("ed", "ing", "ly"))


def word_set(text: str) -> frozenset[str]:
    """The space-separated words of `text`."""
    return frozenset(text.split())


BE = word_set("is are was were am isn't aren't wasn't weren't isnt arent wasnt werent")
DO = word_set("do does did don't doesn't didn't dont doesnt didnt")
HAVE = word_set("has have had hasn't haven't hadn't hasnt havent hadnt")
MODAL = word_set(
    "can could will would shall should may might must can't couldn't won't wouldn't shouldn't "
    "cannot mustn't cant couldnt wont wouldnt shouldnt"
)
AUXILIARIES = BE | DO | HAVE | MODAL
WH = word_set("what which who whom whose when where why how")
DETERMINERS = word_set(
    "a an the this that these those my your our his her its their whose any some every each no "
    "another both all most many few several"
)
PREPOSITIONS = word_set(
    "about above across after against along among around as at before behind below beneath beside "
    "between beyond by despite down during except for from in inside into like near of off on onto "
    "out outside over past per since than through throughout to toward towards under underneath "
    "until till up upon via versus vs with within without"
)
SUBORDINATORS = word_set(
    "if when while because although though unless until whether whereas before after since so and but as once or nor"
)
PERSONAL = word_set("i you we us me he she they it him her them one someone anyone everyone people")
ADVERBS = word_set(
    "not still also ever never always really just only often usually then now yet already even too "
    "actually currently sometimes apart instead together again here there more less most least very "
    "so much well better worse exactly back away forward backwards afterwards later else today "
    "twice once there"
)
PERSON_NOUNS = word_set(
    "author writer blogger team company user users developer developers people person man woman "
    "king queen president mother father brother sister son daughter wife husband teacher doctor "
    "friend boy girl child male female neighbour neighbor hero artist poet painter founder "
    "inventor poster researchers scientists"
)
ADJECTIVES = word_set(
    "good bad better worse best worst free open true false right wrong alive dead available active "
    "allowed required older younger larger bigger faster expensive possible dangerous ready worth "
    "same different similar responsible popular important useful real big fast slow cold hot"
)
COURTESIES = word_set(
    "thanks thank you ok okay hello hi hey cool great nice yes no please bye lol good sorry sure "
    "fine wow very much so got it i see alright right interesting hm hmm"
)
TIMES = word_set(
    "night nights day days morning mornings evening noon midnight week weeks weekend weekends month "
    "months year years summer winter autumn spring fall monday tuesday wednesday thursday friday "
    "saturday sunday mondays tuesdays wednesdays thursdays fridays saturdays sundays january "
    "february march april may june july august september october november december today tomorrow "
    "yesterday century decade dark daytime"
)
COMMON_VERBS = word_set(
    "need cost like want mean know seem have do be go get make see say think look work run use come "
    "keep let put set read cut hit shut lie lay eat drink give take write grow fly swim speak sell "
    "buy bring begin win lose teach feel hear hold meet send sleep stand understand wear"
)
PARTICIPLES = {
    "wrote": "written", "built": "built", "made": "made", "won": "won", "began": "begun",
    "led": "led", "found": "found", "drew": "drawn", "took": "taken", "gave": "given",
    "broke": "broken", "dug": "dug", "left": "left", "lost": "lost", "came": "come",
    "chose": "chosen", "sang": "sung", "said": "said", "told": "told",
    "taught": "taught", "bought": "bought", "sold": "sold", "sent": "sent", "ran": "run",
    "wore": "worn", "grew": "grown", "knew": "known", "ate": "eaten", "beat": "beaten",
}  # fmt: skip
_PASTS = word_set(
    "got went became held kept stood fell rose hit met paid put saw set spoke swam threw brought "
    "caught felt fought forgot hid lay meant read rode slept spent spread stuck struck thought cost"
)
FUNCTION_WORDS = (AUXILIARIES | WH | DETERMINERS | PREPOSITIONS | SUBORDINATORS | PERSONAL | ADVERBS) - word_set(
    "people march may"
)


def is_number(word: str) -> bool:
    """Whether `word` is written with a digit."""
    return any(c.isdigit() for c in word)


def verb_score(word: str) -> float:
    """How much `word` looks like the base form of a verb: its inflections' count over its own."""
    if word in COMMON_VERBS:
        return 2.0
    counts = frequencies()
    if word in FUNCTION_WORDS or word not in counts:
        return 0.0
    stem = word.removesuffix("e")
    ing = max(counts.get(stem + "ing", 0), counts.get(word + word[-1] + "ing", 0))
    past = max(counts.get(stem + "ed", 0), counts.get(word + word[-1] + "ed", 0))
    if word.endswith("y"):
        past = max(past, counts.get(word[:-1] + "ied", 0))
    return (ing + past) / counts[word] if ing else 0.0


def is_adjective(word: str) -> bool:
    """Whether `word` compares ("safe", "safer") or is a common adjective."""
    if word in ADJECTIVES:
        return True
    counts = frequencies()
    if word in FUNCTION_WORDS or word not in counts or verb_score(word) > 0.5:
        return False
    for suffix in ("er", "est", ""):
        base = word.removesuffix(suffix)
        for positive in (base, base + "e", base[:-1], base[:-1] + "y"):
            stem = positive[:-1] if positive[-1:] in ("e", "y") else positive
            middle = "i" if positive.endswith("y") else ""
            forms = (positive, stem + middle + "er", stem + middle + "est")
            if suffix and word != stem + middle + suffix:
                continue
            if suffix == "" and positive != word:
                continue
            if all(form in counts for form in forms):
                return True
    return word.endswith(("ous", "ful", "able", "ible", "ive", "less")) or (
        word + "ly" in counts and not word.endswith("s")
    )


def is_participle(word: str) -> bool:
    """Whether `word` may be a past or present participle."""
    counts = frequencies()
    if word in PARTICIPLES.values():
        return True
    if word.endswith("ing") and len(word) > 5:
        return word[:-3] in counts or word[:-3] + "e" in counts or word[:-4] in counts
    if word.endswith("ed") and len(word) > 4:
        return True
    return (word.endswith("en") and word[:-1] in counts) or word in ("born", "set", "done", "gone", "used")


def is_finite_verb(word: str) -> bool:
    """Whether `word` may be a verb with its tense: "lives", "lived", "wrote"."""
    if word in PARTICIPLES or word in _PASTS or (word.endswith("ed") and len(word) > 4):
        return True
    return any(verb_score(base) > 0.3 for base in singulars(word) - {word})


def may_be_verb(word: str) -> bool:
    """Whether `word` may be a verb in whatever form."""
    return verb_score(word) > 0.05 or is_participle(word) or is_finite_verb(word)


def is_adverb(word: str) -> bool:
    """Whether an English word ends as adverbs do."""
    return word.endswith("ly") and word in frequencies() and word[:-2] in frequencies()


def is_plural(word: str) -> bool:
    """Whether a noun is plural, by its ending and its singular being a word."""
    if word in word_set("people children men women mice feet teeth geese data"):
        return True
    if not word.endswith("s") or word.endswith(("ss", "us", "is")) or len(word) < 3:
        return False
    # A short unknown stem is an acronym ("VMs"); a long one a name that ends in s ("kubernetes").
    return any(s in frequencies() for s in singulars(word) - {word}) or len(word) <= 4


def singulars(word: str) -> frozenset[str]:
    """The word itself, and what it may be the plural of."""
    if not word.endswith("s") or word.endswith("ss"):
        return frozenset([word])
    forms = {word, word[:-1]}
    if word.endswith("es"):
        forms.add(word[:-2])
    if word.endswith("ies"):
        forms.add(word[:-3] + "y")
    return frozenset(forms)
