from eval.metrics.quotes import hit_at, reciprocal_rank
from eval.metrics.verbatim import is_verbatim, verbatim_rate
from eval.metrics.words import best_f1, f1, words
from eval.spans import Span

A, B, C = (Span("s", text) for text in ("alpha alpha", "beta beta", "gamma gamma"))


def test_hit_at_k_and_reciprocal_rank() -> None:
    assert not hit_at(1, [A, B, C], [B])
    assert hit_at(2, [A, B, C], [B])
    assert hit_at(1, [A, B, C], [C, A])  # any gold quote will do
    assert reciprocal_rank([A, B, C], [C]) == 1 / 3
    assert reciprocal_rank([A, B], [C]) == 0.0
    assert reciprocal_rank([], [C]) == 0.0


def test_words_drop_articles_case_and_punctuation() -> None:
    assert words("The VM, it's  a Kernel!") == ["vm", "its", "kernel"]


def test_f1() -> None:
    assert f1("docker shares the kernel", "Docker shares a kernel.") == 1.0
    assert f1("docker shares a kernel", "docker shares") == 2 * 2 / (3 + 2)
    assert f1("kernel kernel", "kernel") == 2 * 1 / (2 + 1)  # bags of words, not sets
    assert f1("docker", "packer") == 0.0
    assert f1("", "") == 0.0
    assert best_f1("docker shares", ["packer", "docker shares"]) == 1.0
    assert best_f1("docker", []) == 0.0


def test_verbatim() -> None:
    texts = {"s": "One two three."}
    good = Span("s", "two", 4, 7)
    bad = [
        Span("s", "two", 3, 6),
        Span("s", "Two", 4, 7),
        Span("t", "two", 4, 7),
        Span("s", "", 4, 4),
        Span("s", "two"),
    ]
    assert is_verbatim(good, texts)
    assert not any(is_verbatim(span, texts) for span in bad)
    assert not is_verbatim(Span("s", "three", -6, -1), texts)  # negative offsets count from the end in Python only
    assert verbatim_rate([good, bad[0]], texts) == 0.5
    assert verbatim_rate([], texts) is None
