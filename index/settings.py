"""What decides how an index is built, and where it is kept."""

import os
from dataclasses import dataclass
from pathlib import Path

from corpus import BUNDLED

DEFAULT_MODEL = "all-MiniLM-L6-v2"
FORMAT = 1  # raise when the layout of a build changes, so that older builds are refused with a reason


@dataclass(frozen=True, slots=True)
class IndexSettings:
    """Settings that a build is made with; a change of any of them asks for a new build.

    ``model`` is the name or folder of any sentence-transformers model, ``passage_chars`` the most
    characters a passage holds unless a single sentence is longer.
    """

    model: str = os.environ.get("ASKPOST_MODEL", DEFAULT_MODEL)
    passage_chars: int = 500


def default_home(corpus: Path = BUNDLED) -> Path:
    """Where the index of a corpus lives unless --index or ASKPOST_INDEX names another folder.

    The bundled post's index is kept in ``.askpost`` of the checkout (of the user's home, where
    askpost is installed without one); any other folder's beside its documents.
    """
    if named := os.environ.get("ASKPOST_INDEX"):
        return Path(named)
    if corpus.resolve() != BUNDLED.resolve():
        return corpus / ".askpost"
    checkout = BUNDLED.parent.parent
    return (checkout if (checkout / "pyproject.toml").exists() else Path.home()) / ".askpost"
