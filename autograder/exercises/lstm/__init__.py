"""The exercises of the assignment `lstm`, and the functions that make their calls."""

from __future__ import annotations

from autograder.exercises.exercise import Exercise
from autograder.exercises.lstm.sequences import follow_sequence, sequence_program
from autograder.exercises.lstm.steps import (
    LSTM,
    follow_step_backward,
    step_backward_program,
    step_forward_program,
)
from autograder.exercises.lstm.torch_cell import (
    CELL_RETURNS,
    DOUBLE,
    cell_program,
    one_step,
    torch_cell,
    torch_cell_at_rest,
    torch_cell_twice,
)
from autograder.exercises.shared.inputs import DIFFERENTIATED, all_alike

__all__ = ["EXERCISES", "one_step", "torch_cell", "torch_cell_at_rest", "torch_cell_twice"]

READY_MADE = ("LSTM", "LSTMCell", "lstm", "lstm_cell")
"""What the frameworks call it."""

EXERCISES = (
    Exercise(
        "lstm_step_forward",
        LSTM.assignment,
        step_forward_program,
        all_alike(LSTM.step.returns, "forward"),
        framework=READY_MADE,
    ),
    Exercise(
        "lstm_step_backward",
        LSTM.assignment,
        step_backward_program,
        all_alike(LSTM.step_backward.returns, "gradient"),
        parts=LSTM.packed,
        needs=("lstm_step_forward",),
        consistent_with_own=follow_step_backward,
        framework=READY_MADE + DIFFERENTIATED,
    ),
    Exercise(
        "lstm_forward",
        LSTM.assignment,
        sequence_program,
        all_alike(LSTM.forward.returns, "forward"),
        needs=("lstm_step_forward",),
        consistent_with_own=follow_sequence,
        framework=READY_MADE,
    ),
    Exercise(
        "LSTMCell",
        LSTM.assignment,
        cell_program,
        all_alike(CELL_RETURNS, "float32") | all_alike(DOUBLE, "forward"),
        parts=LSTM.packed,
        framework=READY_MADE,
        requires=("torch",),
    ),
)
"""In the order of the notebook."""
