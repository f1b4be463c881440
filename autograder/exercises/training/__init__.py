"""The exercises of the assignment `training`: from first weights to a network that has learned."""

from __future__ import annotations

from functools import partial

from autograder.exercises.exercise import Exercise
from autograder.exercises.shared.inputs import DIFFERENTIATED, all_alike
from autograder.exercises.training import initialise as first_weights
from autograder.exercises.training import layer_norm, learning
from autograder.exercises.training.initialise import (
    ASSIGNMENT,
    drawn,
    drawn_three_times,
    refuses_kind,
    variance,
)
from autograder.exercises.training.learning import trained_on_digits, written_down
from autograder.exercises.training.models import (
    DIMS,
    adam_program,
    copy_program,
    draws_own,
    first_parameters,
    first_variance,
    follow_mlp,
    inspect_mlp,
    keras_copy,
    logits_with,
    measure_mlp,
    mlp_program,
    names_of,
    network,
    network_after,
    network_again,
    network_as_it_is,
    torch_copy,
)

__all__ = [
    "EXERCISES",
    "drawn",
    "drawn_three_times",
    "first_parameters",
    "first_variance",
    "keras_copy",
    "logits_with",
    "network",
    "network_after",
    "network_again",
    "network_as_it_is",
    "refuses_kind",
    "torch_copy",
    "trained_on_digits",
    "variance",
    "written_down",
]

LAYERS = ("affine_forward", "affine_backward", "relu_forward", "relu_backward")
"""Of the first assignment: they are given here, unless a student pastes his or her own."""

LONGEST = max(DIMS, key=len)

EXERCISES = (
    Exercise(
        "initialise",
        ASSIGNMENT,
        first_weights.program,
        {"refused": "forward"},
        inspect=first_weights.inspect,
        measure=first_weights.measure,
    ),
    Exercise(
        "layer_norm_forward",
        ASSIGNMENT,
        layer_norm.forward_program,
        {"y": "forward"},
        framework=("layer_norm", "LayerNorm", "LayerNormalization"),
    ),
    Exercise(
        "layer_norm_backward",
        ASSIGNMENT,
        layer_norm.backward_program,
        all_alike(layer_norm.GRADIENTS, "gradient"),
        needs=("layer_norm_forward",),
        consistent_with_own=layer_norm.consistent_with_own,
        framework=DIFFERENTIATED,
    ),
    Exercise(
        "MLP",
        ASSIGNMENT,
        mlp_program,
        {"z": "forward"} | all_alike(("dx", *names_of(LONGEST, "d")), "gradient"),
        needs=LAYERS,
        consistent_with_own=follow_mlp,
        draws_as="initialise",
        drawn_as_own=draws_own,
        inspect=inspect_mlp,
        measure=measure_mlp,
        framework=("Linear", "Dense", *DIFFERENTIATED),
        requires=("torch",),
    ),
    Exercise("adam_step", ASSIGNMENT, adam_program, {"p_next": "forward"}),
    Exercise(
        "mlp_to_torch",
        ASSIGNMENT,
        partial(copy_program, function="mlp_to_torch", adapter="torch_copy"),
        {"z": "float32"},
        framework=("Adam", "AdamW"),
        requires=("torch",),
    ),
    Exercise(
        "mlp_to_keras",
        ASSIGNMENT,
        partial(copy_program, function="mlp_to_keras", adapter="keras_copy"),
        {"z": "float32"},
        seconds=10.0,
        requires=("keras",),
    ),
    Exercise(
        "train",
        ASSIGNMENT,
        learning.program,
        {"number of losses": "forward"},
        needs=(*LAYERS, "MLP", "softmax_cross_entropy", "adam_step"),
        consistent_with_own=learning.consistent_with_own,
        draws_as="initialise",
        inspect=learning.inspect,
        costly=learning.on_digits,
        seconds=60.0,
        framework=("Adam", "AdamW", "fit"),
        requires=("torch", "sklearn"),
    ),
)
"""In the order of the notebook."""
