"""Draft questions for a question set of one's own post: from its text, with the sentence they were made from as gold.

A draft is a proposal for a person to accept, correct or skip. Its gold is the sentence that it was made from, not what
the assistant answers, so that the set does not flatter it; only for the document as a whole (its date, what it is
about) are the lines proposed that the assistant would take. Drafts keep to the text's wording, and so are easier than
a reader's own questions.

- definitions, headings and facts about the post: `app.suggesting`, whose questions the sources suggest themselves;
- yes/no questions: statements turned round ("The tea is warm." asks "is the tea warm?");
- unanswerable ones: what the bundled post speaks of and these sources do not, and blank ones that only name
  words the sources mention once, for a person to ask what the sources do not say of them.
"""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from app.about import about_lines
from app.evidence.definitions import defines
from app.evidence.shape import is_question, leans_back, points_elsewhere, question_shape
from app.suggesting import candidate_questions
from app.summary import whole_text_lines
from app.understand import is_telling
from app.verdict.clauses import split
from app.verdict.grammar import COPULAS, MODALS, POINTERS, PREPOSITIONS, verb_at
from app.verdict.words import tokenize
from corpus import load_corpus
from eval.questions import Question
from eval.spans import Span
from index.stopwords import STOPWORDS, content_words, words
from index.text_store import StoredSentence, TextStore

BLANKS = 5
FAR = 5
LONGEST = 24  # words of a statement that makes a question
DEV_SHARE = 4  # one draft in so many is of the dev split

_STATEMENT = re.compile(
    rf"^(?P<subject>[^,;:()?!]{{3,60}}?) (?P<verb>{'|'.join(sorted(COPULAS | MODALS))})"
    r"(?P<negation> not|n['’]t)? (?P<rest>[^;:()?!]{3,140})\.$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Draft:
    """A proposed question, and why. Without a question's text it is a blank to be filled."""

    question: Question
    reason: str

    @property
    def blank(self) -> bool:
        """Whether a person has to write the question."""
        return not self.question.question


def drafts(store: TextStore) -> list[Draft]:
    """Proposals from the sources' texts, of every kind in turn, each question once; blanks come last."""
    kinds = [list(_suggested(store)), list(_turned_round(store)), list(_elsewhere(store))]
    found: dict[str, Draft] = {}
    for turn in zip_longest(*kinds):
        for draft in filter(None, turn):
            found.setdefault(draft.question.question.casefold(), draft)
    return [*found.values(), *_blanks(store)]


def _draft(type_: str, question: str, gold: Sequence[StoredSentence], reason: str) -> Draft:
    spans = tuple(Span(sentence.source.id, sentence.text) for sentence in gold)
    made_of = "\x1f".join([type_, question, reason, *(span.quote for span in spans)])
    digest = hashlib.sha256(made_of.encode()).hexdigest()
    split = "dev" if int(digest, 16) % DEV_SHARE == 0 else "test"
    return Draft(Question(f"d-{digest[:8]}", question, spans, split, type_), reason)


def _suggested(store: TextStore) -> Iterator[Draft]:
    """The questions that the sources suggest, with the lines or sentences that suggest them."""
    for question in candidate_questions(store):
        shape = question_shape(question)
        if lines := about_lines(question, store):
            yield _draft("about", question, lines, "a line of the document's head")
        elif lines := whole_text_lines(question, store):
            yield _draft("summary", question, lines, "sentences that may sum it up")
        elif shape.asks == "definition":
            told = [s for s in _told(store) if defines(shape.term, s.text)]
            if told:
                yield _draft("span", question, told, "a definition")
        elif told := _under_headings(question, store):
            type_ = "compare" if shape.asks == "compare" else "span"
            yield _draft(type_, question, told, "the first sentence under the heading")


def _under_headings(question: str, store: TextStore) -> list[StoredSentence]:
    """The first sentence that tells something in each section whose heading the question names."""
    asked = f" {' '.join(words(question))} "
    first: dict[tuple[str, str], StoredSentence] = {}
    for sentence in _told(store):
        title = " ".join(words(sentence.section))
        if title and f" {title} " in asked:
            first.setdefault((sentence.source.id, sentence.section), sentence)
    return list(first.values())


def _told(store: TextStore) -> Iterator[StoredSentence]:
    """The sentences that tell something, the post's first."""
    for source in sorted(store.sources(), key=lambda source: source.kind != "post"):
        for sentence in store.sentences_of_source(source.id):
            telling = sentence.kind in ("prose", "list") and not is_question(sentence.text)
            if telling and not points_elsewhere(sentence.text):
                yield sentence


def _turned_round(store: TextStore) -> Iterator[Draft]:
    """Yes/no questions: a statement with its verb put first; yes, unless the statement denies."""
    for sentence in _told(store):
        statement = _STATEMENT.match(sentence.text)
        if not statement or len(sentence.text.split()) > LONGEST or leans_back(sentence.text):
            continue
        if len(split(sentence.text)) > 1:  # only the first of its clauses would be asked
            continue
        subject, rest = statement["subject"], statement["rest"]
        if not _is_subject(subject) or words(rest)[0] in ("not", "never", "no", "n't"):
            continue
        verb = "can" if statement["verb"].lower() == "ca" else statement["verb"].lower()
        asked = f"{verb} {_lower_first(subject, store)} {rest}?"
        draft = _draft("yesno", asked, [sentence], "a statement turned round")
        yield replace(draft, question=replace(draft.question, verdict="no" if statement["negation"] else "yes"))


def _is_subject(text: str) -> bool:
    """Whether the words before a verb name what it is said of: a noun, and no verb or clause of their own."""
    said = words(text)
    opens_badly = said[0] in POINTERS | PREPOSITIONS | {"if", "when", "while", "as", "because", "but", "and", "so"}
    about_people = bool({"i", "we", "you", "he", "she", "they", "my", "who", "which", "that"} & set(said))
    return not opens_badly and not about_people and set(said) - STOPWORDS != set() and verb_at(tokenize(text)) is None


def _lower_first(subject: str, store: TextStore) -> str:
    """The subject without its sentence's capital, unless it is a name: before another capital, or within a sentence."""
    first, *others = subject.split(" ", 1)
    inside = any(re.search(rf"(?<=[a-z,] ){re.escape(first)}\b", store.text(source.id)) for source in store.sources())
    name = inside or not first.istitle() or any(other[0].isupper() for other in others)
    return " ".join([first if name else first.lower(), *others])


def _elsewhere(store: TextStore) -> Iterator[Draft]:
    """What the bundled post has headings and links for, and these sources never speak of."""
    known = store.vocabulary()
    posts = [document for document in load_corpus() if document.source.kind == "post"]
    titles = [section.title for post in posts for section in post.sections if section.title != "Links"]
    terms = [*titles, *(link.text for post in posts for link in post.links)]
    few = {term.casefold(): term for term in reversed(terms) if 0 < len(words(term)) <= 2}
    strange = [few[term] for term in reversed(few) if not any(word in known for word in words(term))]
    for term in strange[:FAR]:
        yield _draft("unanswerable-far", f"what is {term}?", (), "of another post; no word of it is in these sources")


def _blanks(store: TextStore) -> Iterator[Draft]:
    """Blank unanswerable ones on the subject: words of the sources that are said once and not explained."""
    counts = store.vocabulary()
    found: dict[str, StoredSentence] = {}
    for sentence in _told(store):
        rare = [word for word in content_words(sentence.text) if counts.get(word) == 1 and _names(word)]
        if rare:
            found.setdefault(rare[0], sentence)
        if len(found) == BLANKS:
            break
    for word, sentence in found.items():
        reason = f"ask something about “{word}” that no source answers; it is said once: “{sentence.text}”"
        yield _draft("unanswerable-near", "", (), reason)


def _names(word: str) -> bool:
    """Whether a word may name something that can be asked about."""
    return word.isalpha() and len(word) > 2 and is_telling(word) and verb_at(tokenize(word)) is None
