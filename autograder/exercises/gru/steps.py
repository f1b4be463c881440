"""What is asked of one step of the GRU, and the description of the cell.

The order of the gates is r, z, n. A step is told by `reset_after` where its reset gate stands:
after the product with Wh, as in Keras and cuDNN, or before it.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from autograder.exercises.shared.inputs import OTHERS
from autograder.exercises.shared.recurrent_cell import Inputs, Options, RecurrentCell, Sizes
from autograder.exercises.shared.recurrent_consistency import follow_backward
from autograder.exercises.shared.recurrent_programs import (
    backward_program,
    forward_program,
    once_more,
)

GRU = RecurrentCell(
    assignment="gru",
    name="gru",
    gates=("r", "z", "n"),
    saturations={
        "pre-activations of r and z near ±1000": "rz",
        "pre-activations of n near ±1000": "n",
    },
    biases=("bx", "bh"),
    recurrent_scale=1.5,
    option="reset_after",
)
READY_MADE = ("GRU", "GRUCell", "gru", "gru_cell")
"""What the frameworks call it."""

AFTER, BEFORE = (True,), (False,)
"""The two variants."""

SIZES = ((3, 5, 4), (4, 4, 4), (1, 3, 3), (2, 1, 2), (3, 3, 1))
"""N, D, H: all different, all equal, each of them 1, and every two of them equal; in one D = 3H,
where Wx may be transposed, and N = 3H, where a bias may be added along the other axis."""


def labelled(*cases: tuple[Sizes, Options]) -> dict[str, tuple[Sizes, Options]]:
    """The cases by their labels."""
    return {GRU.label(sizes, variant): (sizes, variant) for sizes, variant in cases}


def both(*sizes: Sizes) -> list[tuple[Sizes, Options]]:
    """These sizes in both variants."""
    return [(each, variant) for each in sizes for variant in (AFTER, BEFORE)]


def extremes(rng: np.random.Generator) -> dict[str, Inputs]:
    """Gates that are open or closed, and pre-activations far from 0."""
    kept = GRU.args(rng, 3, 2, 4)
    return {
        "z near 1, so that h stays": ({**kept, "bx": GRU.bias(4, z=50)}, AFTER),
        "z near 0, so that h is replaced": ({**kept, "bx": GRU.bias(4, z=-50)}, BEFORE),
        "r near 0, so that h is not heard": ({**kept, "bx": GRU.bias(4, r=-50)}, AFTER),
        **{
            label: (args, variant)
            for (label, args), variant in zip(
                GRU.saturated(rng).items(), (AFTER, BEFORE), strict=True
            )
        },
    }


step_forward_program = partial(
    forward_program,
    GRU,
    labelled(*both(*SIZES[:3]), *zip(SIZES[3:], (BEFORE, AFTER), strict=True)),
    extremes=extremes,
)
step_backward_program = partial(
    backward_program,
    GRU,
    {
        **labelled(*both(*SIZES[:2]), *zip(SIZES[2:], (BEFORE, AFTER, BEFORE), strict=True)),
        OTHERS: (SIZES[0], AFTER),
    },
    again=once_more,
)
follow_step_backward = partial(follow_backward, GRU, both(*SIZES[:3]))
