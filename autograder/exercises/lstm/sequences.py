"""What is asked of the LSTM's forward pass over whole sequences."""

from __future__ import annotations

from functools import partial

from autograder.exercises.lstm.steps import LSTM
from autograder.exercises.shared.inputs import OTHERS
from autograder.exercises.shared.recurrent_consistency import follow_forward
from autograder.exercises.shared.recurrent_programs import forward_program

SIZES = ((3, 4, 5, 2), (4, 4, 3, 3), (4, 1, 3, 4), (1, 12, 1, 3), (2, 4, 4, 1), (5, 3, 2, 3))
"""N, T, D, H: all different, each of them 1, every two of them equal, and more than ten steps."""

CASES = LSTM.cases(*SIZES)

sequence_program = partial(
    forward_program,
    LSTM,
    {**CASES, OTHERS: (SIZES[0], ())},
)
follow_sequence = partial(follow_forward, LSTM, tuple(CASES.values())[:3])
