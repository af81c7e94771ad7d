"""How near two words are in meaning, by small word vectors (`data/vectors.npz`)."""

from functools import cache, lru_cache
from importlib.resources import files
from io import BytesIO

import numpy as np
from numpy.typing import NDArray

from app.verdict.words import Token, lemma

_FLOOR, _CEILING = 0.35, 0.75


@cache
def _vectors() -> dict[str, NDArray[np.float32]]:
    """Unit vectors by lemma; the first word of a lemma in the file stands for it."""
    with np.load(BytesIO(files(__package__).joinpath("data/vectors.npz").read_bytes())) as data:
        words = str(data["words"]).split()
        matrix = data["vectors"].astype(np.float32)
    matrix /= np.linalg.norm(matrix, axis=1, keepdims=True)
    found: dict[str, NDArray[np.float32]] = {}
    for word, vector in zip(words, matrix, strict=True):
        found.setdefault(lemma(word), vector)
        found.setdefault(word, vector)
    return found


@lru_cache(maxsize=50_000)
def similarity(a: Token, b: Token) -> float:
    """Relatedness from 0 (none, or a word unknown) to 1; opposites are related too."""
    vectors = _vectors()
    left, right = vectors.get(a.word, vectors.get(a.lemma)), vectors.get(b.word, vectors.get(b.lemma))
    if left is None or right is None:
        return 0.0
    return float(min(1.0, max(0.0, (float(left @ right) - _FLOOR) / (_CEILING - _FLOOR))))
