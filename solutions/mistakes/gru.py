"""The catalogue of the assignment `gru`: what goes wrong in each of its exercises."""

from __future__ import annotations

from autograder.grader.catalogue import Mistake
from solutions.mistakes import (
    gru_cells,
    gru_numbers,
    gru_sequences,
    gru_step_backward,
    gru_step_forward,
)

MISTAKES: tuple[Mistake, ...] = (
    *gru_step_forward.MISTAKES,
    *gru_step_backward.MISTAKES,
    *gru_sequences.MISTAKES,
    *gru_numbers.MISTAKES,
    *gru_cells.MISTAKES,
)
