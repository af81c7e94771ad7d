"""Trains the entailment model: `python -m app.entailment.train --data FOLDER --start-from STATE`.

From the reader's encoder, with sentence-transformers' CrossEncoderTrainer, on the claims and questions in `written/`,
the verdict's pairs, the reader's yes/no questions, the leash's sentences and BoolQ. `dev` posts and those that the
leash is measured on are left out. Needs the extra `train`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import torch
import typer
from datasets import Dataset
from sentence_transformers.cross_encoder import CrossEncoder
from torch import Tensor

from app.entailment.data import CLAIMS, LABELS, POSTS, Pair, pairs_by_split, some, training_pass
from app.entailment.evaluate import report
from app.entailment.export import export
from app.entailment.loss import PairLoss
from app.entailment.model import FOLDER, MOST_TOKENS, Entailment
from app.entailment.network import build
from app.reader.data import seeded
from app.reader.network import mean
from app.reader.pretrained import of_folder, of_network, write
from app.reader.train import MINILM, arguments, run, weights


def train(
    pairs: Sequence[Pair], scratch: Path, *, epochs: int, batch: int, rate: float, seed: int,
    start_from: Sequence[Path] = (), begin: Path | None = None, stop: int = 0,
) -> CrossEncoder:  # fmt: skip
    """Trains `epochs` differently typed passes over the pairs.

    From the encoder of a reader or from a former run in `start_from`, or else from the pretrained one in `begin`.
    """
    torch.set_num_threads(2)
    torch.manual_seed(seed)
    rng = seeded(seed)
    state = mean([weights(file) for file in start_from]) if start_from else {}
    base = of_folder(begin, MINILM) if begin else of_network(state)
    model = build(str(write(base, scratch / "encoder", MINILM)), MOST_TOKENS)
    fits = {name: values for name, values in state.items() if _fits(model, name, values)}
    model.load_state_dict(fits, strict=False)
    if not epochs:
        return model
    passes = [pair for _ in range(epochs) for pair in training_pass(pairs, rng)]
    dataset = Dataset.from_dict({
        "hypothesis": [pair.hypothesis for pair in passes],
        "premise": [pair.premise for pair in passes],
        "label": [LABELS.index(pair.label) for pair in passes],
    })  # fmt: skip
    typer.echo(f"{len(pairs)} pairs, {len(passes)} to train on")
    run(model, PairLoss(model), dataset, arguments(scratch, batch, rate, seed, bf16=True), scratch / "state.pt", stop)
    return model


def _fits(model: CrossEncoder, name: str, weights: Tensor) -> bool:
    own = model.state_dict().get(name)
    return own is not None and own.shape == weights.shape


def main(
    data: Annotated[Path, typer.Option(help="Folder with selqa-*.json and boolq-part.jsonl.")],
    start_from: Annotated[
        list[Path] | None, typer.Option(help="Weights to go on from, a state.pt or model.onnx; of several, their mean.")
    ] = None,
    begin: Annotated[
        Path | None, typer.Option(help="Folder of a pretrained BERT or MPNet to begin from instead.")
    ] = None,
    out: Annotated[Path, typer.Option(help="Folder for the model; default: this package's own.")] = FOLDER,
    claims: Annotated[Path, typer.Option(help="Folder with the blocks of quotes and lines.")] = CLAIMS,
    written: Annotated[Path, typer.Option(help="Folder with the reader's written sets.")] = POSTS,
    scratch: Annotated[Path, typer.Option(help="Folder for checkpoints and the fp32 graph.")] = Path(
        "build/entailment"
    ),
    epochs: int = 2,
    batch: int = 32,
    rate: float = 1e-4,
    seed: int = 1,
    stop: Annotated[int, typer.Option(help="Stop after this many steps, the schedule unchanged; 0: at the end.")] = 0,
    always: Annotated[
        list[str] | None, typer.Option(help="Train on the texts whose SET/NAME begins so, and on `others` of the rest.")
    ] = None,
    others: Annotated[int, typer.Option(help="How many of the rest; without --always all texts are taken.")] = 0,
) -> None:
    """Train, report on what was held out, export to ONNX and quantise to int8."""
    if bool(start_from) == bool(begin):
        raise typer.BadParameter("give what to start from, by either --start-from or --begin")
    training, held_out = pairs_by_split(data, claims, written)
    if always:
        training = some(training, always, others, seeded(seed))
    model = train(training, scratch, epochs=epochs, batch=batch, rate=rate, seed=seed, start_from=start_from or [],
                  begin=begin, stop=stop)  # fmt: skip
    export(model, [(pair.hypothesis, pair.premise) for pair in training[:40]], out, scratch)
    report(held_out, Entailment([out]))


if __name__ == "__main__":
    typer.run(main)
