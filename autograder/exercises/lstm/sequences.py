"""What is asked of the LSTM's forward pass over whole sequences."""

from __future__ import annotations

from functools import partial

from autograder.exercises.lstm.steps import LSTM
from autograder.exercises.shared.recurrent_consistency import follow_forward
from autograder.exercises.shared.recurrent_programs import forward_program

SIZES = ((3, 4, 5, 2), (4, 4, 3, 3), (2, 1, 3, 4), (1, 6, 1, 2), (2, 3, 4, 1))
"""N, T, D, H."""

CASES = LSTM.cases(*SIZES)

sequence_program = partial(
    forward_program,
    LSTM,
    {**CASES, "other inputs of the first sizes": (SIZES[0], ())},
)
follow_sequence = partial(follow_forward, LSTM, tuple(CASES.values())[:3])
