"""What is asked of `KerasLSTMCell`, the LSTM as a layer of Keras, and how it is called."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograder.exercises.lstm.steps import SIZES
from autograder.exercises.lstm_sequences.sequences import SEQUENCES
from autograder.exercises.program import Array, Call, Program
from autograder.exercises.shared import keras_cell
from autograder.exercises.shared.inputs import single

NAME = "KerasLSTMCell"
STEP_RETURNS = ("h_next", "h", "c")
"""The output of a step, and its states."""


def keras_program(rng: np.random.Generator) -> Program:
    """The cell of Keras: steps, large numbers, and whole sequences."""
    steps = {SEQUENCES.label(sizes): SEQUENCES.args(rng, *sizes) for sizes in SIZES[:4]}
    steps |= SEQUENCES.saturated(rng)
    calls = [
        Call(label, NAME, single(args.values()), STEP_RETURNS, adapter="keras_lstm")
        for label, args in steps.items()
    ]
    returns = SEQUENCES.forward.returns
    for sizes in ((2, 3, 4, 5), (3, 2, 1, 2)):
        args = single(SEQUENCES.args(rng, *sizes).values())
        label = SEQUENCES.label(sizes)
        calls.append(Call(label, NAME, args, returns, adapter="keras_lstm_sequence"))
    return Program(SEQUENCES.assignment, tuple(calls))


def in_keras(cell_class: Any, weights: Sequence[Array]) -> Any:
    """`keras.layers.RNN` around a student's cell with the given weights."""
    values = dict(zip(SEQUENCES.weight_names, weights, strict=True))
    return keras_cell.filled(cell_class(weights[1].shape[0]), NAME, values, 2)


def keras_lstm(cell_class: Any, x: Array, h: Array, c: Array, *weights: Array) -> Sequence[Array]:
    """One step of a student's cell: its output and its two states."""
    return keras_cell.step(in_keras(cell_class, weights), x, h, c)


def keras_lstm_sequence(
    cell_class: Any, x: Array, h0: Array, c0: Array, *weights: Array
) -> Sequence[Array]:
    """Whole sequences by `keras.layers.RNN`: all outputs and the two last states."""
    return keras_cell.sequence(in_keras(cell_class, weights), x, h0, c0)
