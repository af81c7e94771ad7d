"""The shape of sentences, by general rules of English: texts of no one post."""

import pytest

from app.evidence.shape import leans_back, points_elsewhere


@pytest.mark.parametrize(
    ("sentence", "leans"),
    [
        ("It was built in 1890.", True),
        ("It's designed to last.", True),
        ("They left early.", True),
        ("It takes the image apart.", True),
        ("It seems most bakers prefer rye.", False),
        ("But it turned out that rye sours faster.", False),
        ("It’s worth saying that rye keeps longer.", False),
        ("It takes about an hour to rise.", False),
        ("Rye keeps longer.", False),
    ],
)
def test_what_points_back(sentence: str, leans: bool) -> None:
    assert leans_back(sentence) is leans


@pytest.mark.parametrize(
    ("sentence", "points"),
    [("Here are the links:", True), ("The loaf cools on a rack.", False)],
)
def test_what_only_points_elsewhere(sentence: str, points: bool) -> None:
    assert points_elsewhere(sentence) is points
