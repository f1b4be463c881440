"""What is asked of `GRUCell`, the GRU as a module of torch, and how it is called.

N samples, D inputs, H hidden units. `variant` is a tuple of `reset_after`, or an empty one where
the default is asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograder.exercises.gru.steps import AFTER, BEFORE, GRU, SIZES, labelled
from autograder.exercises.program import Array, Call, Program, StudentError
from autograder.exercises.shared.inputs import single
from autograder.exercises.shared.torch_cell import derived, fill

NAME = "GRUCell"
PAIR = ("h_next", "h_next after two steps")
"""The states after one and after two steps."""

DOUBLE = ("h_next in float64", "h_next after two steps in float64")
"""The same after `.double()`, which are compared as strictly as NumPy's."""

CELL_RETURNS = (*GRU.step.returns, *GRU.step_backward.returns)
"""The state, and the gradients that autograd finds."""

CASES = {
    **labelled((SIZES[0], AFTER), (SIZES[1], BEFORE)),
    f"{GRU.label(SIZES[2])}, reset_after not given": (SIZES[2], ()),
    **labelled((SIZES[3], BEFORE), (SIZES[4], AFTER)),
}
"""Sizes and variants by label."""


def cell_program(rng: np.random.Generator) -> Program:
    """The torch cell in float32 with its gradients, without a state, and in float64."""
    calls = []
    for label, (sizes, variant) in CASES.items():
        arrays = single(GRU.args(rng, *sizes).values())
        given = (*arrays, variant, *single(GRU.upstream(rng, *sizes)))
        calls.append(Call(label, NAME, given, CELL_RETURNS, adapter="torch_gru"))
    wide = GRU.args(rng, 3, 4, 2)
    x, _, *weights = wide.values()
    narrow = single((x, *weights))
    calls += [
        Call(
            "a call without a state", NAME, (*narrow, AFTER), PAIR[:1], adapter="torch_gru_at_rest"
        ),
        Call(
            "a call without a state after .double()",
            NAME,
            (x, *weights, BEFORE),
            DOUBLE[:1],
            adapter="torch_gru_at_rest",
        ),
        Call(
            "two steps after .double()",
            NAME,
            (*wide.values(), AFTER),
            DOUBLE,
            adapter="torch_gru_twice",
        ),
    ]
    for label, args in GRU.saturated(rng).items():
        loud = (*single(args.values()), AFTER)
        calls.append(Call(label, NAME, loud, PAIR, adapter="torch_gru_twice"))
    return Program(GRU.assignment, tuple(calls))


def filled(cell_class: Any, weights: Sequence[Array], variant: Sequence[bool]) -> Any:
    """A student's cell whose parameters hold `weights`."""
    return fill(cell_class, NAME, dict(zip(GRU.weight_names, weights, strict=True)), *variant)


def step(cell: Any, x: Any, *given: Any) -> Any:
    """The hidden state after a step of `cell` on `x (N, D)`.

    Raises:
        StudentError: where it is no tensor `(N, H)`.
    """
    import torch

    found = cell(x if isinstance(x, torch.Tensor) else torch.from_numpy(x), *given)
    wanted = (x.shape[0], cell.Wh.shape[0])
    if not isinstance(found, torch.Tensor):
        raise StudentError(
            f"It returns a {type(found).__name__}; one torch.Tensor, h_next, is wanted."
        )
    if tuple(found.shape) != wanted:
        raise StudentError(
            f"It returns a tensor of shape {tuple(found.shape)}; {wanted} is wanted."
        )
    return found


def torch_gru(cell_class: Any, x: Array, h: Array, *rest: Any) -> Sequence[Any]:
    """The step of a torch cell, and the gradients that autograd finds through it.

    `rest` is Wx, Wh, bx, bh, the variant, and the gradient of the result.
    """
    import torch

    *weights, variant, dh_next = rest
    cell = filled(cell_class, weights, variant)
    leaves = {
        "x": torch.from_numpy(x.copy()).requires_grad_(),
        "h": torch.from_numpy(h.copy()).requires_grad_(),
    }
    h_next = step(cell, leaves["x"], leaves["h"])
    leaves |= {name: getattr(cell, name) for name in GRU.weight_names}
    return (h_next, *derived({"h_next": h_next}, leaves, (dh_next,)))


def torch_gru_at_rest(cell_class: Any, x: Array, *rest: Any) -> Any:
    """The step of a torch cell that is given no state, the second time that it is called.

    Raises:
        StudentError: where two such cells start from different states.
    """
    import torch

    *weights, variant = rest
    cell, other = (filled(cell_class, weights, variant) for _ in range(2))
    if not torch.allclose(step(cell, x), step(other, x), equal_nan=True):
        raise StudentError("Two cells with the same parameters, called without a state, disagree.")
    return step(cell, x)


def torch_gru_twice(cell_class: Any, x: Array, h: Array, *rest: Any) -> tuple[Any, Any]:
    """The states after one and after two steps on the same input."""
    import torch

    *weights, variant = rest
    cell = filled(cell_class, weights, variant)
    first = step(cell, x, torch.from_numpy(h))
    return first.clone(), step(cell, x, first)
