"""Weights that a layer begins with: they are drawn, since equal units would stay equal."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from autograder.exercises.program import Array


def starts_alike(weights: Array) -> bool:
    """Whether a good part of first weights are the same numbers."""
    return len(np.unique(weights)) < weights.size / 2


def says_alike(made: str, names: Sequence[str]) -> str:
    """What is said of the weights `names` of the layer `made` that start alike."""
    which, do = " and ".join(names), "does" if len(names) == 1 else "do"
    return f"{which} of {made} {do} not start at random: equal units would stay equal."
