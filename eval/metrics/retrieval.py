"""Retrieval before reading: nDCG@10, R@5 and RR, by ir-measures.

The collection is what the system itself retrieves (sentences, or chunks). A unit is relevant when it
holds at least half of a gold quote; a unit that is merely part of one, such as a heading, is not.
Questions without a relevant unit have no value. Chunks make this easier, not harder: there are fewer of them.
Where whole documents were judged instead (BEIR), the collection is the documents, and a document's rank is
that of the first of its units.
Sources: Järvelin and Kekäläinen, "Cumulated Gain-based Evaluation of IR Techniques" (TOIS 2002);
MacAvaney, Macdonald and Ounis, "Streamlining Evaluation with ir-measures" (ECIR 2022).
"""

from collections.abc import Mapping, Sequence

import ir_measures
from ir_measures import RR, R, nDCG

from eval.spans import Span, covers

MEASURES = {"ndcg_10": nDCG @ 10, "recall_5": R @ 5, "rr": RR}


def relevant_units(units: Sequence[Span], gold: Sequence[Span]) -> list[Span]:
    """The units that hold at least half of a gold quote."""
    return [unit for unit in units if any(covers(unit, quote) for quote in gold)]


def retrieval_values(
    relevant: Mapping[str, Sequence[Span]], rankings: Mapping[str, Sequence[Span]]
) -> dict[str, dict[str, float]]:
    """Values by question id and measure; questions with nothing relevant are left out."""
    qrels = {id_: {_name(unit): 1 for unit in units} for id_, units in relevant.items() if units}
    return _values(qrels, {id_: [_name(unit) for unit in rankings.get(id_, ())] for id_ in qrels})


def document_values(
    grades: Mapping[str, Mapping[str, int]], rankings: Mapping[str, Sequence[Span]]
) -> dict[str, dict[str, float]]:
    """The same for questions with graded documents; ``rankings`` are of units."""
    qrels = {id_: dict(each) for id_, each in grades.items() if any(grade > 0 for grade in each.values())}
    return _values(qrels, {id_: list(dict.fromkeys(unit.source for unit in rankings.get(id_, ()))) for id_ in qrels})


def _values(qrels: dict[str, dict[str, int]], ranked: Mapping[str, Sequence[str]]) -> dict[str, dict[str, float]]:
    run = {id_: {name: -float(rank) for rank, name in enumerate(names, start=1)} for id_, names in ranked.items()}
    values: dict[str, dict[str, float]] = {id_: dict.fromkeys(MEASURES, 0.0) for id_ in qrels}
    names = {measure: name for name, measure in MEASURES.items()}
    # ir-measures gives no value for a query whose ranking is empty: the zeros above stand.
    for metric in ir_measures.iter_calc(list(names), qrels, run) if any(run.values()) else ():
        values[metric.query_id][names[metric.measure]] = float(metric.value)
    return values


def _name(unit: Span) -> str:
    return f"{unit.source}:{unit.start}:{unit.end}"
