"""Answers as plain data, whole: with the candidates considered, which the public contract leaves out."""

from dataclasses import asdict, fields
from functools import cache
from typing import TYPE_CHECKING, Any

from app.contract import Answer

if TYPE_CHECKING:
    from pydantic import TypeAdapter


def answer_to_data(answer: Answer) -> dict[str, Any]:
    """An answer as data that `answer_from_data` takes."""
    return asdict(answer)


def answer_from_data(data: dict[str, Any]) -> Answer:
    """The answer that was kept. Fields that this version does not know are passed over."""
    known = {field.name for field in fields(Answer)}
    return _adapter().validate_python({name: value for name, value in data.items() if name in known})


@cache
def _adapter() -> "TypeAdapter[Answer]":
    from pydantic import TypeAdapter  # slow to import, and not needed before there is an answer

    return TypeAdapter(Answer)
