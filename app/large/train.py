"""Trains the large network: `python -m app.large.train --data FOLDER --reader STATE --entailment STATE`.

On what the reader and the entailment model are trained on, a batch of the one after a batch of the other, with
sentence-transformers' CrossEncoderTrainer. What comes of it, `reader.pt` and `entailment.pt`, is exported by
`app.reader.train` and `app.entailment.train` with `--epochs 0`. Needs the extra `train`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import torch
import typer
from datasets import Dataset, DatasetDict
from sentence_transformers.base.sampler import MultiDatasetBatchSamplers
from torch import Tensor

from app.entailment.data import Pair, pairs_by_split, some, training_pass
from app.entailment.model import MOST_TOKENS
from app.large.loss import RowsLoss, rows
from app.large.network import HEADS, build, joined, parted
from app.reader.context import Encoder
from app.reader.data import WRITTEN, load, seeded
from app.reader.examples import Example, Recipe
from app.reader.loss import ReaderLoss
from app.reader.mining import tried
from app.reader.pretrained import of_network, write
from app.reader.train import MINILM, arguments, numbered, prepared, run, weights

BATCH = 8  # questions, or rows of pairs


def train(
    state: dict[str, Tensor], made: list[Example], pairs: list[Pair], scratch: Path, *, rate: float, seed: int,
    stop: int = 0, pointwise_weight: float = 0.3,
) -> None:  # fmt: skip
    """Trains on from `state`, until one of the two kinds of data is used up; writes state.pt, of both tasks."""
    torch.set_num_threads(2)
    torch.manual_seed(seed)
    model = build(str(write(of_network(state), scratch / "encoder", MINILM)), MOST_TOKENS)
    model.load_state_dict(state)
    data = DatasetDict({
        "reader": numbered(made),
        "entailment": Dataset.from_dict(rows(pairs)),
    })  # fmt: skip
    loss = {
        "reader": ReaderLoss(model, made, Encoder(MINILM / "tokenizer.json"), pointwise_weight),
        "entailment": RowsLoss(model),
    }
    args = arguments(scratch, BATCH, rate, seed, bf16=True)
    args.multi_dataset_batch_sampler = MultiDatasetBatchSamplers.ROUND_ROBIN
    run(model, loss, data, args, scratch / "state.pt", stop)


def main(
    data: Annotated[Path, typer.Option(help="Folder with selqa-*.json, squad2-part.json and boolq-part.jsonl.")],
    reader: Annotated[Path | None, typer.Option(help="A reader's weights to begin from, a state.pt.")] = None,
    entailment: Annotated[Path | None, typer.Option(help="Those of an entailment model of the same shape.")] = None,
    start_from: Annotated[Path | None, typer.Option(help="A former run's state.pt to go on from instead.")] = None,
    scratch: Annotated[Path, typer.Option(help="Folder for embeddings, checkpoints and what comes of it.")] = Path(
        "build/large"
    ),
    questions: Annotated[int, typer.Option(help="How many questions of the reader's.")] = 4000,
    pairs: Annotated[int, typer.Option(help="How many pairs of the entailment model's.")] = 16000,
    outcomes: Annotated[
        Path | None, typer.Option(help="A file of app.evidence.trying: what went wrong comes first, with its decoys.")
    ] = None,
    hard: Annotated[float, typer.Option(help="The share of what went wrong that comes first.")] = 0.25,
    rate: float = 5e-5,
    seed: int = 1,
    stop: Annotated[int, typer.Option(help="Stop after this many steps, the schedule unchanged; 0: at the end.")] = 0,
) -> None:
    """Train, and write the weights of both tasks apart."""
    if start_from and not reader and not entailment:
        state = weights(start_from)
    elif reader and entailment and not start_from:
        state = joined(weights(reader), weights(entailment))
    else:
        raise typer.BadParameter("give what to begin from: --reader and --entailment, or --start-from")
    recipe = Recipe(same=0, elsewhere=0.3, twice=frozenset({"squad"}))
    told = tried(outcomes) if outcomes else None
    made = prepared(
        load(data, WRITTEN), scratch, recipe, epochs=1, seed=seed, limit=questions, outcomes=told, hard=hard
    )
    chosen = training_pass(some(pairs_by_split(data)[0], [], pairs, seeded(seed)), seeded(seed))
    train(state, made, chosen, scratch, rate=rate, seed=seed, stop=stop)
    trained = weights(scratch / "state.pt")
    for task in HEADS:
        torch.save(parted(trained, task), scratch / f"{task}.pt")


if __name__ == "__main__":
    typer.run(main)
