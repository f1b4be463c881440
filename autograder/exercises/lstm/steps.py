"""What is asked of one step of the LSTM, and the description that its sequences share.

Gates are stored in the order i, f, g, o.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from autograder.exercises.program import Array
from autograder.exercises.shared.inputs import OTHERS
from autograder.exercises.shared.recurrent_cell import Inputs, RecurrentCell
from autograder.exercises.shared.recurrent_consistency import follow_backward
from autograder.exercises.shared.recurrent_programs import (
    Upstream,
    backward_program,
    forward_program,
    once_more,
)

LSTM = RecurrentCell(
    assignment="lstm",
    name="lstm",
    gates=("i", "f", "g", "o"),
    saturations={
        "pre-activations of i, f and o near ±1000": "ifo",
        "pre-activations of g near ±1000": "g",
    },
    states=("h", "c"),
    returns_last=True,
)
SIZES = ((3, 5, 4), (4, 4, 4), (1, 3, 3), (3, 1, 3), (4, 4, 1), (1, 1, 1))
"""N, D, H: all different, all equal, each of them 1, and every two of them equal; in one D = 4H,
where Wx may be transposed, and N = 4H, where a bias may be added along the other axis."""

CASES = LSTM.cases(*SIZES)


def extremes(rng: np.random.Generator) -> dict[str, Inputs]:
    """Gates that are open or closed, and pre-activations far from 0."""
    kept = LSTM.args(rng, 3, 2, 4)
    cases = {
        "f near 1 and i near 0, so that c stays": {**kept, "b": LSTM.bias(4, f=50, i=-50)},
        "f near 0 and i near 1, so that c is replaced": {**kept, "b": LSTM.bias(4, f=-50, i=50)},
        "o near 0, so that h closes": {**kept, "b": LSTM.bias(4, o=-50)},
        **LSTM.saturated(rng),
    }
    return {label: (args, ()) for label, args in cases.items()}


def one_at_a_time(dh: Array, dc: Array) -> dict[str, Upstream]:
    """Gradients that arrive at one of the two states alone."""
    zero = np.zeros_like(dh)
    return {"dc_next zero": (dh, zero), "dh_next zero": (zero, dc)}


step_forward_program = partial(forward_program, LSTM, CASES, extremes=extremes)
step_backward_program = partial(
    backward_program,
    LSTM,
    {**CASES, OTHERS: (SIZES[0], ())},
    again=once_more,
    beside=one_at_a_time,
)
follow_step_backward = partial(follow_backward, LSTM, tuple(CASES.values())[:3])
