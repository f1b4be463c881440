"""What is asked of whole sequences of the plain recurrent cell, forward and back through time."""

from __future__ import annotations

from functools import partial

import numpy as np

from autograder.exercises.program import Array
from autograder.exercises.recurrent.steps import RNN
from autograder.exercises.shared.inputs import OTHERS
from autograder.exercises.shared.recurrent_consistency import follow_backward, follow_forward
from autograder.exercises.shared.recurrent_programs import (
    Upstream,
    backward_program,
    forward_program,
)

SIZES = ((3, 4, 5, 2), (3, 3, 3, 3), (4, 1, 3, 4), (1, 12, 1, 2), (2, 4, 4, 1), (5, 3, 2, 3))
"""N, T, D, H: all different, each of them 1, every two of them equal, and more than ten steps."""

CASES = {**RNN.cases(*SIZES), OTHERS: (SIZES[0], ())}
FOLLOWED = tuple(CASES.values())[:3]


def again(dhs: Array, dhT: Array) -> dict[str, Upstream]:
    """A gradient that arrives at one end alone, and the same ones in another layout."""
    first = RNN.label(SIZES[0])
    return {
        f"{first}, dhT zero": (dhs, np.zeros_like(dhT)),
        f"{first}, dhs zero": (np.zeros_like(dhs), dhT),
        "the first caches once more": (dhs, dhT),
        "upstream gradients that are not contiguous": (
            np.asfortranarray(dhs),
            np.asfortranarray(dhT),
        ),
    }


sequence_program = partial(forward_program, RNN, CASES)
sequence_backward_program = partial(backward_program, RNN, CASES, again=again)
follow_sequence = partial(follow_forward, RNN, FOLLOWED)
follow_sequence_backward = partial(follow_backward, RNN, FOLLOWED)
