"""The catalogue of the assignment `layers`: what goes wrong in each of its exercises."""

from __future__ import annotations

from autograder.grader.catalogue import Mistake
from solutions.mistakes import (
    layers_across,
    layers_eligible,
    layers_flat,
    layers_keras,
    layers_masks,
    layers_modules,
    layers_path,
    layers_stream,
    layers_weights,
)

MISTAKES: tuple[Mistake, ...] = (
    *layers_weights.MISTAKES,
    *layers_across.MISTAKES,
    *layers_flat.MISTAKES,
    *layers_masks.MISTAKES,
    *layers_eligible.MISTAKES,
    *layers_stream.MISTAKES,
    *layers_path.MISTAKES,
    *layers_modules.MISTAKES,
    *layers_keras.MISTAKES,
)
