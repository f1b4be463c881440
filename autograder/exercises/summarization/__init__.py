"""The exercises of the assignment `summarization`: scores of summaries, phrases, and a pointer."""

from __future__ import annotations

from autograder.exercises.exercise import Exercise
from autograder.exercises.shared.inputs import all_alike
from autograder.exercises.shared.text import in_text, untouched
from autograder.exercises.summarization.encoder import (
    GRADIENTS,
    SINGLE,
    VALUES,
    encoded,
    encoder_program,
)
from autograder.exercises.summarization.own_positions import follow_rouge_l, follow_rouge_lsum
from autograder.exercises.summarization.phrases import cnn_program, phrases_program, with_a_set
from autograder.exercises.summarization.pointer import pointer_program
from autograder.exercises.summarization.scores import (
    positions_program,
    rouge_l_program,
    rouge_lsum_program,
    rouge_n_program,
)
from autograder.exercises.summarization.texts import ASSIGNMENT, SCORES
from autograder.exercises.tolerances import TEXT

__all__ = ["EXERCISES", "encoded", "in_text", "untouched", "with_a_set"]

LIBRARIES = ("rouge_score", "RougeScorer", "Rouge", "ROUGEScore")

EXERCISES = (
    Exercise(
        "rouge_n",
        ASSIGNMENT,
        rouge_n_program,
        all_alike(SCORES, "forward"),
        framework=LIBRARIES,
    ),
    Exercise("lcs_positions", ASSIGNMENT, positions_program, {"positions": TEXT}),
    Exercise(
        "rouge_l",
        ASSIGNMENT,
        rouge_l_program,
        all_alike(SCORES, "forward"),
        needs=("lcs_positions",),
        consistent_with_own=follow_rouge_l,
        framework=LIBRARIES,
    ),
    Exercise(
        "rouge_lsum",
        ASSIGNMENT,
        rouge_lsum_program,
        all_alike(SCORES, "forward"),
        needs=("lcs_positions",),
        consistent_with_own=follow_rouge_lsum,
        framework=LIBRARIES,
    ),
    Exercise("phrases", ASSIGNMENT, phrases_program, {"phrases": TEXT}),
    Exercise("phrase_cnn", ASSIGNMENT, cnn_program, {"result": "forward"}, requires=("torch",)),
    Exercise(
        "PhraseEncoder",
        ASSIGNMENT,
        encoder_program,
        all_alike(VALUES, "forward")
        | all_alike(GRADIENTS, "gradient")
        | all_alike(SINGLE, "float32"),
        framework=("LSTM",),
        requires=("torch",),
    ),
    Exercise("pointer_mixture", ASSIGNMENT, pointer_program, {"p": "forward"}),
)
"""In the order of the notebook."""
