"""Retrieval before reading: nDCG@10, R@5 and RR, by ir-measures.

The collection is what the system itself retrieves (sentences, or chunks). A unit is relevant when it
holds at least half of a gold quote; a unit that is merely part of one, such as a heading, is not.
Questions without a relevant unit have no value. Chunks make this easier, not harder: there are fewer of them.
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
    run = {
        id_: {_name(unit): -float(rank) for rank, unit in enumerate(rankings.get(id_, ()), start=1)} for id_ in qrels
    }
    values: dict[str, dict[str, float]] = {id_: dict.fromkeys(MEASURES, 0.0) for id_ in qrels}
    names = {measure: name for name, measure in MEASURES.items()}
    # ir-measures gives no value for a query whose ranking is empty: the zeros above stand.
    for metric in ir_measures.iter_calc(list(names), qrels, run) if any(run.values()) else ():
        values[metric.query_id][names[metric.measure]] = float(metric.value)
    return values


def _name(unit: Span) -> str:
    return f"{unit.source}:{unit.start}:{unit.end}"
