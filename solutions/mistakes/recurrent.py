"""The catalogue of the assignment `recurrent`: what goes wrong in each of its exercises."""

from __future__ import annotations

from autograder.grader.catalogue import Mistake
from solutions.mistakes import (
    recurrent_clipping,
    recurrent_embedding,
    recurrent_jacobian,
    recurrent_loss,
    recurrent_sample,
    recurrent_sequence,
    recurrent_step_backward,
    recurrent_step_forward,
    recurrent_through_time,
    recurrent_truncated,
)

MISTAKES: tuple[Mistake, ...] = (
    *recurrent_step_forward.MISTAKES,
    *recurrent_step_backward.MISTAKES,
    *recurrent_sequence.MISTAKES,
    *recurrent_through_time.MISTAKES,
    *recurrent_embedding.MISTAKES,
    *recurrent_loss.MISTAKES,
    *recurrent_clipping.MISTAKES,
    *recurrent_truncated.MISTAKES,
    *recurrent_jacobian.MISTAKES,
    *recurrent_sample.MISTAKES,
)
