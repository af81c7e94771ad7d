"""How well embedding models order a document's sentences: `python -m app.embedding.evaluate --data FOLDER`.

On held-out questions, each with the sentences of the passages that it was asked about, by sentence-transformers' own
RerankingEvaluator. A question without an answer has nothing to be found. Needs the extra `train`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.evaluation import RerankingEvaluator

from app.embedding.examples import text_of, texts_of
from app.reader.data import WRITTEN, Question, load, seeded
from index.models import find_model
from index.settings import BASE_MODEL, DEFAULT_MODEL

AT = 10


def samples(questions: Sequence[Question]) -> list[dict[str, str | list[str]]]:
    """The questions that have both answers and other sentences, as the evaluator takes them."""
    made: list[dict[str, str | list[str]]] = []
    for question in questions:
        right = {text_of(question, place) for place in question.answers}
        unsure = {text_of(question, place) for place in question.unsure}
        wrong = [text for text in texts_of([question]) if text not in right | unsure]
        if right and wrong:
            made.append({"query": question.text, "positive": sorted(right), "negative": wrong})
    return made


def main(
    data: Annotated[Path, typer.Option(help="Folder with selqa-*.json, squad2-part.json and boolq-part.jsonl.")],
    written: Annotated[Path, typer.Option(help="Folder with the reader's written sets.")] = WRITTEN,
    model: Annotated[
        list[str] | None, typer.Option(help="A model by name or folder; default: the one that is shipped, and MiniLM.")
    ] = None,
    sample: Annotated[int, typer.Option(help="At most this many questions of each source.")] = 150,
) -> None:
    """Print mean average precision, MRR and nDCG of each model, by source."""
    held_out = [question for question in load(data, written) if question.held_out and not question.bag]
    transformers = {
        name: SentenceTransformer(str(find_model(name).folder), device="cpu", local_files_only=True)
        for name in model or (BASE_MODEL, DEFAULT_MODEL)
    }
    for source in sorted({question.source for question in held_out}):
        asked = samples([question for question in held_out if question.source == source])
        if not asked:
            continue
        chosen = seeded(0).sample(asked, min(sample, len(asked)))
        evaluator = RerankingEvaluator(chosen, at_k=AT, name=source, write_csv=False)
        for name, transformer in transformers.items():
            found = evaluator(transformer)
            figures = ", ".join(f"{key.removeprefix(source + '_')} {value:.3f}" for key, value in found.items())
            typer.echo(f"{source}, {len(chosen)} questions, {name}: {figures}")


if __name__ == "__main__":
    typer.run(main)
