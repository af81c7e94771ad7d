"""Put an answer in words: quotes, a verdict, and fixed connecting words, nothing else."""

from collections.abc import Sequence

from app.contract import Citation, VerdictValue

SEE_ALSO = "See also:"


def compose(citations: Sequence[Citation], verdict: VerdictValue | None, leading: int) -> str:
    """The answer's text: the verdict, the ``leading`` quotes that answer, then the others."""
    lines = [f"“{citation.quote}” [{citation.n}]" for citation in citations]
    if verdict:
        lines[0] = f"{verdict.capitalize()}. {lines[0]}"
    main, more = lines[:leading], lines[leading:]
    return "\n".join([*main, *([" ".join([SEE_ALSO, *more])] if more else [])])


def abstention(has_post: bool, missing: Sequence[str]) -> str:
    """What is said when nothing answers, with the words of the question that occur nowhere."""
    said = "The post does not say." if has_post else "The sources do not say."
    if not missing:
        return said
    named = " or ".join(f"“{word}”" for word in missing)
    return f"{said} Nothing here mentions {named}."
