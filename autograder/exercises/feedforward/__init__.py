"""The exercises of the assignment `feedforward`: layers, a loss, and a check of their gradients."""

from __future__ import annotations

from autograder.exercises.exercise import Exercise
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
from autograder.exercises.shared.inputs import DIFFERENTIATED, all_alike

__all__ = ["EXERCISES", "differentiate", "off_the_kink", "refuses_reduction"]

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
)
"""In the order of the notebook."""
