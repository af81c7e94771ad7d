"""The baseline's chunks; what it retrieves needs a model."""

from corpus import Document, Source
from eval.spans import Span
from eval.systems.naive import split


def test_chunks_are_exact_stretches_of_the_text() -> None:
    text = "\n\n".join(f"Paragraph {n} says a thing or two. " * 6 for n in range(30)).strip()
    chunks = split([Document(Source("a", "A"), text), Document(Source("b", "B"), "Short.")], 300, 60)
    assert len(chunks) > 20
    assert chunks[-1] == Span("b", "Short.", 0, 6)
    for chunk in chunks[:-1]:
        assert chunk.quote == text[chunk.start : chunk.end]
        assert len(chunk.quote) <= 300
