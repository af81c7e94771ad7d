"""Answers as plain data, whole: with the candidates considered, which the public contract leaves out."""

from dataclasses import asdict, fields
from typing import Any

from app.contract import Answer, Citation, Considered, Suggestion

_PARTS: dict[str, type[Citation] | type[Suggestion] | type[Considered]] = {
    "citations": Citation,
    "suggestions": Suggestion,
    "considered": Considered,
}


def answer_to_data(answer: Answer) -> dict[str, Any]:
    """An answer as data that `answer_from_data` takes."""
    return asdict(answer)


def answer_from_data(data: dict[str, Any]) -> Answer:
    """The answer that was kept. Fields that this version does not know are passed over."""
    known = _known(Answer, data)
    for name, part in _PARTS.items():
        known[name] = tuple(part(**_known(part, item)) for item in data.get(name, ()))
    known["corrections"] = tuple((before, after) for before, after in data.get("corrections", ()))
    known["missing"] = tuple(data.get("missing", ()))
    return Answer(**known)


def _known(type_: type[Any], data: dict[str, Any]) -> dict[str, Any]:
    names = {field.name for field in fields(type_)}
    return {name: value for name, value in data.items() if name in names}
