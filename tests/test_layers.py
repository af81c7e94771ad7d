"""Layers import one way only: corpus <- index <- app <- eval."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LAYERS = ["corpus", "index", "app", "eval"]
LONGEST = 320  # lines; a module is read in one sitting


def modules(layer: str) -> Iterator[Path]:
    return (path for path in (ROOT / layer).rglob("*.py") if "bundled" not in path.parts)


def imported(path: Path) -> set[str]:
    """The top-level packages that a module imports, anywhere in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative imports hide the layer"
            names.add((node.module or "").split(".")[0])
    return names


@pytest.mark.parametrize("layer", LAYERS)
def test_a_layer_imports_only_from_those_before_it(layer: str) -> None:
    later = set(LAYERS[LAYERS.index(layer) + 1 :])
    found = {str(path.relative_to(ROOT)): imported(path) & later for path in modules(layer)}
    assert not {path: names for path, names in found.items() if names}


@pytest.mark.parametrize("layer", LAYERS)
def test_a_module_is_read_in_one_sitting(layer: str) -> None:
    lengths = {str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines()) for path in modules(layer)}
    assert not {path: length for path, length in lengths.items() if length > LONGEST}


def test_the_question_path_does_not_reach_for_torch_or_pickle() -> None:
    """Modules that the assistant loads name neither torch nor a way to run code from disk."""
    banned = {"torch", "transformers", "pickle", "dill", "joblib", "cloudpickle", "shelve", "marshal"}
    question_path = [
        *(ROOT / "corpus").rglob("*.py"),
        *(ROOT / "app" / "web").rglob("*.py"),
        *(ROOT / "app" / "verdict").rglob("*.py"),
        *(ROOT / "app" / "understand").rglob("*.py"),
        ROOT / "app" / "assistant.py",
        ROOT / "app" / "reader" / "model.py",
        ROOT / "app" / "reader" / "context.py",
        ROOT / "index" / "retrieval.py",
        ROOT / "index" / "encoder.py",
    ]
    assert not {str(path): imported(path) & banned for path in question_path if imported(path) & banned}
