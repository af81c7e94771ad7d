"""What a quote says to a question or a claim: a small trained model, beside the rules of the verdict and the leash."""

from app.entailment.model import Entailment, Reading
from app.entailment.premise import premise
from app.entailment.settling import settles

__all__ = ["Entailment", "Reading", "premise", "settles"]
