"""The exercises of the assignment `temporal`: from a pair in a sentence to its relation."""

from __future__ import annotations

from autograder.exercises.exercise import Exercise
from autograder.exercises.shared.inputs import all_alike
from autograder.exercises.shared.text import in_text, untouched
from autograder.exercises.temporal.classifier import (
    GRADIENTS,
    SINGLE,
    classified,
    classifier_program,
)
from autograder.exercises.temporal.relations import (
    ASSIGNMENT,
    augment_program,
    consistency_program,
    follow_augment,
    follow_consistency,
    inverse_program,
    refused,
)
from autograder.exercises.temporal.scores import RETURNS, by_relation, scores_program
from autograder.exercises.temporal.sentences import features_program, marks_program
from autograder.exercises.tolerances import TEXT

__all__ = ["EXERCISES", "by_relation", "classified", "in_text", "refused", "untouched"]

EXERCISES = (
    Exercise("inverse", ASSIGNMENT, inverse_program, {"inverse": TEXT, "refused": "count"}),
    Exercise(
        "augment",
        ASSIGNMENT,
        augment_program,
        {"augmented": TEXT},
        needs=("inverse",),
        consistent_with_own=follow_augment,
    ),
    Exercise("mark_entities", ASSIGNMENT, marks_program, {"marked": TEXT}),
    Exercise("tlink_features", ASSIGNMENT, features_program, {"features": TEXT}),
    Exercise(
        "TLinkLSTM",
        ASSIGNMENT,
        classifier_program,
        {"logits": "forward"} | all_alike(GRADIENTS, "gradient") | {SINGLE: "float32"},
        framework=("LSTM", "Bidirectional"),
        requires=("torch",),
    ),
    Exercise(
        "inverse_consistency",
        ASSIGNMENT,
        consistency_program,
        {"share": "forward"},
        needs=("inverse",),
        consistent_with_own=follow_consistency,
    ),
    Exercise(
        "f1_by_relation",
        ASSIGNMENT,
        scores_program,
        dict(zip(RETURNS, (TEXT, "forward", "count"), strict=True)),
        framework=("f1_score", "precision_recall_fscore_support", "classification_report"),
    ),
)
"""In the order of the notebook."""
