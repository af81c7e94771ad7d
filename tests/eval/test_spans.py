import pytest

from eval.spans import Span, covers, hits, shared

GOLD = Span("post", "docker shares the kernel")  # 24 characters


@pytest.mark.parametrize(
    ("quote", "share", "hit", "cover"),
    [
        ("docker shares the kernel", 1.0, True, True),
        ("So, docker  shares the\nkernel and more", 1.0, True, True),  # white space does not count
        ("docker", 6 / 24, True, False),  # contained in the gold quote
        ("a docker shares", 13 / 24, True, True),
        ("one docker shar", 11 / 24, False, False),
        ("docker about the kernel", 11 / 24, False, False),  # " the kernel": two short runs do not add up
        ("", 0.0, False, False),
        (" \n", 0.0, False, False),
    ],
)
def test_hit_rule(quote: str, share: float, hit: bool, cover: bool) -> None:
    span = Span("post", quote)
    assert shared(span, GOLD) == pytest.approx(share)
    assert hits(span, GOLD) is hit
    assert covers(span, GOLD) is cover


def test_another_source_never_hits() -> None:
    assert not hits(Span("lxc", GOLD.quote), GOLD)
    assert shared(Span("lxc", GOLD.quote), GOLD) == 0.0
