"""Programs out of cases: one call a case, then the first one anew and in another memory layout."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from autograder.exercises.program import Array, Call, Program, Ref
from autograder.exercises.shared.inputs import spaced


def normal(rng: np.random.Generator, *shape: int) -> Array:
    """An array of standard normal numbers."""
    return rng.standard_normal(shape)


def program_of(
    assignment: str, name: str, cases: Mapping[str, tuple[Any, ...]], *returns: str
) -> Program:
    """One call of the function `name` a case; then the first one anew, and on views."""
    first = next(iter(cases.values()))
    views = tuple(spaced(a) if isinstance(a, np.ndarray) else a for a in first)
    called = {
        **cases,
        "the first inputs once more": first,
        "the first inputs as views that are not contiguous": views,
    }
    returns_cache = name.endswith("_forward")
    return Program(
        assignment,
        tuple(Call(label, name, args, returns, returns_cache) for label, args in called.items()),
    )


def backward_program(
    assignment: str,
    forward: tuple[str, tuple[str, ...]],
    backward: str,
    cases: Mapping[str, tuple[tuple[Any, ...], Array]],
    *returns: str,
) -> Program:
    """Backward passes, each on a cache of the student's own forward on the inputs of its case.

    All forward passes come first, and one cache is used again: a cache has to stay valid.

    Args:
        assignment: the assignment.
        forward: the name of the forward function and of its array results.
        backward: the name of the backward function.
        cases: the arguments of the forward pass, and the gradient of its result.
        returns: the names of the gradients.
    """
    name, outputs = forward
    made = [
        Call(f"forward: {label}", name, args, outputs, returns_cache=True)
        for label, (args, _) in cases.items()
    ]
    asked = {label: (label, dy) for label, (_, dy) in cases.items()}
    first, (_, dy) = next(iter(cases.items()))
    asked["the first cache once more"] = (first, dy)
    asked["an upstream gradient that is not contiguous"] = (first, spaced(dy))
    return Program(
        assignment,
        (
            *made,
            *(
                Call(label, backward, (dy, Ref(f"forward: {case}", len(outputs))), returns)
                for label, (case, dy) in asked.items()
            ),
        ),
    )
