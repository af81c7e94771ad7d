"""What the entailment model reads of a quote: the words around it that it needs, and the quote."""

import re

_POINTS = re.compile(r"^(?:it|its|it's|this|that|these|those|they|them|he|she|his|her|so|and|but|not|no|yes)\b", re.I)


def premise(subject: str, quote: str, before: str = "") -> str:
    """The quote under its subject; with the sentence before it where it points back by its first word."""
    text = f"{before.strip()} {quote.strip()}" if before.strip() and _POINTS.match(quote.strip()) else quote.strip()
    subject = subject.strip().rstrip(":")
    return f"{subject}: {text}" if subject else text
