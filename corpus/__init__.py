"""What is known: the bundled post, its references, and the code that reads documents."""

import corpus.privacy  # noqa: F401 - first of all, so that no library is imported with its telemetry on
from corpus.documents import Document, Link, Section, Sentence, SentenceKind, Source, SourceKind
from corpus.loading import BUNDLED, load_corpus
from corpus.reading import read_document, read_text

__all__ = [
    "BUNDLED",
    "Document",
    "Link",
    "Section",
    "Sentence",
    "SentenceKind",
    "Source",
    "SourceKind",
    "load_corpus",
    "read_document",
    "read_text",
]
