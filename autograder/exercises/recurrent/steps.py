"""What is asked of one step of the plain recurrent cell, and the description of the cell."""

from __future__ import annotations

from functools import partial

import numpy as np

from autograder.exercises.shared.inputs import OTHERS
from autograder.exercises.shared.recurrent_cell import Inputs, RecurrentCell
from autograder.exercises.shared.recurrent_consistency import follow_backward
from autograder.exercises.shared.recurrent_programs import (
    backward_program,
    forward_program,
    once_more,
)

RNN = RecurrentCell(
    assignment="recurrent",
    name="rnn",
    gates=("h",),
    saturations={"pre-activations near ±1000": "h"},
    gradients_first=True,
)
"""It has no gates: the one part of its weights is the next state itself."""

ASSIGNMENT = RNN.assignment
SIZES = ((3, 5, 4), (4, 4, 4), (1, 3, 3), (3, 1, 3), (4, 4, 1), (1, 1, 1))
"""N, D, H: all different, all equal, each of them 1, and every two of them equal."""

CASES = RNN.cases(*SIZES)


def extremes(rng: np.random.Generator) -> dict[str, Inputs]:
    """Pre-activations far from 0, where tanh is flat."""
    return {label: (args, ()) for label, args in RNN.saturated(rng).items()}


step_forward_program = partial(forward_program, RNN, CASES, extremes=extremes)
step_backward_program = partial(
    backward_program,
    RNN,
    {**CASES, OTHERS: (SIZES[0], ())},
    again=once_more,
)
follow_step_backward = partial(follow_backward, RNN, tuple(CASES.values())[:3])
