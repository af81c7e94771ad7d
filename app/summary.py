"""Questions for the whole text in short: "tl;dr?", "what is this post about?".

Such a question shares no word with its answer, so nothing is retrieved for it. The author's own
summing-up comes first ("in a nutshell", "tl;dr"), then the sentences nearest to the centroid of the
text, as in centroid-based summarisation (Radev, Jing, Styś and Tam, 2004).
"""

import re

from app.about import subject_sources
from app.evidence.shape import is_question, leans_back, points_elsewhere, question_shape, sums_up
from index.stopwords import content_words, words
from index.text_store import StoredSentence, TextStore

MOST = 3
LEAST_WORDS = 7  # of a sentence that can stand for a text

# What is left of a summary question without these words is its subject; none left: the whole text.
_ASKING = re.compile(
    r"^(tl|dr|tldr|summar\w*|short|brief(ly)?|nutshell|gist|key|main|points?|takeaways?|ideas?|messages?|bottom|line|boils?"
    r"|overview|sum|words?|whole|entire|full|thing|things|post|article|blog|page|text|piece|write|writeup|entry|story"
    r"|say|says|give|quick|please|author|blogger|writer|cover(s|ed)?|conclusions?|conclude[sd]?|overall|read|version)$"
)


def whole_text_lines(question: str, store: TextStore) -> list[StoredSentence]:
    """The sentences that sum up the text a question asks for as a whole; none for other questions."""
    if question_shape(question).asks != "summary" or any(not _ASKING.match(word) for word in content_words(question)):
        return []
    source = next(iter(subject_sources(question, store.sources())), None)
    if source is None:
        return []
    sentences = [s for s in store.sentences_of_source(source.id) if s.kind in ("prose", "list") and _tells(s.text)]
    if not sentences:
        return []
    vectors = store.embeddings([sentence.id for sentence in sentences])
    centrality = vectors @ vectors.mean(axis=0)
    standing = [(not sums_up(s.text), -float(c), s.id) for s, c in zip(sentences, centrality, strict=True)]
    return [sentences[i] for i in sorted(range(len(sentences)), key=standing.__getitem__)[:MOST]]


def _tells(sentence: str) -> bool:
    return len(words(sentence)) >= LEAST_WORDS and not (
        is_question(sentence) or points_elsewhere(sentence) or leans_back(sentence)
    )
