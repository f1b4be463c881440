"""The catalogue of the assignment `feedforward`: what goes wrong in each of its exercises."""

from __future__ import annotations

from autograder.grader.catalogue import Mistake
from solutions.mistakes import (
    feedforward_activations,
    feedforward_affine,
    feedforward_copies,
    feedforward_loss,
    feedforward_network,
    feedforward_numerical,
    feedforward_optimiser,
)

MISTAKES: tuple[Mistake, ...] = (
    *feedforward_activations.MISTAKES,
    *feedforward_affine.MISTAKES,
    *feedforward_loss.MISTAKES,
    *feedforward_numerical.MISTAKES,
    *feedforward_network.MISTAKES,
    *feedforward_optimiser.MISTAKES,
    *feedforward_copies.MISTAKES,
)
