"""The query encoder: the embedding model as ONNX, so that a question never waits for torch."""

import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus.errors import IndexDamagedError

ONNX_FILE = "model.onnx"
TOKENIZER_FILE = "tokenizer.json"
CONFIG_FILE = "encoder.json"
ENCODER_FOLDER = "encoder"  # of a build
PROBE = "What is this about?"  # a question whose embedding says which model an encoder is of


class QueryEncoder:
    """Embeds questions with the encoder that a build carries; safe to share between threads."""

    def __init__(self, folder: Path) -> None:
        """Load the encoder.

        Raises:
            IndexDamagedError: a file of the encoder is missing or is not what it should be.
        """
        import onnxruntime
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # a question is so short that a second thread costs as much as it does
        options.log_severity_level = 3
        try:
            config = json.loads((folder / CONFIG_FILE).read_text(encoding="utf-8"))
            self._tokenizer = Tokenizer.from_file(str(folder / TOKENIZER_FILE))
            self._session = onnxruntime.InferenceSession(
                str(folder / ONNX_FILE), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # onnxruntime and tokenizers raise bare Exceptions
            raise IndexDamagedError(
                f"The query encoder in {folder} cannot be loaded ({error}); run `askpost index --force`."
            ) from error
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(int(config["max_length"]))
        self._prompt = str(config["query_prompt"])
        self._inputs = {tensor.name for tensor in self._session.get_inputs()}

    def encode(self, question: str) -> NDArray[np.float32]:
        """The question's embedding, of unit length, shape (dimensions,)."""
        encoding = self._tokenizer.encode(self._prompt + question)
        feeds = {
            "input_ids": encoding.ids,
            "attention_mask": encoding.attention_mask,
            "token_type_ids": encoding.type_ids,
        }
        arrays = {name: np.array([ids], dtype=np.int64) for name, ids in feeds.items() if name in self._inputs}
        vector: NDArray[np.float32] = self._session.run(None, arrays)[0][0]
        return vector / max(float(np.linalg.norm(vector)), 1e-12)
