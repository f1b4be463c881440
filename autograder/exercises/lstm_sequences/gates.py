"""What is asked of `reorder_gates` and `retention`: the order of gates, and what one of them keeps.

T steps.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from autograder.exercises.program import Array, Call, Program, StudentError
from autograder.exercises.shared.cases import normal
from autograder.exercises.shared.inputs import OTHERS, turned

ASSIGNMENT = "lstm_sequences"

ORDERS = (
    ((3, 20), "ifgo", "ifog"),
    ((5, 8), "ifgo", "gofi"),
    ((12,), "ifog", "ogif"),
    ((2, 9), "rzn", "zrn"),
    ((6,), "rzn", "nrz"),
    ((1, 4), "ofgi", "ifgo"),
    ((4, 6), "rzn", "rzn"),
)
"""The shape of W, the order that it has, and the one that is wanted; some are not their own
inverse."""

BIASES = (
    (0.0, 20),
    (1.0, 12),
    (3.0, 50),
    (-2.0, 3),
    (4.0, 1),
    (5.0, 0),
    (1e3, 7),
    (-1e3, 2),
    (-1e3, 0),
)
"""The bias of the forget gate, and T."""


def reorder_program(rng: np.random.Generator) -> Program:
    """Matrices and biases of three and of four gates."""
    cases = {
        f"W {shape}, {src} to {dst}": (normal(rng, *shape), src, dst) for shape, src, dst in ORDERS
    }
    cases[OTHERS] = turned(next(iter(cases.values())))
    return Program(
        ASSIGNMENT,
        tuple(
            Call(label, "reorder_gates", args, ("W",), adapter="apart")
            for label, args in cases.items()
        ),
    )


def apart(reorder_gates: Callable[[Array, str, str], Array], W: Array, src: str, dst: str) -> Array:
    """The result of a call, which shares no memory with what was passed in.

    Raises:
        StudentError: where it does.
    """
    reordered = reorder_gates(W, src, dst)
    if isinstance(reordered, np.ndarray) and np.shares_memory(reordered, W):
        raise StudentError(
            f"From {src} to {dst} it returns W itself, or a view of it. Whoever changes the "
            "result changes W with it; return a new array."
        )
    return reordered


def retention_program(rng: np.random.Generator) -> Program:
    """Numbers, and arrays of several shapes; large biases, no step, many steps."""
    calls = [
        Call(f"forget_bias={bias:g}, T={T}", "retention", (bias, T), ("share",))
        for bias, T in BIASES
    ]
    for shape, T in (((5,), 9), ((2, 3), 30), ((7, 1), 2), ((3, 2), 5), ((6,), 1), ((1,), 2)):
        bias = 2 * normal(rng, *shape)
        calls.append(Call(f"an array {shape}, T={T}", "retention", (bias, T), ("share",)))
    array = calls[len(BIASES)]
    calls.append(replace(array, name="another array of the first shape", args=turned(array.args)))
    return Program(ASSIGNMENT, tuple(calls))
