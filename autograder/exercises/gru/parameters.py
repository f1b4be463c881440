"""What is asked of `convert_update_convention` and `count_params`: weights, and how many.

D inputs, H hidden units.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.exercises.gru.steps import AFTER, BEFORE, GRU, SIZES
from autograder.exercises.program import Call, Program
from autograder.exercises.shared.inputs import OTHERS, turned

KINDS = ("rnn", "lstm", "gru")


def convert_program(rng: np.random.Generator) -> Program:
    """Weights of unequal sizes, of D = H, and of a single unit."""
    cases = {f"D={D}, H={H}": tuple(GRU.weights(rng, D, H).values()) for _, D, H in SIZES}
    first = next(iter(cases.values()))
    cases["the first weights once more"] = first
    cases[OTHERS] = turned(first)
    return Program(
        GRU.assignment,
        tuple(
            Call(label, "convert_update_convention", (params,), GRU.weight_names)
            for label, params in cases.items()
        ),
    )


def count_program(rng: np.random.Generator) -> Program:
    """Every kind with and without biases and in both variants, and sizes by lot."""
    cases: list[tuple[Any, ...]] = [
        (kind, 3, 5, bias, *variant)
        for kind in KINDS
        for bias in (True, False)
        for variant in (AFTER, BEFORE)
    ]
    cases += [(kind, 1, 1, True, *AFTER) for kind in KINDS]
    cases += [(kind, *(int(k) for k in rng.integers(2, 200, 2)), True, *AFTER) for kind in KINDS]
    return Program(
        GRU.assignment,
        tuple(
            Call(
                f'"{kind}", D={D}, H={H}, bias={bias}, reset_after={reset_after}',
                "count_params",
                (kind, D, H, bias, reset_after),
                ("count",),
            )
            for kind, D, H, bias, reset_after in cases
        ),
    )
