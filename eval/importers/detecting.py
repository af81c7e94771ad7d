"""Which format a file or folder is in, by what it holds and not by its name."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from eval.importers import beir, clapnq, selqa, squad
from eval.importers.carried import Data
from eval.questions import QuestionSetError


@dataclass(frozen=True, slots=True)
class Format:
    """A format that can be read; ``caution`` is what to know of figures on it."""

    name: str
    caution: str
    files: Callable[[Path], list[Path]]
    reader: Callable[[Path], Data]

    def read(self, path: Path) -> Data:
        """The data, if it holds to the format.

        Raises:
            QuestionSetError: it does not, or cannot be read.
        """
        try:
            data = self.reader(path)
        except (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
            reason = f"{error} is missing" if isinstance(error, KeyError) else str(error)
            raise QuestionSetError(f"{path} looks like {self.name}, but cannot be read as such: {reason}.") from error
        if not data.questions:
            raise QuestionSetError(f"{path} looks like {self.name}, and holds no question with its documents.")
        return data


_BEIR = Format(beir.NAME, beir.CAUTION, beir.files, beir.read)
_OF_FILES = tuple(
    (module.matches, Format(module.NAME, module.CAUTION, module.files, module.read))
    for module in (squad, clapnq, selqa)
)


def detect(path: Path) -> Format | None:
    """The format of public data, or None: then it is a question set of our own, or nothing that is known.

    Raises:
        QuestionSetError: a folder that is not of a known format.
    """
    if path.is_dir():
        if beir.matches_folder(path):
            return _BEIR
        raise QuestionSetError(
            f"{path} is a folder, and not one of BEIR ({beir.CORPUS}, {beir.QUERIES}, {beir.JUDGEMENTS}/*.tsv); "
            "give --set a file."
        )
    head = _head(path)
    return next((format_ for matches, format_ in _OF_FILES if matches(head)), None)


def _head(path: Path) -> object:
    """The JSON value of the first line, else of the whole file, else None."""
    try:
        with path.open(encoding="utf-8") as file:
            try:
                return json.loads(file.readline())
            except ValueError:
                file.seek(0)
                return json.load(file)
    except (OSError, ValueError, RecursionError):
        return None  # what is wrong with it is said by whoever reads it as a question set
