import pytest

from eval.metrics.attribution import citation_precision, citation_recall
from eval.metrics.exact import exact_f1, holds_exact
from eval.spans import Span

GOLD = [Span("a", "Cats sleep for most of the day and night."), Span("b", "Cats sleep a lot.")]
RIGHT, OTHER = Span("b", "Cats sleep a lot.", 0, 17), Span("a", "Dogs bark.", 50, 60)


@pytest.mark.parametrize(
    ("citations", "precision", "recall"),
    [
        ([RIGHT], 1.0, 1.0),
        ([OTHER], 0.0, 0.0),
        ([RIGHT, OTHER], 0.5, 1.0),
        ([OTHER, OTHER, RIGHT], 1 / 3, 1.0),
        ([], 0.0, 0.0),
    ],
)
def test_citations_that_support_and_that_do_not(citations: list[Span], precision: float, recall: float) -> None:
    assert citation_precision(citations, GOLD) == pytest.approx(precision)
    assert citation_recall(citations, GOLD) == recall


def test_an_answer_to_what_no_source_answers_is_not_supported() -> None:
    assert (citation_precision([RIGHT], []), citation_recall([RIGHT], [])) == (0.0, 0.0)


def test_a_part_of_a_gold_quote_supports_alone_in_its_own_source() -> None:
    part = Span("a", "most of the day", 15, 30)
    assert citation_precision([part, OTHER], GOLD) == 0.5
    assert citation_recall([Span("b", part.quote, 15, 30)], GOLD) == 0.0


def test_exact_words() -> None:
    quote = "Packer was written by Mitchell Hashimoto in the Go language."
    assert exact_f1("Mitchell Hashimoto", "Mitchell Hashimoto") == 1.0
    assert exact_f1(quote, "Mitchell Hashimoto") == pytest.approx(2 * 2 / (9 + 2))
    assert exact_f1(quote, "Linus") == 0.0
    assert holds_exact(quote, "mitchell  hashimoto,")
    assert holds_exact(quote, "in Go")  # articles do not count
    assert not holds_exact(quote, "Hashimoto Mitchell")
    assert not holds_exact(quote, "Mitchell Hashimoto in the Go language today")
