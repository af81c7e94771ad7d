"""Words that carry no content, and the content words of a question."""

import re

# The closed classes of English (articles, pronouns, prepositions, conjunctions, auxiliaries,
# question words) and a few verbs of asking.
STOPWORDS = frozenset(
    """
    a about above after again against all also although am an and any are aren't as at be because been
    before being below between both but by can can't cannot could couldn't did didn't do does doesn't
    doing don't down during each either else ever every few for from further get gets got had hadn't has
    hasn't have haven't having he her here hers herself him himself his how however i i'm i've if in into
    is isn't it it's its itself just know let let's like many may me might mine more most much must my
    myself neither no nor not now of off on once one ones only or other our ours ourselves out over own
    per please quite rather really same shall she should shouldn't so some such tell than that that's the
    their theirs them themselves then there there's these they they're this those though through thus to
    too under until up upon us very via was wasn't we were weren't what what's whatever when where where's
    whether which while who who's whom whose why will with within without won't would wouldn't yet you
    you're your yours yourself
    arent cant couldnt didnt doesnt dont hadnt hasnt havent im isnt ive shouldnt thats theres theyre wasnt
    werent whats wheres whos wont wouldnt youre
    """.split()
)

_WORD = re.compile(r"\w+(?:['’]\w+)*")


def words(text: str) -> list[str]:
    """The words of a text, lower-cased, in order."""
    return [word.replace("’", "'") for word in _WORD.findall(text.lower())]


def content_words(text: str) -> list[str]:
    """The distinct words that carry content, in order; all words where none does."""
    every = list(dict.fromkeys(words(text)))
    return [word for word in every if word not in STOPWORDS] or every
