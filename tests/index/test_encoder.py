"""The exported query encoder says what the model says."""

from pathlib import Path

import numpy as np

from index.builds import current_build
from index.encoder import QueryEncoder
from index.models import find_model

QUESTIONS = ["does docker share a kernel?", "x", "naïve café 日本語", "a much longer question " * 60]


def test_the_encoder_agrees_with_the_model(post_home: Path) -> None:
    from sentence_transformers import SentenceTransformer

    encoder = QueryEncoder(current_build(post_home) / "encoder")
    model = SentenceTransformer(str(find_model("all-MiniLM-L6-v2").folder), device="cpu")
    expected = model.encode(QUESTIONS, normalize_embeddings=True)
    for question, vector in zip(QUESTIONS, expected, strict=True):
        assert float(encoder.encode(question) @ vector) > 0.9999
        assert np.isclose(np.linalg.norm(encoder.encode(question)), 1.0, atol=1e-5)
