"""The leash: a language model's sentences, checked against the quotes that they cite."""

from app.leash.checking import Finding, check_sentence
from app.leash.placing import Placement, Shelf, quotations
from app.leash.quotes import Quote

__all__ = ["Finding", "Placement", "Quote", "Shelf", "check_sentence", "quotations"]
