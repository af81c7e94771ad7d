"""Embed documents with sentence-transformers, each text once, and export the query encoder.

torch is imported only when a text is not in the cache yet, or the encoder was never exported.
"""

import json
import warnings
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from langchain_core.embeddings import Embeddings
from numpy.typing import NDArray

from corpus.errors import ModelError
from index.embedding_cache import VectorCache, copy_encoder, encoder_folder, vector_key
from index.encoder import CONFIG_FILE, ONNX_FILE, PROBE, TOKENIZER_FILE, QueryEncoder
from index.models import ModelFiles

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

BATCH = 32  # texts the model sees at once
CHUNK = 256  # texts stored in the cache at once, so that a killed build loses little work

Progress = Callable[[str, int, int], None]


class CachedEmbeddings(Embeddings):
    """LangChain embeddings over a sentence-transformers model and a cache on disk.

    Rows of the cache are keyed by the model's weights and the text, so a changed model or text can
    never be served an old vector. ``computed`` counts the texts that the model had to embed.
    """

    def __init__(self, model: ModelFiles, cache: Path, progress: Progress = lambda *_: None) -> None:
        self._model = model
        self._folder = cache
        self._progress = progress
        self._cache = VectorCache(cache)
        self.computed = 0

    def close(self) -> None:
        """Close the cache."""
        self._cache.close()

    @cached_property
    def _transformer(self) -> "SentenceTransformer":
        self._progress("Loading the model (torch takes some seconds)", 0, 0)
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging

        logging.disable_progress_bar()  # type: ignore[no-untyped-call] # transformers leaves it untyped
        try:
            return SentenceTransformer(str(self._model.folder), device="cpu", local_files_only=True).eval()
        except Exception as error:
            raise ModelError(f"The model {self._model.name!r} cannot be loaded: {error}") from error

    def key(self, text: str) -> str:
        """What a text's vector is kept under: a digest of the model's weights and the text."""
        return vector_key(self._model.sha256, text)

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit-length embeddings, shape (len(texts), dimensions), from the cache where it has them."""
        keys = [self.key(text) for text in texts]
        found = self._cache.get(keys)
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in found}
        pending = list(missing.items())
        for start in range(0, len(pending), CHUNK):
            batch = pending[start : start + CHUNK]
            vectors = self._transformer.encode_document(
                [text for _, text in batch], batch_size=BATCH, normalize_embeddings=True, show_progress_bar=False
            ).astype(np.float32)
            new = {key: vector for (key, _), vector in zip(batch, vectors, strict=True)}
            self._cache.put(new)
            found |= new
            self.computed += len(batch)
            self._progress("Embedding", start + len(batch), len(pending))
        return np.stack([found[key] for key in keys]) if keys else np.empty((0, 0), np.float32)

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """LangChain's interface to `embed`."""
        return [[float(x) for x in vector] for vector in self.embed(texts)]

    def embed_query(self, text: str) -> list[float]:
        """LangChain's interface for a single text."""
        return [float(x) for x in self.embed([text])[0]]

    def put_encoder(self, folder: Path) -> dict[str, str]:
        """Write the exported query encoder into ``folder``, exported now if it is not in the cache whole.

        Returns the sha256 of its files.
        """

        def export(target: Path) -> None:
            self._progress("Exporting the query encoder to ONNX", 0, 0)
            export_encoder(self._transformer, target)

        return copy_encoder(encoder_folder(self._folder, self._model.sha256), folder, export)


def export_encoder(transformer: "SentenceTransformer", folder: Path) -> None:
    """Write the model, pooling included, as ONNX with its tokenizer, and see that it says what the model says.

    Raises:
        ModelError: the export does not agree with the model.
    """
    import torch

    names = [name for name in ("input_ids", "attention_mask", "token_type_ids") if name in _example(transformer)]

    class Encoder(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.transformer = transformer

        def forward(self, *inputs: torch.Tensor) -> torch.Tensor:
            embedding: torch.Tensor = self.transformer(dict(zip(names, inputs, strict=True)))["sentence_embedding"]
            return embedding

    example = _example(transformer)
    folder.mkdir(parents=True, exist_ok=True)
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")  # the tracer warns of shape checks that hold for every input
        torch.onnx.export(
            Encoder().eval(),
            tuple(example[name] for name in names),
            str(folder / ONNX_FILE),
            input_names=names,
            output_names=["embedding"],
            dynamic_axes={name: {0: "batch", 1: "tokens"} for name in names} | {"embedding": {0: "batch"}},
            opset_version=17,
            dynamo=False,
        )
    transformer.tokenizer.backend_tokenizer.save(str(folder / TOKENIZER_FILE))
    config = {
        "max_length": transformer.max_seq_length or 512,
        "query_prompt": transformer.prompts.get("query") or "",
    }
    (folder / CONFIG_FILE).write_text(json.dumps(config), encoding="utf-8")
    expected = transformer.encode_query([PROBE], normalize_embeddings=True, show_progress_bar=False)[0]
    if not np.allclose(QueryEncoder(folder).encode(PROBE), expected, atol=1e-3):
        raise ModelError("The model cannot be exported to ONNX: the export gives other embeddings than the model.")


def _example(transformer: "SentenceTransformer") -> dict[str, "object"]:
    return dict(transformer.tokenizer(["an example of two", "texts"], return_tensors="pt", padding=True))
