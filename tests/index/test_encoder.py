"""The exported query encoder says what the model says."""

import re
from pathlib import Path

import numpy as np

from index.builds import current_build
from index.encoder import QueryEncoder
from index.models import find_model
from index.settings import BASE_MODEL, DEFAULT_MODEL

QUESTIONS = ["does docker share a kernel?", "x", "naïve café 日本語", "a much longer question " * 60]


def test_the_encoder_agrees_with_the_model(post_home: Path) -> None:
    from sentence_transformers import SentenceTransformer

    encoder = QueryEncoder(current_build(post_home) / "encoder")
    model = SentenceTransformer(str(find_model(DEFAULT_MODEL).folder), device="cpu")
    expected = model.encode(QUESTIONS, normalize_embeddings=True)
    for question, vector in zip(QUESTIONS, expected, strict=True):
        assert float(encoder.encode(question) @ vector) > 0.9999
        assert np.isclose(np.linalg.norm(encoder.encode(question)), 1.0, atol=1e-5)


def test_the_card_states_the_model_that_is_shipped() -> None:
    model = find_model(DEFAULT_MODEL)
    card = (model.folder / "README.md").read_text("utf-8")
    assert re.findall(r"\b[0-9a-f]{64}\b", card) == [model.sha256]
    assert (model.folder / "model.safetensors").stat().st_size < 46_000_000


def test_the_model_that_ours_began_from_is_found_by_name() -> None:
    plain, named = find_model(BASE_MODEL), find_model(f"sentence-transformers/{BASE_MODEL}")
    assert plain.folder == named.folder
    assert plain.sha256 == "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
