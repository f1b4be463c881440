"""The exercises of the assignment `emotion`: from comments as ids to a classifier and its score."""

from __future__ import annotations

from autograder.exercises.emotion.attention import RETURNS, attention_program
from autograder.exercises.emotion.classifier import (
    GRADIENTS,
    SINGLE,
    VALUES,
    classified,
    classifier_program,
)
from autograder.exercises.emotion.scores import f1_program
from autograder.exercises.emotion.words import ASSIGNMENT, batch_program, ppmi_program
from autograder.exercises.exercise import Exercise
from autograder.exercises.shared.inputs import all_alike
from autograder.exercises.shared.text import untouched

__all__ = ["EXERCISES", "classified", "untouched"]

EXERCISES = (
    Exercise(
        "pad_batch",
        ASSIGNMENT,
        batch_program,
        all_alike(("ids", "lengths"), "count"),
        framework=("pad_sequence", "pad_sequences"),
    ),
    Exercise("ppmi", ASSIGNMENT, ppmi_program, {"ppmi": "forward"}),
    Exercise(
        "additive_attention",
        ASSIGNMENT,
        attention_program,
        all_alike(RETURNS, "forward"),
        framework=("AdditiveAttention", "MultiheadAttention", "scaled_dot_product_attention"),
    ),
    Exercise(
        "EmotionBiLSTM",
        ASSIGNMENT,
        classifier_program,
        all_alike(VALUES, "forward")
        | all_alike(GRADIENTS, "gradient")
        | all_alike(SINGLE, "float32"),
        framework=("MultiheadAttention", "scaled_dot_product_attention"),
        requires=("torch",),
    ),
    Exercise(
        "macro_f1",
        ASSIGNMENT,
        f1_program,
        {"f1": "forward"},
        framework=("f1_score", "precision_recall_fscore_support", "classification_report"),
    ),
)
"""In the order of the notebook."""
