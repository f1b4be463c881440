"""The catalogue of the assignment `gru`: what goes wrong in each of its exercises."""

from __future__ import annotations

from solutions.mistakes import (
    Mistake,
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
