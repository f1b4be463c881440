"""What is asked of `KerasGRUCell`, the GRU as a layer of Keras, and how it is called.

`variant` is a tuple of `reset_after`, or an empty one where the default is asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograder.exercises.gru.steps import AFTER, BEFORE, GRU
from autograder.exercises.gru.torch_cell import CASES
from autograder.exercises.program import Array, Call, Program
from autograder.exercises.shared import keras_cell
from autograder.exercises.shared.inputs import single

NAME = "KerasGRUCell"
STEP_RETURNS = ("h_next", "state")
"""The output of a step, and its state."""

SEQUENCE_RETURNS = ("hs", "hT")


def keras_program(rng: np.random.Generator) -> Program:
    """The cell of Keras: steps in both variants, large numbers, and whole sequences."""
    calls = []
    for label, (sizes, variant) in list(CASES.items())[:4]:
        given = (*single(GRU.args(rng, *sizes).values()), variant)
        calls.append(Call(label, NAME, given, STEP_RETURNS, adapter="keras_gru"))
    for label, args in GRU.saturated(rng).items():
        loud = (*single(args.values()), AFTER)
        calls.append(Call(label, NAME, loud, STEP_RETURNS, adapter="keras_gru"))
    for sizes, variant in (((2, 3, 4, 5), AFTER), ((3, 2, 1, 2), BEFORE)):
        given = (*single(GRU.args(rng, *sizes).values()), variant)
        label = GRU.label(sizes, variant)
        calls.append(Call(label, NAME, given, SEQUENCE_RETURNS, adapter="keras_gru_sequence"))
    return Program(GRU.assignment, tuple(calls))


def in_keras(cell_class: Any, weights: Sequence[Array], variant: Sequence[bool]) -> Any:
    """`keras.layers.RNN` around a student's cell with the given weights."""
    cell = cell_class(weights[1].shape[0], *variant)
    return keras_cell.filled(cell, NAME, dict(zip(GRU.weight_names, weights, strict=True)), 1)


def keras_gru(cell_class: Any, x: Array, h: Array, *rest: Any) -> Sequence[Array]:
    """One step of a student's cell: its output and its state."""
    *weights, variant = rest
    return keras_cell.step(in_keras(cell_class, weights, variant), x, h)


def keras_gru_sequence(cell_class: Any, x: Array, h0: Array, *rest: Any) -> Sequence[Array]:
    """Whole sequences by `keras.layers.RNN`: all outputs and the last state."""
    *weights, variant = rest
    return keras_cell.sequence(in_keras(cell_class, weights, variant), x, h0)
