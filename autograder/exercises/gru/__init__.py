"""The exercises of the assignment `gru`, and the functions that make their calls.

Sizes: N sequences, T steps, D inputs, H hidden units. The order of the parts is r, z, n.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograder.exercises.exercise import Exercise
from autograder.exercises.gru.calls import (
    AFTER,
    ASSIGNMENT,
    BEFORE,
    GRADIENTS,
    PARTS,
    STEP,
    STEP_GRADIENTS,
    STEP_SIZES,
    WHOLE,
    backward_program,
    follow_backward,
    follow_forward,
    follow_step_backward,
    forward_program,
    named,
    saturated,
    sequence_args,
    step_args,
    step_backward_program,
    step_forward_program,
    weights,
)
from autograder.exercises.gru.reset import inspect_pair, numbers_of, pair_program
from autograder.exercises.gru.torch_cell import NAMES, torch_gru, torch_gru_at_rest, torch_gru_twice
from autograder.exercises.program import Array, Call, Program
from autograder.exercises.shared import keras_cell
from autograder.exercises.shared.inputs import DIFFERENTIATED, all_alike

__all__ = [
    "EXERCISES",
    "keras_gru",
    "keras_gru_sequence",
    "numbers_of",
    "torch_gru",
    "torch_gru_at_rest",
    "torch_gru_twice",
]

READY_MADE = ("GRU", "GRUCell", "gru", "gru_cell")
"""What the frameworks call it."""

KINDS = ("rnn", "lstm", "gru")


def convert_program(rng: np.random.Generator) -> Program:
    """Weights of unequal sizes, of D = H, and of a single unit."""
    cases = {f"D={D}, H={H}": tuple(weights(rng, D, H).values()) for _, D, H in STEP_SIZES}
    cases["the first weights once more"] = next(iter(cases.values()))
    return Program(
        ASSIGNMENT,
        tuple(
            Call(label, "convert_update_convention", (params,), NAMES)
            for label, params in cases.items()
        ),
    )


def count_program(rng: np.random.Generator) -> Program:
    """Every kind with and without biases and in both variants, and sizes by lot."""
    cases: list[tuple[Any, ...]] = [
        (kind, 3, 5, bias, variant)
        for kind in KINDS
        for bias in (True, False)
        for variant in (AFTER, BEFORE)
    ]
    cases += [(kind, 1, 1, True, AFTER) for kind in KINDS]
    cases += [(kind, *(int(k) for k in rng.integers(2, 200, 2)), True, AFTER) for kind in KINDS]
    return Program(
        ASSIGNMENT,
        tuple(
            Call(
                f'"{kind}", D={D}, H={H}, bias={bias}, {named(variant)}',
                "count_params",
                (kind, D, H, bias, variant),
                ("count",),
            )
            for kind, D, H, bias, variant in cases
        ),
    )


def single(args: dict[str, Array]) -> tuple[Array, ...]:
    """The arrays in float32."""
    return tuple(a.astype(np.float32) for a in args.values())


def cell_program(rng: np.random.Generator) -> Program:
    """The torch cell in float32 with its gradients, without a state, and in float64."""
    outputs = (*STEP[1], *STEP_GRADIENTS)
    calls = []
    for (N, D, H), variant in zip(
        STEP_SIZES, ((AFTER,), (BEFORE,), (), (BEFORE,), (AFTER,)), strict=True
    ):
        args = single(step_args(rng, N, D, H))
        dh = rng.standard_normal((N, H)).astype(np.float32)
        words = named(*variant) if variant else "reset_after not given"
        given = (*args, variant, dh)
        calls.append(
            Call(f"N={N}, D={D}, H={H}, {words}", "GRUCell", given, outputs, adapter="torch_gru")
        )
    wide = step_args(rng, 3, 4, 2)
    x, _, *packed = wide.values()
    narrow = [a.astype(np.float32) for a in (x, *packed)]
    pair = ("h_next", "h_after")
    calls += [
        Call(
            "a call without a state", "GRUCell", (*narrow, (AFTER,)), ("h_next",),
            adapter="torch_gru_at_rest",
        ),
        Call(
            "a call without a state after .double()", "GRUCell", (x, *packed, (BEFORE,)), ("h64",),
            adapter="torch_gru_at_rest",
        ),
        Call(
            "two steps after .double()", "GRUCell", (*wide.values(), (AFTER,)),
            ("h64", "h64_after"), adapter="torch_gru_twice",
        ),
    ]  # fmt: skip
    for label, parts in (("r and z", "rz"), ("n", "n")):
        loud = single(saturated(rng, 4, 3, 5, parts))
        name = f"pre-activations of {label} near ±1000"
        calls.append(Call(name, "GRUCell", (*loud, (AFTER,)), pair, adapter="torch_gru_twice"))
    return Program(ASSIGNMENT, tuple(calls))


def keras_program(rng: np.random.Generator) -> Program:
    """The cell of Keras: steps in both variants, large numbers, and whole sequences."""
    outputs = ("h_next", "state")
    calls = []
    for (N, D, H), variant in zip(
        STEP_SIZES[:4], ((AFTER,), (BEFORE,), (), (BEFORE,)), strict=True
    ):
        words = named(*variant) if variant else "reset_after not given"
        given = (*single(step_args(rng, N, D, H)), variant)
        name = f"N={N}, D={D}, H={H}, {words}"
        calls.append(Call(name, "KerasGRUCell", given, outputs, adapter="keras_gru"))
    for label, parts in (("r and z", "rz"), ("n", "n")):
        loud = (*single(saturated(rng, 4, 3, 5, parts)), (AFTER,))
        name = f"pre-activations of {label} near ±1000"
        calls.append(Call(name, "KerasGRUCell", loud, outputs, adapter="keras_gru"))
    for (N, T, D, H), variant in (((2, 3, 4, 5), (AFTER,)), ((3, 2, 1, 2), (BEFORE,))):
        given = (*single(sequence_args(rng, N, T, D, H)), variant)
        name = f"N={N}, T={T}, D={D}, H={H}, {named(*variant)}"
        calls.append(Call(name, "KerasGRUCell", given, ("hs", "hT"), adapter="keras_gru_sequence"))
    return Program(ASSIGNMENT, tuple(calls))


def in_keras(cell_class: Any, packed: Sequence[Array], variant: Sequence[bool]) -> Any:
    """`keras.layers.RNN` around a student's cell with the given weights."""
    cell = cell_class(packed[1].shape[0], *variant)
    return keras_cell.filled(cell, "KerasGRUCell", dict(zip(NAMES, packed, strict=True)), 1)


def keras_gru(cell_class: Any, x: Array, h: Array, *rest: Any) -> Sequence[Array]:
    """One step of a student's cell: its output and its state."""
    *packed, variant = rest
    return keras_cell.step(in_keras(cell_class, packed, variant), x, h)


def keras_gru_sequence(cell_class: Any, x: Array, h0: Array, *rest: Any) -> Sequence[Array]:
    """Whole sequences by `keras.layers.RNN`: all outputs and the last state."""
    *packed, variant = rest
    return keras_cell.sequence(in_keras(cell_class, packed, variant), x, h0)


PACKED = {"dWx": PARTS, "dWh": PARTS, "dbx": PARTS, "dbh": PARTS}
EXERCISES = (
    Exercise(
        "gru_step_forward",
        ASSIGNMENT,
        step_forward_program,
        all_alike(STEP[1], "forward"),
        framework=READY_MADE,
    ),
    Exercise(
        "gru_step_backward",
        ASSIGNMENT,
        step_backward_program,
        all_alike(STEP_GRADIENTS, "gradient"),
        parts=PACKED,
        needs=("gru_step_forward",),
        consistent_with_own=follow_step_backward,
        framework=READY_MADE + DIFFERENTIATED,
    ),
    Exercise(
        "gru_forward",
        ASSIGNMENT,
        forward_program,
        all_alike(WHOLE[1], "forward"),
        needs=("gru_step_forward",),
        consistent_with_own=follow_forward,
        framework=READY_MADE,
    ),
    Exercise(
        "gru_backward",
        ASSIGNMENT,
        backward_program,
        all_alike(GRADIENTS, "gradient"),
        parts=PACKED,
        needs=("gru_step_forward", "gru_step_backward", "gru_forward"),
        consistent_with_own=follow_backward,
        framework=READY_MADE + DIFFERENTIATED,
    ),
    Exercise(
        "convert_update_convention",
        ASSIGNMENT,
        convert_program,
        all_alike(NAMES, "forward"),
        parts=dict.fromkeys(NAMES, PARTS),
    ),
    Exercise("equal_when_reset", ASSIGNMENT, pair_program, {}, inspect=inspect_pair),
    Exercise("count_params", ASSIGNMENT, count_program, {"count": "count"}),
    Exercise(
        "GRUCell",
        ASSIGNMENT,
        cell_program,
        all_alike((*STEP[1], "h_after", *STEP_GRADIENTS), "float32")
        | all_alike(("h64", "h64_after"), "forward"),
        parts=PACKED,
        framework=READY_MADE,
    ),
    Exercise(
        "KerasGRUCell",
        ASSIGNMENT,
        keras_program,
        all_alike(("h_next", "state", "hs", "hT"), "float32"),
        framework=READY_MADE,
        seconds=40.0,
    ),
)
"""In the order of the notebook."""
