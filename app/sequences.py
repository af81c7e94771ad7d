"""A transformer's ONNX graph, run one sequence at a time and on all cores at once."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

MOST_THREADS = 8
Inputs = Mapping[str, NDArray[np.int64] | NDArray[np.float32]]


class SequenceModel:
    """Runs a graph on sequences; safe to share between threads.

    A sequence is a batch of its own. Nothing is computed on padding, and since int8 scales are chosen by batch, what
    comes out for a sequence is the same whatever it is read with. Each is computed by one thread: sequences side by
    side use two cores better than two threads in one sequence, which wait for each other in each of its small steps.
    """

    def __init__(self, file: Path) -> None:
        """Open a graph with one output, "logits", for a thread on each core, `MOST_THREADS` at most."""
        options = ort.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        self._session = ort.InferenceSession(
            str(file),
            options,
            providers=["CPUExecutionProvider"],
            # The fused step takes several times as long as its two parts (onnxruntime 1.32, on the processor).
            disabled_optimizers=["SkipLayerNormFusion"],
        )
        self._threads = ThreadPoolExecutor(min(os.cpu_count() or 1, MOST_THREADS), thread_name_prefix="sequences")

    def logits(self, sequences: Sequence[Inputs]) -> list[NDArray[np.float32]]:
        """The output for each sequence, in order; inputs have the shape (1, ...), outputs are without the 1."""
        if len(sequences) == 1:
            return [self._run(sequences[0])]
        # The longest go first, so that no thread is left with one at the end while the others wait.
        order = sorted(range(len(sequences)), key=lambda i: -sequences[i]["input_ids"].size)
        found = dict(zip(order, self._threads.map(self._run, [sequences[i] for i in order]), strict=True))
        return [found[i] for i in range(len(sequences))]

    def _run(self, inputs: Inputs) -> NDArray[np.float32]:
        logits: NDArray[np.float32] = self._session.run(["logits"], dict(inputs))[0][0]
        return logits
