"""The exercises of the assignment `translation_decoding`: a score, a search, and attention."""

from __future__ import annotations

from autograder.exercises.exercise import Exercise
from autograder.exercises.shared.inputs import all_alike
from autograder.exercises.shared.text import untouched
from autograder.exercises.tolerances import TEXT
from autograder.exercises.translation_decoding.attention import (
    ATTENDED,
    attend_program,
    attended,
)
from autograder.exercises.translation_decoding.beam import (
    FOUND,
    beam_program,
    beamed,
    beamed_with_arrays,
)
from autograder.exercises.translation_decoding.bleu import ASSIGNMENT, SCORE, bleu_program

__all__ = ["EXERCISES", "attended", "beamed", "beamed_with_arrays", "untouched"]

READY_MADE = (
    "scaled_dot_product_attention", "MultiheadAttention", "MultiHeadAttention", "Attention",
    "AdditiveAttention", "multi_head_attention_forward",
)  # fmt: skip
"""What the frameworks call attention."""

SCORERS = ("BLEU", "corpus_bleu", "sentence_bleu", "bleu_score")
"""What libraries call the score."""

EXERCISES = (
    Exercise("bleu", ASSIGNMENT, bleu_program, {SCORE[0]: "forward"}, framework=SCORERS),
    Exercise("beam_search", ASSIGNMENT, beam_program, {FOUND[0]: TEXT, FOUND[1]: "forward"}),
    Exercise(
        "attend",
        ASSIGNMENT,
        attend_program,
        all_alike(ATTENDED[:2], "forward")
        | {ATTENDED[2]: "count"}
        | all_alike(ATTENDED[3:], "gradient"),
        framework=READY_MADE,
        requires=("torch",),
    ),
)
"""In the order of the notebook."""
