"""Which sentences answer, and how likely: signals of a sentence, combined into one probability."""

from app.evidence.features import Rarity, features
from app.evidence.scoring import EvidenceModel

__all__ = ["EvidenceModel", "Rarity", "features"]
