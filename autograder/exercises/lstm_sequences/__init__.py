"""The exercises of the assignment `lstm_sequences`, and the functions that make their calls."""

from __future__ import annotations

from autograder.exercises.exercise import Exercise
from autograder.exercises.lstm import READY_MADE
from autograder.exercises.lstm_sequences.gates import (
    ASSIGNMENT,
    apart,
    reorder_program,
    retention_program,
)
from autograder.exercises.lstm_sequences.initialise import drawn, init_program, inspect_weights
from autograder.exercises.lstm_sequences.keras_cell import (
    STEP_RETURNS,
    keras_lstm,
    keras_lstm_sequence,
    keras_program,
)
from autograder.exercises.lstm_sequences.sequences import (
    SEQUENCES,
    bilstm_program,
    sequence_backward_program,
)
from autograder.exercises.shared.inputs import DIFFERENTIATED, all_alike

__all__ = ["EXERCISES", "apart", "drawn", "keras_lstm", "keras_lstm_sequence"]

EXERCISES = (
    Exercise(
        "lstm_backward",
        ASSIGNMENT,
        sequence_backward_program,
        all_alike(SEQUENCES.backward.returns, "gradient"),
        parts=SEQUENCES.packed,
        framework=READY_MADE + DIFFERENTIATED,
        requires=("torch",),
    ),
    Exercise(
        "init_lstm",
        ASSIGNMENT,
        init_program,
        all_alike(("b", "b of the same seed"), "forward"),
        inspect=inspect_weights,
    ),
    Exercise("reorder_gates", ASSIGNMENT, reorder_program, {"W": "forward"}),
    Exercise(
        "bilstm",
        ASSIGNMENT,
        bilstm_program,
        {"hs": "forward"},
        framework=READY_MADE,
        requires=("torch",),
    ),
    Exercise("retention", ASSIGNMENT, retention_program, {"share": "forward"}),
    Exercise(
        "KerasLSTMCell",
        ASSIGNMENT,
        keras_program,
        all_alike((*STEP_RETURNS, *SEQUENCES.forward.returns), "float32"),
        framework=READY_MADE,
        seconds=40.0,
        requires=("keras",),
    ),
)
"""In the order of the notebook."""
