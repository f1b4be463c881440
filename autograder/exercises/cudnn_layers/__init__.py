"""The exercises of the assignment `cudnn_layers`, and the functions that make their calls."""

from __future__ import annotations

from typing import Any

from autograder.exercises.cudnn_layers.keras import (
    KERAS_WORDS,
    keras_layer_program,
    keras_layer_run,
    picked,
)
from autograder.exercises.cudnn_layers.modules import (
    ASSIGNMENT,
    CONV_RESULTS,
    GRU_RESULTS,
    LSTM_RESULTS,
    SAID,
    STEP_RESULTS,
    convolution_program,
    convolution_run,
    recurrent_at_rest,
    recurrent_program,
    recurrent_run,
    recurrent_step,
)
from autograder.exercises.cudnn_layers.speed import (
    layer_burdened,
    layer_on_long,
    operations_counted,
    recurrent_speed,
    steps_burdened,
    steps_on_long,
)
from autograder.exercises.exercise import Exercise

__all__ = [
    "EXERCISES",
    "convolution_run",
    "keras_layer_run",
    "layer_burdened",
    "layer_on_long",
    "operations_counted",
    "picked",
    "recurrent_at_rest",
    "recurrent_run",
    "recurrent_step",
    "steps_burdened",
    "steps_on_long",
]


def exercise(name: str, program: Any, results: str, **more: Any) -> Exercise:
    """An exercise whose results, named in one text, are float32 or counts."""
    tolerances = dict.fromkeys(results.split(), "float32") | dict.fromkeys(more["words"], "count")
    return Exercise(name, ASSIGNMENT, program, tolerances, **more)


EXERCISES = (
    exercise(
        "CudnnLSTM",
        lambda rng: recurrent_program("lstm", rng),
        " ".join((*LSTM_RESULTS[:-2], *STEP_RESULTS["lstm"])),
        words=SAID,
        speed=recurrent_speed("lstm"),
        requires=("torch",),
    ),
    exercise(
        "CudnnGRU",
        lambda rng: recurrent_program("gru", rng),
        " ".join((*GRU_RESULTS[:-2], *STEP_RESULTS["gru"])),
        words=SAID,
        speed=recurrent_speed("gru"),
        requires=("torch",),
    ),
    exercise(
        "CudnnConv2d",
        convolution_program,
        " ".join(CONV_RESULTS[:-2]),
        words=SAID,
        requires=("torch",),
    ),
    exercise(
        "KerasCudnnLSTM",
        keras_layer_program,
        "hs",
        words=KERAS_WORDS,
        needs=("right_padded", "cudnn_eligible"),
        seconds=40.0,
        requires=("keras",),
    ),
)
"""In the order of the notebook."""
