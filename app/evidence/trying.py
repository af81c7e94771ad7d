"""Ask what the reader is trained on: `python -m app.evidence.trying --data FOLDER --out FILE`.

One line a training question: whether the present models get it right, and the wrong sentences that they like best. The
next run of `app.reader.train` takes the file as `--outcomes`, to spend its time where it helps and to learn from what
would have been cited wrongly (hard negatives by the model itself: Xiong et al., 2021). Questions on written posts are
asked of the whole assistant, those on single passages of the reader with the passage given.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from rich.progress import track

from app.assistant import Assistant
from app.evidence.cases import Collection, written_collections
from app.reader import Reader
from app.reader.data import WRITTEN, Question, asked_anew, boolq, notes, selqa, squad
from index.building import build_index

MOST = 3  # tempting sentences a question
LIKELY = 0.05  # probability from which a sentence tempts
ODDS = -2.0  # the reader's log-odds from which one does


def of_posts(collection: Collection, home: Path) -> Iterator[dict[str, object]]:
    """The outcomes of a post's questions, those that are answered by rule left out."""
    build_index(collection.documents, home)
    assistant = Assistant.open(home)
    for case in collection.cases:
        question = assistant.understand(case.question, case.history).question
        if case.history or assistant.about(question):
            continue
        found = assistant.score(question)
        right = [case.answered_by(one.sentence.source.id, one.sentence.text) for one in found.scored]
        liked = [
            one.sentence.text
            for one, is_right in zip(found.scored, right, strict=True)
            if one.probability >= LIKELY and not is_right
        ]
        good = found.answered and any(right[:1]) if case.gold else not found.answered
        yield {"group": collection.name, "question": case.question, "right": good, "tempting": liked[:MOST]}
    assistant.close()


def of_passage(question: Question, reader: Reader) -> dict[str, object]:
    """The outcome of a question whose passage is given."""
    passage = question.passages[0]
    logits = reader.score(question.text, [passage.context(i) for i in range(len(passage.sentences))])
    known = question.answers | question.unsure
    order = np.argsort(-logits, kind="stable")
    liked = [passage.sentences[i] for i in order if logits[i] >= ODDS and (0, int(i)) not in known]
    best = int(order[0])
    good = (0, best) in question.answers and logits[best] >= 0 if question.answers else logits[best] < 0
    return {"group": question.group, "question": question.text, "right": bool(good), "tempting": liked[:MOST]}


def main(
    data: Annotated[Path, typer.Option(help="The folder with the SelQA, SQuAD and BoolQ files.")],
    out: Annotated[Path, typer.Option(help="The file to write.")],
    homes: Annotated[Path, typer.Option(help="Where to keep the small indexes.")] = Path("artifacts/trying"),
) -> None:
    """Ask every training question, and write what came of it."""
    sets = {"selqa": list(selqa(data)), "squad": list(squad(data)), "boolq": list(boolq(data))}
    passages = [*sets["selqa"], *sets["squad"], *asked_anew(sets, WRITTEN), *notes(WRITTEN)]
    reader = Reader()
    with out.open("w", encoding="utf-8") as file:
        for collection in written_collections("train"):
            for row in of_posts(collection, homes / collection.name):
                file.write(json.dumps(row) + "\n")
        for question in track([one for one in passages if not one.held_out], description="passages", transient=True):
            file.write(json.dumps(of_passage(question, reader)) + "\n")


if __name__ == "__main__":
    typer.run(main)
