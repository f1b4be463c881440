"""The catalogue of the assignment `lstm`: what goes wrong in each of its exercises."""

from __future__ import annotations

from autograder.grader.catalogue import Mistake
from solutions.mistakes import lstm_cell, lstm_forward, lstm_step_backward, lstm_step_forward

MISTAKES: tuple[Mistake, ...] = (
    *lstm_step_forward.MISTAKES,
    *lstm_step_backward.MISTAKES,
    *lstm_forward.MISTAKES,
    *lstm_cell.MISTAKES,
)
