"""The calls that are made of any recurrent cell: its forward and its backward passes.

A case gives the sizes, of a step or of a sequence, and by that the function that is called.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from autograder.exercises.program import Array, Call, Program
from autograder.exercises.shared.cases import cached_backward_program
from autograder.exercises.shared.inputs import OTHERS, strided, turned
from autograder.exercises.shared.recurrent_cell import Case, Inputs, RecurrentCell

Upstream = tuple[Array, ...]
"""The gradients that arrive at the results of a forward pass."""

Further = Callable[..., Mapping[str, Upstream]]
"""Makes of the gradients that arrive in the first case those of further passes, by label."""


def forward_program(
    cell: RecurrentCell,
    cases: Mapping[str, Case],
    rng: np.random.Generator,
    extremes: Callable[[np.random.Generator], Mapping[str, Inputs]] | None = None,
) -> Program:
    """One call a case, then the first inputs once more, turned and as views, then `extremes`.

    Args:
        cell: the cell.
        cases: sizes and options by label.
        rng: draws the inputs.
        extremes: draws further inputs, which belong to this cell alone.
    """
    drawn: dict[str, Inputs] = {
        label: (cell.args(rng, *sizes), options) for label, (sizes, options) in cases.items()
    }
    args, options = next(iter(drawn.values()))
    drawn["the first inputs once more"] = (args, options)
    if OTHERS not in drawn:
        drawn[OTHERS] = (dict(zip(args, turned(args.values()), strict=True)), options)
    drawn["the first inputs as views that are not contiguous"] = (strided(args), options)
    drawn |= extremes(rng) if extremes else {}
    first_sizes, _ = next(iter(cases.values()))
    name, outputs = cell.forward_of(first_sizes)
    return Program(
        cell.assignment,
        tuple(
            Call(label, name, (*args.values(), *options), outputs, returns_cache=True)
            for label, (args, options) in drawn.items()
        ),
    )


def backward_program(
    cell: RecurrentCell,
    cases: Mapping[str, Case],
    rng: np.random.Generator,
    again: Further,
    beside: Further | None = None,
) -> Program:
    """Backward passes, each on a cache of the student's own forward on the same inputs.

    Args:
        cell: the cell.
        cases: sizes and options by label.
        rng: draws the inputs.
        again: further passes on the first cache after all others, by label.
        beside: further passes on it right after the first one; its label comes before theirs.
    """
    drawn = _drawn(cell, cases, rng)
    first, (args, arriving) = next(iter(drawn.items()))
    drawn.setdefault(OTHERS, (turned(args), turned(arriving)))
    asked = {first: (first, arriving)}
    for words, upstream in (beside(*arriving) if beside else {}).items():
        asked[f"{first}, {words}"] = (first, upstream)
    asked |= {label: (label, upstream) for label, (_, upstream) in drawn.items()}
    asked |= {label: (first, upstream) for label, upstream in again(*arriving).items()}
    sizes, _ = cases[first]
    name, returns = cell.backward_of(sizes)
    made = {label: args for label, (args, _) in drawn.items()}
    return cached_backward_program(
        cell.assignment, cell.forward_of(sizes), name, made, asked, returns
    )


def once_more(*upstream: Array) -> dict[str, Upstream]:
    """The same gradients on the first cache of a step once more, and in another layout."""
    several = "upstream gradients that are" if len(upstream) > 1 else "an upstream gradient that is"
    return {
        "the first cache once more": upstream,
        f"{several} not contiguous": tuple(map(np.asfortranarray, upstream)),
    }


def _drawn(
    cell: RecurrentCell, cases: Mapping[str, Case], rng: np.random.Generator
) -> dict[str, tuple[tuple[Any, ...], Upstream]]:
    """The arguments of the forward pass and the gradients that arrive, by label."""
    early = cell.gradients_first
    arrived = {k: cell.upstream(rng, *sizes) for k, (sizes, _) in cases.items() if early}
    drawn = {}
    for label, (sizes, options) in cases.items():
        args: tuple[Any, ...] = (*cell.args(rng, *sizes).values(), *options)
        drawn[label] = (args, arrived[label] if early else cell.upstream(rng, *sizes))
    return drawn
