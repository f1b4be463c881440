"""The exercises of the assignment `layers`, and the functions that make their calls."""

from __future__ import annotations

from typing import Any

from autograder.exercises.exercise import Exercise
from autograder.exercises.layers.masks import (
    PATHS,
    REASONS,
    TRUTH,
    cudnn_eligible_program,
    last_valid_program,
    lengths_program,
    masked_equal_packed_program,
    path_number,
    path_program,
    reasons,
    right_padded_program,
    stream_program,
    streamed,
)
from autograder.exercises.layers.weights import (
    ASSIGNMENT,
    cudnn_pack_program,
    cudnn_unpack_program,
    gru_from_keras_program,
    gru_to_keras_program,
    keras_to_torch_gru_program,
    keras_to_torch_lstm_program,
    lstm_from_torch_program,
    lstm_to_torch_program,
    packed,
    read_torch_lstm,
    refused,
    run_torch_gru,
    run_torch_lstm,
)

__all__ = [
    "EXERCISES",
    "packed",
    "path_number",
    "read_torch_lstm",
    "reasons",
    "refused",
    "run_torch_gru",
    "run_torch_lstm",
    "streamed",
]

REFUSED = {"refused": "count"}


def exercise(name: str, program: Any, results: str, **more: Any) -> Exercise:
    """An exercise whose results, named in one text, are float32."""
    tolerances = dict.fromkeys(results.split(), "float32") | more.pop("counts", {})
    return Exercise(name, ASSIGNMENT, program, tolerances, **more)


EXERCISES = (
    exercise("lstm_from_torch", lstm_from_torch_program, "Wx Wh b", requires=("torch",)),
    exercise("lstm_to_torch", lstm_to_torch_program, "hs hT cT", requires=("torch",)),
    exercise("gru_from_keras", gru_from_keras_program, "Wx Wh bx bh"),
    exercise("gru_to_keras", gru_to_keras_program, "kernel recurrent_kernel bias"),
    exercise(
        "keras_to_torch_lstm",
        keras_to_torch_lstm_program,
        "hs hT cT",
        needs=("lstm_to_torch",),
        requires=("torch", "keras"),
    ),
    exercise(
        "keras_to_torch_gru",
        keras_to_torch_gru_program,
        "hs hT",
        counts=REFUSED,
        needs=("gru_from_keras",),
        requires=("torch", "keras"),
    ),
    exercise("cudnn_pack", cudnn_pack_program, "flat", counts=REFUSED),
    exercise("cudnn_unpack", cudnn_unpack_program, "Wx Wh bx bh", counts=REFUSED),
    exercise(
        "right_padded",
        right_padded_program,
        "",
        counts={"padded": "count"},
        words={"padded": TRUTH},
    ),
    exercise(
        "lengths",
        lengths_program,
        "",
        counts={"counts": "count", **REFUSED},
        needs=("right_padded",),
    ),
    Exercise("last_valid", ASSIGNMENT, last_valid_program, {"last": "forward"}),
    exercise(
        "masked_equal_packed",
        masked_equal_packed_program,
        "masked packed",
        needs=("lstm_to_torch", "keras_to_torch_lstm"),
        seconds=40.0,
        requires=("torch", "keras"),
    ),
    exercise(
        "cudnn_eligible",
        cudnn_eligible_program,
        "",
        counts={"eligible": "count", "reasons": "count"},
        words={"eligible": TRUTH, "reasons": REASONS},
        needs=("right_padded",),
        framework=("cudnn_ok",),
    ),
    exercise("stream", stream_program, "hs h c dx dweights", requires=("torch",)),
    exercise("path", path_program, "", counts={"path": "count"}, words={"path": PATHS}),
)
"""In the order of the notebook."""
