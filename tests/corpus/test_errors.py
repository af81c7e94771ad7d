"""The hierarchy that corpus/errors.py draws is the one there is."""

import importlib
import re

import pytest

from corpus import errors
from corpus.errors import AskpostError

DRAWN = re.compile(r"^[ │├└─]*(?P<name>\w+Error) +(?:exit code )?(?P<code>\d)?(?: *\((?P<module>[\w.]+))?")


def drawn() -> list[tuple[type[AskpostError], int]]:
    """Each class of the drawing, with its exit code or that of the class that it hangs from."""
    found: list[tuple[type[AskpostError], int]] = []
    for line in (errors.__doc__ or "").splitlines():
        if "Error" in line and (match := DRAWN.match(line)):
            module = importlib.import_module(match["module"]) if match["module"] else errors
            code = int(match["code"]) if match["code"] else found[-1][1]
            found.append((getattr(module, match["name"]), code))
    return found


def test_every_error_of_this_module_is_drawn() -> None:
    defined = {value for value in vars(errors).values() if isinstance(value, type) and issubclass(value, Exception)}
    assert defined <= {error for error, _ in drawn()}


@pytest.mark.parametrize(("error", "code"), drawn(), ids=lambda value: getattr(value, "__name__", str(value)))
def test_what_is_drawn_is_so(error: type[AskpostError], code: int) -> None:
    assert issubclass(error, AskpostError)
    assert error.exit_code == code
