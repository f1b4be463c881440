"""Programs out of cases: one call a case, then the first one anew and in another memory layout.

Where no case has other inputs of the first sizes, one is added.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from autograder.exercises.program import Array, Call, Program, Ref
from autograder.exercises.shared.inputs import OTHERS, spaced, turned


def normal(rng: np.random.Generator, *shape: int) -> Array:
    """An array of standard normal numbers."""
    return rng.standard_normal(shape)


def far_below(rng: np.random.Generator, *shape: int) -> Array:
    """Numbers that lie below any with which a search for a maximum might begin, but −inf."""
    return -1e30 * (1 + np.abs(normal(rng, *shape)))


def program_of(
    assignment: str, name: str, cases: Mapping[str, tuple[Any, ...]], *returns: str
) -> Program:
    """One call of the function `name` a case; then the first one anew, turned, and on views."""
    first = next(iter(cases.values()))
    views = tuple(spaced(a) if isinstance(a, np.ndarray) else a for a in first)
    called = {
        **cases,
        "the first inputs once more": first,
        "the first inputs as views that are not contiguous": views,
    }
    called.setdefault(OTHERS, turned(first))
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
    """Backward passes: one a case, then on the first cache once more and in another layout.

    Args:
        assignment: the assignment.
        forward: the name of the forward function and of its array results.
        backward: the name of the backward function.
        cases: the arguments of the forward pass, and the gradient of its result.
        returns: the names of the gradients.
    """
    first, (args, dy) = next(iter(cases.items()))
    cases = dict(cases)
    cases.setdefault(OTHERS, (turned(args), np.flip(dy).copy()))
    asked = {label: (label, (dy,)) for label, (_, dy) in cases.items()}
    asked["the first cache once more"] = (first, (dy,))
    asked["an upstream gradient that is not contiguous"] = (first, (spaced(dy),))
    made = {label: args for label, (args, _) in cases.items()}
    return cached_backward_program(assignment, forward, backward, made, asked, returns)


def cached_backward_program(
    assignment: str,
    forward: tuple[str, tuple[str, ...]],
    backward: str,
    made: Mapping[str, tuple[Any, ...]],
    asked: Mapping[str, tuple[str, tuple[Array, ...]]],
    returns: tuple[str, ...],
    adapter: str = "",
) -> Program:
    """Backward passes, each on a cache of the student's own forward.

    All forward passes come first, and a cache may be asked for again: it has to stay valid.

    Args:
        assignment: the assignment.
        forward: the name of the forward function and of its array results.
        backward: the name of the backward function, called with the gradients and the cache.
        made: the arguments of the forward passes by case.
        asked: for each backward pass the case whose cache it is given, and the gradients that
            arrive.
        returns: the names of the gradients.
        adapter: the adapter of the backward function, or ""; it is given the first argument of
            the forward pass as well.
    """
    name, outputs = forward
    calls = [
        Call(f"forward: {case}", name, args, outputs, returns_cache=True)
        for case, args in made.items()
    ]
    for label, (case, upstream) in asked.items():
        cache = Ref(f"forward: {case}", len(outputs))
        beside = made[case][:1] if adapter else ()
        args = (*upstream, cache, *beside)
        calls.append(Call(label, backward, args, returns, adapter=adapter))
    return Program(assignment, tuple(calls))
