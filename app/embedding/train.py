"""Trains the embedding model: `python -m app.embedding.train --data FOLDER`.

From all-MiniLM-L6-v2, on the reader's questions, with sentence-transformers' SentenceTransformerTrainer and its
MultipleNegativesRankingLoss: an answer is to be nearer to its question than sentences near it and than the answers to
other questions. Questions and sentences share one encoder. Needs the extra `train`.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Annotated

import torch
import typer
from datasets import Dataset
from sentence_transformers import SentenceTransformer, SentenceTransformerTrainer
from sentence_transformers.base.sampler import BatchSamplers
from sentence_transformers.sentence_transformer.losses import MultipleNegativesRankingLoss
from torch import Tensor, nn

from app.embedding.examples import OTHERS, Example, examples, texts_of, trainable
from app.embedding.network import ByLength
from app.reader.data import WRITTEN, load, seeded
from app.reader.export import sha256
from app.reader.mining import embed
from app.reader.train import MINILM, arguments, run, weights
from index.models import OWN

WEIGHTS = "model.safetensors"
CONFIG = "config.json"
COPIED = (
    "modules.json",
    "sentence_bert_config.json",
    "1_Pooling/config.json",
    "tokenizer.json",
    "tokenizer_config.json",
)
MOST_TOKENS = 128  # in training; the model itself takes 256
DROPOUT = 0.05


def train(made: list[Example], scratch: Path, *, batch: int, rate: float, seed: int, stop: int = 0) -> None:
    """Trains once through the examples, into state.pt; words keep the vectors that they have."""
    torch.set_num_threads(2)
    torch.manual_seed(seed)
    model = ByLength(str(MINILM), device="cpu")
    model.max_seq_length = MOST_TOKENS
    for module in model.modules():
        if isinstance(module, nn.Dropout):
            module.p = DROPOUT
    for name, parameter in model.named_parameters():
        parameter.requires_grad = "word_embeddings" not in name and "pooler" not in name
    columns = {"question": [one.question for one in made], "answer": [one.answer for one in made]}
    columns |= {f"other_{number}": [one.others[number] for one in made] for number in range(OTHERS)}
    trainer = SentenceTransformerTrainer
    args = arguments(scratch, batch, rate, seed, bf16=True, trainer=trainer)
    args.batch_sampler = BatchSamplers.NO_DUPLICATES
    loss = MultipleNegativesRankingLoss(model)
    run(model, loss, Dataset.from_dict(columns), args, scratch / "state.pt", stop, trainer)


def export(state: dict[str, Tensor], out: Path, scratch: Path) -> Path:
    """Writes a model of the weights in half precision, as sentence-transformers loads it; returns the weights' file.

    All but the weights is as MiniLM has it, which older releases of the library read as well.
    """
    model = SentenceTransformer(str(MINILM), device="cpu")
    model.load_state_dict(state)
    model.half().save_pretrained(str(scratch / "half"), create_model_card=False)
    (out / "1_Pooling").mkdir(parents=True, exist_ok=True)
    for name in COPIED:
        shutil.copyfile(MINILM / name, out / name)
    config = json.loads((MINILM / CONFIG).read_text("utf-8"))
    single = {**config, "torch_dtype": "float32"}  # what is computed with, whatever the file holds
    (out / CONFIG).write_text(json.dumps(single, indent=2) + "\n", "utf-8")
    return Path(shutil.copyfile(scratch / "half" / WEIGHTS, out / WEIGHTS))


def main(
    data: Annotated[Path, typer.Option(help="Folder with selqa-*.json, squad2-part.json and boolq-part.jsonl.")],
    out: Annotated[Path, typer.Option(help="Folder for the model; default: the index's own.")] = OWN,
    written: Annotated[Path, typer.Option(help="Folder with the reader's written sets.")] = WRITTEN,
    scratch: Annotated[Path, typer.Option(help="Folder for embeddings and checkpoints.")] = Path("build/embedding"),
    questions: Annotated[int, typer.Option(help="Train on this many questions; 0: on all.")] = 0,
    batch: int = 48,
    rate: float = 5e-5,
    seed: int = 1,
    stop: Annotated[int, typer.Option(help="Stop after this many steps, the schedule unchanged; 0: at the end.")] = 0,
    export_only: Annotated[bool, typer.Option(help="Write the model of a former run's state.pt.")] = False,
) -> None:
    """Train, write the model, and print the digest of its weights for the model card."""
    if not export_only:
        rng = seeded(seed)
        asked = trainable(load(data, written))
        if questions:
            asked = rng.sample(asked, min(questions, len(asked)))
        texts = texts_of(asked)
        near = embed(texts, SentenceTransformer(str(MINILM), device="cpu"), scratch)
        made = examples(asked, dict(zip(texts, near, strict=True)), rng)
        typer.echo(f"{len(made)} examples")
        train(made, scratch, batch=batch, rate=rate, seed=seed, stop=stop)
    file = export(weights(scratch / "state.pt"), out, scratch)
    typer.echo(f"{file.stat().st_size / 1e6:.1f} MB, sha256 {sha256(file)}")


if __name__ == "__main__":
    typer.run(main)
