"""Language models as an option: they phrase, the leash checks, and the quotes stay what the answer rests on."""

from app.backends.model import BackendError, LanguageModel
from app.backends.phrasing import Phrasing, spoken

__all__ = ["BackendError", "LanguageModel", "Phrasing", "spoken"]
