"""The exercises of the assignment `feedforward`: from one layer to a network that has learned."""

from __future__ import annotations

from functools import partial

from autograder.exercises.exercise import Exercise
from autograder.exercises.feedforward import initialise as feedforward_initialise
from autograder.exercises.feedforward import layer_norm
from autograder.exercises.feedforward import training as feedforward_training
from autograder.exercises.feedforward.initialise import (
    drawn,
    drawn_three_times,
    refuses_kind,
    variance,
)
from autograder.exercises.feedforward.layers import (
    AFFINE_GRADIENTS,
    ASSIGNMENT,
    affine_backward_program,
    affine_forward_program,
    differentiate,
    follow_activation,
    follow_affine_backward,
    loss_program,
    numerical_program,
    off_the_kink,
    refuses_reduction,
    relu_backward_program,
    relu_forward_program,
    sigmoid_program,
    tanh_backward_program,
    tanh_forward_program,
)
from autograder.exercises.feedforward.models import (
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
from autograder.exercises.feedforward.training import trained_on_digits, written_down
from autograder.exercises.shared.inputs import DIFFERENTIATED, all_alike

__all__ = [
    "EXERCISES",
    "differentiate",
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
    "off_the_kink",
    "refuses_kind",
    "refuses_reduction",
    "torch_copy",
    "trained_on_digits",
    "variance",
    "written_down",
]

LAYERS = ("affine_forward", "affine_backward", "relu_forward", "relu_backward")
LONGEST = max(DIMS, key=len)

EXERCISES = (
    Exercise(
        "sigmoid",
        ASSIGNMENT,
        sigmoid_program,
        {"y": "forward"},
        framework=("sigmoid", "expit"),
    ),
    Exercise(
        "affine_forward",
        ASSIGNMENT,
        affine_forward_program,
        {"y": "forward"},
        framework=("linear", "Linear", "Dense"),
    ),
    Exercise(
        "affine_backward",
        ASSIGNMENT,
        affine_backward_program,
        all_alike(AFFINE_GRADIENTS, "gradient"),
        needs=("affine_forward",),
        consistent_with_own=follow_affine_backward,
        framework=DIFFERENTIATED,
    ),
    Exercise(
        "relu_forward",
        ASSIGNMENT,
        relu_forward_program,
        {"y": "forward"},
        framework=("relu", "ReLU"),
    ),
    Exercise(
        "relu_backward",
        ASSIGNMENT,
        relu_backward_program,
        {"dx": "gradient"},
        needs=("relu_forward",),
        consistent_with_own=follow_activation("relu"),
        framework=DIFFERENTIATED,
    ),
    Exercise(
        "tanh_forward",
        ASSIGNMENT,
        tanh_forward_program,
        {"y": "forward"},
        framework=("tanh",),
    ),
    Exercise(
        "tanh_backward",
        ASSIGNMENT,
        tanh_backward_program,
        {"dx": "gradient"},
        needs=("tanh_forward",),
        consistent_with_own=follow_activation("tanh"),
        framework=DIFFERENTIATED,
    ),
    Exercise(
        "softmax_cross_entropy",
        ASSIGNMENT,
        loss_program,
        {"loss": "forward", "dz": "gradient", "refused": "forward"},
        framework=("cross_entropy", "CrossEntropyLoss", *DIFFERENTIATED),
    ),
    Exercise(
        "numerical_gradient",
        ASSIGNMENT,
        numerical_program,
        {"dx": "forward", "dx at the default h": "difference"},
        framework=DIFFERENTIATED,
    ),
    Exercise(
        "initialise",
        ASSIGNMENT,
        feedforward_initialise.program,
        {"refused": "forward"},
        inspect=feedforward_initialise.inspect,
        measure=feedforward_initialise.measure,
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
    ),
    Exercise("adam_step", ASSIGNMENT, adam_program, {"p_next": "forward"}),
    Exercise(
        "mlp_to_torch",
        ASSIGNMENT,
        partial(copy_program, function="mlp_to_torch", adapter="torch_copy"),
        {"z": "float32"},
        framework=("Adam", "AdamW"),
    ),
    Exercise(
        "mlp_to_keras",
        ASSIGNMENT,
        partial(copy_program, function="mlp_to_keras", adapter="keras_copy"),
        {"z": "float32"},
        seconds=10.0,
    ),
    Exercise(
        "train",
        ASSIGNMENT,
        feedforward_training.program,
        {"number of losses": "forward"},
        needs=(*LAYERS, "MLP", "softmax_cross_entropy", "adam_step"),
        consistent_with_own=feedforward_training.consistent_with_own,
        draws_as="initialise",
        inspect=feedforward_training.inspect,
        costly=feedforward_training.on_digits,
        seconds=60.0,
        framework=("Adam", "AdamW", "fit"),
    ),
)
"""In the order of the notebook."""
