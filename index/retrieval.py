"""Hybrid retrieval: passages by embedding and sentences by words, fused by rank."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus.errors import AskpostError, IndexDamagedError
from index.builds import Manifest, check_settings, current_build, read_manifest
from index.encoder import ENCODER_FOLDER, QueryEncoder
from index.segments import BuildVectors
from index.text_store import TEXT_FILE, StoredSentence, TextStore
from index.verification import check_encoder

RRF_K = 60  # the constant of Cormack, Clarke and Büttcher (2009), "Reciprocal rank fusion"
DENSE_PASSAGES = 24
LEXICAL_SENTENCES = 48
POST_PASSAGES = 40  # of the post, always considered; a longer post is searched like any other source


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may answer: cosine to the question, bm25 (0 if no shared word), fused rank score."""

    sentence: StoredSentence
    cosine: float
    lexical: float
    fused: float


class Retriever:
    """Finds sentences in one build; safe to share between threads."""

    def __init__(self, build: Path) -> None:
        """Open a build's folder.

        Raises:
            IndexDamagedError: a part of the build is missing or broken.
            IndexMismatchError: its encoder is of another model than its vectors.
        """
        self.manifest: Manifest = read_manifest(build)
        self._encoder = QueryEncoder(build / ENCODER_FOLDER)
        check_encoder(self.manifest, self._encoder)
        self.store = TextStore(build / TEXT_FILE)
        try:
            self._vectors = BuildVectors(build, self.store)
        except AskpostError:
            self.store.close()
            raise
        self._post_passages = self.store.passages_of_kind("post", POST_PASSAGES)
        of_post = self.store.sentence_ids(self._post_passages).values()
        self._post_sentences = frozenset(id_ for ids in of_post for id_ in ids)

    @classmethod
    def open(cls, home: Path) -> "Retriever":
        """Open the build in use in an index home.

        Raises:
            NoIndexError: there is none.
            IndexMismatchError: it was made with another model or chunking than the settings ask for.
        """
        build = current_build(home)
        try:
            retriever = cls(build)
        except IndexDamagedError:
            if (again := current_build(home)) == build:
                raise
            retriever = cls(again)  # the first was replaced, and removed, while it was being opened
        try:
            check_settings(retriever.manifest)
        except AskpostError:
            retriever.close()
            raise
        return retriever

    def close(self) -> None:
        """Release the build's files."""
        self.store.close()
        self._vectors.close()

    def encode(self, question: str) -> NDArray[np.float32]:
        """The question's embedding, of unit length."""
        return self._encoder.encode(question)

    def retrieve(self, question: str, limit: int) -> list[Candidate]:
        """The ``limit`` most promising sentences, best first.

        Passages found by embedding and sentences found by words nominate sentences; those are
        ordered by the reciprocal-rank fusion of their cosine and bm25 ranks. The post's own
        sentences are ranked by cosine once more among themselves: a question is to the post first,
        and to the pages around it second.
        """
        vector = self.encode(question)
        dense = self._vectors.search([float(x) for x in vector], DENSE_PASSAGES)
        nearest = self.store.passages_of_keys([key for key, _ in dense])
        passages = list(dict.fromkeys([*nearest, *self._post_passages]))
        lexical = dict(self.store.search(question, LEXICAL_SENTENCES))
        of_passage = self.store.sentence_ids(passages)
        ids = list(dict.fromkeys([*(id_ for passage in passages for id_ in of_passage[passage]), *lexical]))
        if not ids:
            return []
        cosines = dict(zip(ids, map(float, self.store.embeddings(ids) @ vector), strict=True))
        by_cosine = sorted(ids, key=lambda id_: (-cosines[id_], id_))
        fused = _fuse([by_cosine, list(lexical), [id_ for id_ in by_cosine if id_ in self._post_sentences]])
        best = sorted(ids, key=lambda id_: (-fused[id_], id_))
        found = self.store.sentences(best[:limit])
        return [Candidate(s, cosines[s.id], lexical.get(s.id, 0.0), fused[s.id]) for s in found]


def _fuse(rankings: Sequence[Sequence[int]]) -> dict[int, float]:
    """Reciprocal-rank fusion: the sum over rankings of 1 / (k + rank)."""
    scores: dict[int, float] = {}
    for ranking in rankings:
        for rank, id_ in enumerate(ranking, start=1):
            scores[id_] = scores.get(id_, 0.0) + 1.0 / (RRF_K + rank)
    return scores
