"""The exercises of the assignment `convolutional`, and the functions that make their calls."""

from __future__ import annotations

from typing import Any

from autograder.exercises.convolutional.images import (
    ASSIGNMENT,
    col2im_program,
    conv_backward_program,
    conv_forward_program,
    follow_col2im,
    follow_conv_backward,
    follow_conv_forward,
    follow_convolve2d,
    im2col_program,
    plane_program,
)
from autograder.exercises.convolutional.lenet import (
    KERAS_LOGITS,
    LENET_TOLERANCES,
    inspect_lenet,
    keras_logits,
    keras_program,
    lenet_logits,
    lenet_program,
    lenet_step,
    lenet_trained,
    lenet_training,
)
from autograder.exercises.convolutional.pools import (
    count_program,
    field_program,
    follow_maxpool_backward,
    over_time_program,
    pool_backward_program,
    pool_forward_program,
    refused,
    text_program,
)
from autograder.exercises.exercise import Exercise

__all__ = ["EXERCISES", "keras_logits", "lenet_logits", "lenet_step", "lenet_trained", "refused"]


def exercise(name: str, program: Any, result: str, tolerance: str, **more: Any) -> Exercise:
    """An exercise with one result."""
    return Exercise(name, ASSIGNMENT, program, {result: tolerance}, **more)


EXERCISES = (
    exercise("conv_output_size", count_program, "n_out", "count"),
    exercise(
        "cross_correlate2d", lambda rng: plane_program("cross_correlate2d", rng), "y", "forward"
    ),
    exercise(
        "convolve2d",
        lambda rng: plane_program("convolve2d", rng),
        "y",
        "forward",
        needs=("cross_correlate2d",),
        consistent_with_own=follow_convolve2d,
    ),
    exercise(
        "conv2d_forward",
        conv_forward_program,
        "y",
        "forward",
        needs=("conv_output_size", "cross_correlate2d"),
        consistent_with_own=follow_conv_forward,
    ),
    Exercise(
        "conv2d_backward",
        ASSIGNMENT,
        conv_backward_program,
        dict.fromkeys(("dx", "dw", "db"), "gradient"),
        needs=("conv2d_forward",),
        consistent_with_own=follow_conv_backward,
    ),
    exercise("im2col", im2col_program, "cols", "forward"),
    exercise(
        "col2im",
        col2im_program,
        "x",
        "forward",
        needs=("im2col",),
        consistent_with_own=follow_col2im,
    ),
    exercise(
        "maxpool2d_forward",
        lambda rng: pool_forward_program("maxpool2d_forward", rng),
        "y",
        "forward",
    ),
    exercise(
        "maxpool2d_backward",
        lambda rng: pool_backward_program("maxpool2d", rng),
        "dx",
        "gradient",
        needs=("maxpool2d_forward",),
        consistent_with_own=follow_maxpool_backward,
    ),
    exercise(
        "avgpool2d_forward",
        lambda rng: pool_forward_program("avgpool2d_forward", rng),
        "y",
        "forward",
    ),
    exercise(
        "avgpool2d_backward",
        lambda rng: pool_backward_program("avgpool2d", rng),
        "dx",
        "gradient",
        needs=("avgpool2d_forward",),
    ),
    exercise("conv1d_text", text_program, "y", "forward"),
    exercise("max_over_time", over_time_program, "strongest", "forward"),
    exercise("receptive_field", field_program, "r", "count"),
    Exercise(
        "LeNet",
        ASSIGNMENT,
        lenet_program,
        LENET_TOLERANCES,
        inspect=inspect_lenet,
        costly=lenet_training,
        seconds=40.0,
        requires=("torch",),
    ),
    exercise(
        "lenet_to_keras",
        keras_program,
        KERAS_LOGITS,
        "float32",
        seconds=40.0,
        requires=("torch", "keras"),
    ),
)
"""In the order of the notebook."""
