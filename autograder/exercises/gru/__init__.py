"""The exercises of the assignment `gru`, and the functions that make their calls."""

from __future__ import annotations

from autograder.exercises.exercise import Exercise
from autograder.exercises.gru.keras_cell import (
    SEQUENCE_RETURNS,
    STEP_RETURNS,
    keras_gru,
    keras_gru_sequence,
    keras_program,
)
from autograder.exercises.gru.parameters import convert_program, count_program
from autograder.exercises.gru.reset import inspect_pair, numbers_of, pair_program
from autograder.exercises.gru.sequences import (
    follow_sequence,
    follow_sequence_backward,
    sequence_backward_program,
    sequence_program,
)
from autograder.exercises.gru.steps import (
    GRU,
    READY_MADE,
    follow_step_backward,
    step_backward_program,
    step_forward_program,
)
from autograder.exercises.gru.torch_cell import (
    DOUBLE,
    PAIR,
    cell_program,
    torch_gru,
    torch_gru_at_rest,
    torch_gru_twice,
)
from autograder.exercises.shared.inputs import DIFFERENTIATED, all_alike

__all__ = [
    "EXERCISES",
    "keras_gru",
    "keras_gru_sequence",
    "numbers_of",
    "torch_gru",
    "torch_gru_at_rest",
    "torch_gru_twice",
]

EXERCISES = (
    Exercise(
        "gru_step_forward",
        GRU.assignment,
        step_forward_program,
        all_alike(GRU.step.returns, "forward"),
        framework=READY_MADE,
    ),
    Exercise(
        "gru_step_backward",
        GRU.assignment,
        step_backward_program,
        all_alike(GRU.step_backward.returns, "gradient"),
        parts=GRU.packed,
        needs=("gru_step_forward",),
        consistent_with_own=follow_step_backward,
        framework=READY_MADE + DIFFERENTIATED,
    ),
    Exercise(
        "gru_forward",
        GRU.assignment,
        sequence_program,
        all_alike(GRU.forward.returns, "forward"),
        needs=("gru_step_forward",),
        consistent_with_own=follow_sequence,
        framework=READY_MADE,
    ),
    Exercise(
        "gru_backward",
        GRU.assignment,
        sequence_backward_program,
        all_alike(GRU.backward.returns, "gradient"),
        parts=GRU.packed,
        needs=("gru_step_forward", "gru_step_backward", "gru_forward"),
        consistent_with_own=follow_sequence_backward,
        framework=READY_MADE + DIFFERENTIATED,
    ),
    Exercise(
        "convert_update_convention",
        GRU.assignment,
        convert_program,
        all_alike(GRU.weight_names, "forward"),
        parts=dict.fromkeys(GRU.weight_names, GRU.gates),
    ),
    Exercise("equal_when_reset", GRU.assignment, pair_program, {}, inspect=inspect_pair),
    Exercise("count_params", GRU.assignment, count_program, {"count": "count"}),
    Exercise(
        "GRUCell",
        GRU.assignment,
        cell_program,
        all_alike((*PAIR, *GRU.step_backward.returns), "float32") | all_alike(DOUBLE, "forward"),
        parts=GRU.packed,
        framework=READY_MADE,
        requires=("torch",),
    ),
    Exercise(
        "KerasGRUCell",
        GRU.assignment,
        keras_program,
        all_alike((*STEP_RETURNS, *SEQUENCE_RETURNS), "float32"),
        framework=READY_MADE,
        seconds=40.0,
        requires=("keras",),
    ),
)
"""In the order of the notebook."""
