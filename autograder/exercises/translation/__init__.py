"""The exercises of the assignment `translation`: a model that translates, and how it is taught."""

from __future__ import annotations

from autograder.exercises.exercise import Exercise
from autograder.exercises.shared.inputs import all_alike
from autograder.exercises.tolerances import TEXT
from autograder.exercises.translation.models import (
    FORCED,
    LEARNED,
    PACKED,
    READ,
    READ_GRADIENTS,
    WRITTEN,
    WRITTEN_GRADIENTS,
    decoded,
    decoder_gradients,
    decoder_program,
    encoded,
    encoder_gradients,
    encoder_program,
    follow_forced,
    forced_program,
    model_gradient,
    teacher_forced,
)
from autograder.exercises.translation.sentences import ASSIGNMENT
from autograder.exercises.translation.words import (
    SEARCHED,
    greedy_program,
    loss_program,
    lost,
    searched,
    shift_program,
    shifted,
)

__all__ = [
    "EXERCISES",
    "decoded",
    "decoder_gradients",
    "encoded",
    "encoder_gradients",
    "lost",
    "model_gradient",
    "searched",
    "shifted",
    "teacher_forced",
]

EXERCISES = (
    Exercise("shift_right", ASSIGNMENT, shift_program, {"inputs": "count"}, requires=("torch",)),
    Exercise(
        "Encoder",
        ASSIGNMENT,
        encoder_program,
        all_alike(READ, "forward") | all_alike(READ_GRADIENTS, "gradient"),
        parts=PACKED,
        requires=("torch",),
    ),
    Exercise(
        "Decoder",
        ASSIGNMENT,
        decoder_program,
        all_alike(WRITTEN, "forward") | all_alike(WRITTEN_GRADIENTS, "gradient"),
        parts=PACKED,
        requires=("torch",),
    ),
    Exercise(
        "Seq2Seq",
        ASSIGNMENT,
        forced_program,
        all_alike(FORCED, "forward") | all_alike(LEARNED, "gradient"),
        needs=("shift_right", "Encoder", "Decoder"),
        consistent_with_own=follow_forced,
        requires=("torch",),
    ),
    Exercise(
        "seq2seq_loss",
        ASSIGNMENT,
        loss_program,
        {"loss": "forward", "dlogits": "gradient", "dlogits at padding": "count"},
        requires=("torch",),
    ),
    Exercise("greedy_decode", ASSIGNMENT, greedy_program, all_alike(SEARCHED, TEXT)),
)
"""In the order of the notebook."""
