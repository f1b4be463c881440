"""The exercises of the assignment `lstm_sequences`, and the functions that make their calls.

Sizes: N sequences, T steps, D inputs, H hidden units. Gates are stored in the order i, f, g, o.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograder.exercises.exercise import Exercise
from autograder.exercises.lstm import (
    GATES,
    READY_MADE,
    STEP_SIZES,
    saturated,
    sequence_args,
    step_args,
    weights,
)
from autograder.exercises.lstm_sequences.init import (
    ASSIGNMENT,
    drawn,
    init_program,
    inspect_weights,
)
from autograder.exercises.program import Array, Call, Program, Ref
from autograder.exercises.shared import keras_cell
from autograder.exercises.shared.cases import normal
from autograder.exercises.shared.inputs import DIFFERENTIATED, all_alike, spaced

__all__ = ["EXERCISES", "drawn", "keras_lstm", "keras_lstm_sequence"]

WHOLE = ("lstm_forward", ("hs", "hT", "cT"))
GRADIENTS = ("dx", "dh0", "dc0", "dWx", "dWh", "db")
PACKED = {"dWx": GATES, "dWh": GATES, "db": GATES}
SEQUENCE_SIZES = ((3, 4, 5, 2), (3, 3, 2, 2), (2, 1, 3, 4), (1, 5, 1, 2), (2, 3, 4, 1))

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

PADDED = (
    (3, 5, 4, 2, (5, 2, 4)),
    (4, 4, 3, 3, (1, 4, 2, 3)),
    (2, 3, 1, 4, (3, 3)),
    (1, 6, 2, 1, (4,)),
    (2, 1, 3, 2, (1, 1)),
)
"""N, T, D, H and the lengths."""

BIASES = ((0.0, 20), (1.0, 12), (3.0, 50), (-2.0, 3), (4.0, 1), (5.0, 0), (1e3, 7), (-1e3, 2))


def backward_program(rng: np.random.Generator) -> Program:
    """Gradients of whole sequences, on caches of the `lstm_forward` of the notebook."""
    name, outputs = WHOLE
    forward, backward = [], []
    for N, T, D, H in SEQUENCE_SIZES:
        label = f"N={N}, T={T}, D={D}, H={H}"
        args = tuple(sequence_args(rng, N, T, D, H).values())
        forward.append(Call(f"forward: {label}", name, args, outputs, returns_cache=True))
        dhs, (dhT, dcT) = normal(rng, N, T, H), normal(rng, 2, N, H)
        cache = Ref(f"forward: {label}", len(outputs))
        backward.append(Call(label, "lstm_backward", (dhs, dhT, dcT, cache), GRADIENTS))
    dhs, dhT, dcT, cache = backward[0].args
    for label, given in {
        "the first cache once more": (dhs, dhT, dcT),
        "dhs and dcT zero": (0 * dhs, dhT, 0 * dcT),
        "dhs and dhT zero": (0 * dhs, 0 * dhT, dcT),
        "upstream gradients that are not contiguous": tuple(map(spaced, (dhs, dhT, dcT))),
    }.items():
        backward.append(Call(label, "lstm_backward", (*given, cache), GRADIENTS))
    return Program(ASSIGNMENT, (*forward, *backward))


def reorder_program(rng: np.random.Generator) -> Program:
    """Matrices and biases of three and of four gates."""
    return Program(
        ASSIGNMENT,
        tuple(
            Call(
                f"W {shape}, {src} to {dst}",
                "reorder_gates",
                (normal(rng, *shape), src, dst),
                ("W",),
            )
            for shape, src, dst in ORDERS
        ),
    )


def bilstm_program(rng: np.random.Generator) -> Program:
    """Padded batches; what stands where there is padding is large."""
    calls = []
    for N, T, D, H, lengths in PADDED:
        x = normal(rng, N, T, D)
        x[np.arange(T) >= np.array(lengths)[:, None]] *= 30
        both = (tuple(weights(rng, D, H).values()) for _ in range(2))
        label = f"N={N}, T={T}, D={D}, H={H}, lengths {list(lengths)}"
        calls.append(Call(label, "bilstm", (x, np.array(lengths), *both), ("hs",)))
    return Program(ASSIGNMENT, tuple(calls))


def retention_program(rng: np.random.Generator) -> Program:
    """Numbers, and arrays of several shapes; large biases, no step, many steps."""
    calls = [
        Call(f"forget_bias={bias:g}, T={T}", "retention", (bias, T), ("share",))
        for bias, T in BIASES
    ]
    for shape, T in (((5,), 9), ((2, 3), 30), ((7, 1), 2), ((3, 2), 5), ((6,), 1), ((1,), 2)):
        bias = 2 * normal(rng, *shape)
        calls.append(Call(f"an array {shape}, T={T}", "retention", (bias, T), ("share",)))
    return Program(ASSIGNMENT, tuple(calls))


def single(args: dict[str, Array]) -> tuple[Array, ...]:
    """The arrays in float32."""
    return tuple(a.astype(np.float32) for a in args.values())


def keras_program(rng: np.random.Generator) -> Program:
    """The cell of Keras: steps, large numbers, and whole sequences."""
    outputs = ("h_next", "h", "c")
    calls = []
    for N, D, H in STEP_SIZES[:4]:
        args = single(step_args(rng, N, D, H))
        name = f"N={N}, D={D}, H={H}"
        calls.append(Call(name, "KerasLSTMCell", args, outputs, adapter="keras_lstm"))
    for label, gates in (("i, f and o", "ifo"), ("g", "g")):
        loud = single(saturated(rng, 4, 3, 5, gates))
        name = f"pre-activations of {label} near ±1000"
        calls.append(Call(name, "KerasLSTMCell", loud, outputs, adapter="keras_lstm"))
    for N, T, D, H in ((2, 3, 4, 5), (3, 2, 1, 2)):
        args = single(sequence_args(rng, N, T, D, H))
        name = f"N={N}, T={T}, D={D}, H={H}"
        returns = ("hs", "hT", "cT")
        calls.append(Call(name, "KerasLSTMCell", args, returns, adapter="keras_lstm_sequence"))
    return Program(ASSIGNMENT, tuple(calls))


def in_keras(cell_class: Any, packed: Sequence[Array]) -> Any:
    """`keras.layers.RNN` around a student's cell with the given weights."""
    values = dict(zip(("Wx", "Wh", "b"), packed, strict=True))
    return keras_cell.filled(cell_class(packed[1].shape[0]), "KerasLSTMCell", values, 2)


def keras_lstm(cell_class: Any, x: Array, h: Array, c: Array, *packed: Array) -> Sequence[Array]:
    """One step of a student's cell: its output and its two states."""
    return keras_cell.step(in_keras(cell_class, packed), x, h, c)


def keras_lstm_sequence(
    cell_class: Any, x: Array, h0: Array, c0: Array, *packed: Array
) -> Sequence[Array]:
    """Whole sequences by `keras.layers.RNN`: all outputs and the two last states."""
    return keras_cell.sequence(in_keras(cell_class, packed), x, h0, c0)


EXERCISES = (
    Exercise(
        "lstm_backward",
        ASSIGNMENT,
        backward_program,
        all_alike(GRADIENTS, "gradient"),
        parts=PACKED,
        framework=READY_MADE + DIFFERENTIATED,
    ),
    Exercise(
        "init_lstm",
        ASSIGNMENT,
        init_program,
        all_alike(("b", "b of the same seed"), "forward"),
        inspect=inspect_weights,
    ),
    Exercise("reorder_gates", ASSIGNMENT, reorder_program, {"W": "forward"}),
    Exercise("bilstm", ASSIGNMENT, bilstm_program, {"hs": "forward"}, framework=READY_MADE),
    Exercise("retention", ASSIGNMENT, retention_program, {"share": "forward"}),
    Exercise(
        "KerasLSTMCell",
        ASSIGNMENT,
        keras_program,
        all_alike(("h_next", "h", "c", "hs", "hT", "cT"), "float32"),
        framework=READY_MADE,
        seconds=40.0,
    ),
)
"""In the order of the notebook."""
