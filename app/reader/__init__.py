"""The reader: two cross-encoders that score a sentence, read in its context, against a question.

Importing this package needs onnxruntime and tokenizers only; torch is for training (`app.reader.train`).
"""

from app.reader.context import Context
from app.reader.model import Network, Reader, Scorer

__all__ = ["Context", "Network", "Reader", "Scorer"]
