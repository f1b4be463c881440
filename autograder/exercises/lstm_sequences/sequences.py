"""What is asked of the LSTM's backward pass through time, and of an LSTM in both directions."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np

from autograder.exercises.lstm.steps import LSTM
from autograder.exercises.program import Array, Call, Program
from autograder.exercises.shared.cases import normal
from autograder.exercises.shared.inputs import spaced
from autograder.exercises.shared.recurrent_programs import Upstream, backward_program

SEQUENCES = replace(LSTM, assignment="lstm_sequences")
"""The cell of the assignment before; its `lstm_forward` stands in this notebook too."""

SIZES = ((3, 4, 5, 2), (3, 3, 2, 2), (4, 1, 3, 4), (1, 12, 1, 3), (2, 4, 4, 1), (5, 3, 2, 3))
"""N, T, D, H: all different, each of them 1, every two of them equal, and more than ten steps."""

PADDED = (
    (3, 5, 4, 2, (5, 2, 4)),
    (4, 4, 3, 3, (1, 4, 2, 3)),
    (2, 3, 1, 4, (3, 3)),
    (1, 12, 2, 1, (11,)),
    (2, 1, 3, 2, (1, 1)),
    (3, 5, 4, 2, (1, 3, 5)),
)
"""N, T, D, H and the lengths; the first sizes come back with others."""


def again(dhs: Array, dhT: Array, dcT: Array) -> dict[str, Upstream]:
    """The same gradients, those of one last state alone, and others in memory."""
    return {
        "the first cache once more": (dhs, dhT, dcT),
        "dhs and dcT zero": (0 * dhs, dhT, 0 * dcT),
        "dhs and dhT zero": (0 * dhs, 0 * dhT, dcT),
        "upstream gradients that are not contiguous": (spaced(dhs), spaced(dhT), spaced(dcT)),
    }


sequence_backward_program = partial(
    backward_program, SEQUENCES, SEQUENCES.cases(*SIZES), again=again
)


def bilstm_program(rng: np.random.Generator) -> Program:
    """Padded batches; what stands where there is padding is large."""
    calls = []
    for N, T, D, H, lengths in PADDED:
        x = normal(rng, N, T, D)
        x[np.arange(T) >= np.array(lengths)[:, None]] *= 30
        both = (tuple(SEQUENCES.weights(rng, D, H).values()) for _ in range(2))
        label = f"{SEQUENCES.label((N, T, D, H))}, lengths {list(lengths)}"
        calls.append(Call(label, "bilstm", (x, np.array(lengths), *both), ("hs",)))
    return Program(SEQUENCES.assignment, tuple(calls))
