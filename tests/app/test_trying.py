"""What comes of asking the questions that the reader is trained on."""

from pathlib import Path

from app.evidence.cases import Case, Collection
from app.evidence.trying import of_passage, of_posts
from app.reader import Reader
from app.reader.data import Passage, Question
from corpus import Source, read_document

SENTENCES = (
    "The lighthouse of Arden was built in 1884.",
    "Its lamp was replaced in 1931.",
    "A keeper lived there with two goats until the lamp ran by itself.",
)


def test_a_posts_questions_are_asked_of_the_assistant(tmp_path: Path) -> None:
    document = read_document(
        Source(id="arden", title="", kind="post"), "# The light of Arden\n\n" + " ".join(SENTENCES)
    )
    cases = (
        Case("When was the lighthouse built?", (), (("arden", SENTENCES[0]),)),
        Case("When was the lighthouse built, really?", (), (("arden", SENTENCES[2]),)),
        Case("Which airline flies to Peru on Tuesdays?", (), ()),
    )
    rows = list(of_posts(Collection("arden", "written", (document,), cases), tmp_path / "index"))
    assert [row["question"] for row in rows] == [case.question for case in cases]
    assert [row["right"] for row in rows] == [True, False, True]
    assert {row["group"] for row in rows} == {"arden"}
    first, second, _ = (row["tempting"] for row in rows)
    assert isinstance(first, list)
    assert isinstance(second, list)
    assert SENTENCES[0] not in first
    assert second[0] == SENTENCES[0]


def test_a_passages_questions_are_asked_of_the_reader() -> None:
    passage = Passage("Arden", "Lighthouse of Arden", "", SENTENCES)
    reader = Reader()

    def asked(*answers: int) -> dict[str, object]:
        places = frozenset((0, index) for index in answers)
        return of_passage(Question("1", "selqa", "When was the lighthouse built?", (passage,), places), reader)

    assert asked(0)["right"] is True
    wrong = asked(1)
    assert (wrong["group"], wrong["right"]) == ("Arden", False)
    assert isinstance(wrong["tempting"], list)
    assert wrong["tempting"][0] == SENTENCES[0]
    assert asked()["right"] is False
