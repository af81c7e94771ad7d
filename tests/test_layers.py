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
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines()) for path in modules(layer)
    }
    assert not {path: length for path, length in lengths.items() if length > LONGEST}


# Modules that train or export, and are never loaded to answer (tests/app/test_cli.py looks at sys.modules).
TRAINING = {
    "train.py",
    "loss.py",
    "network.py",
    "export.py",
    "mining.py",
    "evaluate.py",
    "smoothing.py",
    "pretrained.py",
    "thaw.py",
    "embedding.py",
}


@pytest.mark.parametrize("layer", LAYERS)
def test_only_training_and_export_reach_for_torch(layer: str) -> None:
    banned = {"torch", "transformers"}
    found = {
        str(path.relative_to(ROOT)): imported(path) & banned for path in modules(layer) if path.name not in TRAINING
    }
    assert not {path: names for path, names in found.items() if names}


@pytest.mark.parametrize("layer", LAYERS)
def test_nothing_unpickles(layer: str) -> None:
    banned = {"pickle", "dill", "joblib", "cloudpickle", "shelve", "marshal"}
    found = {str(path.relative_to(ROOT)): imported(path) & banned for path in modules(layer)}
    assert not {path: names for path, names in found.items() if names}
