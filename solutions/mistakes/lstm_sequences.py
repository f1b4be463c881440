"""The catalogue of the assignment `lstm_sequences`: what goes wrong in each of its exercises."""

from __future__ import annotations

from autograder.grader.catalogue import Mistake
from solutions.mistakes import (
    lstm_sequences_backward,
    lstm_sequences_both,
    lstm_sequences_keras,
    lstm_sequences_numbers,
)

MISTAKES: tuple[Mistake, ...] = (
    *lstm_sequences_backward.MISTAKES,
    *lstm_sequences_numbers.MISTAKES,
    *lstm_sequences_both.MISTAKES,
    *lstm_sequences_keras.MISTAKES,
)
