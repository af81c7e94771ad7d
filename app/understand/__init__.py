"""What a question asks, once its spelling is repaired and its follow-up references are filled in.

`understand(question, history, vocabulary)` works by rules and word counts alone: no language model.
A question that is spelled well and stands on its own comes back unchanged.
"""

from app.contract import Turn
from app.understand._english import is_telling
from app.understand._types import Understood
from app.understand._understand import understand
from app.understand._vocabulary import Vocabulary

__all__ = ["Turn", "Understood", "Vocabulary", "is_telling", "understand"]
