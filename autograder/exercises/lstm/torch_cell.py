"""What is asked of `LSTMCell`, the LSTM as a module of torch, and how it is called.

N samples, D inputs, H hidden units. What a cell lacks is told in a sentence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from autograder.exercises.lstm.steps import LSTM, SIZES
from autograder.exercises.program import Array, Call, Program, StudentError
from autograder.exercises.shared.inputs import single
from autograder.exercises.shared.torch_cell import derived, fill

CELL_RETURNS = (*LSTM.step.returns, *LSTM.step_backward.returns)
"""The states, and the gradients that autograd finds."""

DOUBLE = ("h_next in float64", "c_next in float64")
"""The states after `.double()`, which are compared as strictly as NumPy's."""


def cell_program(rng: np.random.Generator) -> Program:
    """The torch cell in float32 with its gradients, without a state, and in float64."""
    states = LSTM.step.returns
    calls = []
    for sizes in SIZES:
        given = single((*LSTM.args(rng, *sizes).values(), *LSTM.upstream(rng, *sizes)))
        label = LSTM.label(sizes)
        calls.append(Call(label, "LSTMCell", given, CELL_RETURNS, adapter="torch_cell"))
    wide = LSTM.args(rng, 3, 4, 2)
    narrow = dict(zip(wide, single(wide.values()), strict=True))
    calls += [
        at_rest("a call without a state", narrow, states),
        at_rest("a call without a state after .double()", wide, DOUBLE),
        Call(
            "a call after .double()", "LSTMCell", tuple(wide.values()), DOUBLE, adapter="one_step"
        ),
        Call(
            "two steps on the same input",
            "LSTMCell",
            tuple(narrow.values()),
            states,
            adapter="torch_cell_twice",
        ),
    ]
    for label, args in LSTM.saturated(rng).items():
        calls.append(Call(label, "LSTMCell", single(args.values()), states, adapter="one_step"))
    return Program(LSTM.assignment, tuple(calls))


def at_rest(label: str, args: Mapping[str, Array], outputs: tuple[str, ...]) -> Call:
    """The call of a torch cell that is given an input and no state."""
    given = tuple(a for name, a in args.items() if name not in LSTM.states)
    return Call(label, "LSTMCell", given, outputs, adapter="torch_cell_at_rest")


def filled(cell_class: Any, Wx: Array, Wh: Array, b: Array) -> Any:
    """A student's `LSTMCell` of the right sizes, whose parameters hold the given values."""
    return fill(cell_class, "LSTMCell", {"Wx": Wx, "Wh": Wh, "b": b})


def step(cell: Any, x: Any, *given: Any) -> tuple[Any, Any]:
    """The states `(h, c)` after a step of `cell` on `x (N, D)`.

    Raises:
        StudentError: where they are no pair of tensors `(N, H)`.
    """
    import torch

    found = cell(x if isinstance(x, torch.Tensor) else torch.from_numpy(x), *given)
    wanted = (x.shape[0], cell.Wh.shape[0])
    if not isinstance(found, (tuple, list)) or len(found) != 2:
        many = f" of length {len(found)}" if isinstance(found, (tuple, list)) else ""
        raise StudentError(f"It returns a {type(found).__name__}{many}; the pair (h, c) is wanted.")
    for name, state in zip(("h", "c"), found, strict=True):
        if not isinstance(state, torch.Tensor):
            raise StudentError(
                f"In the pair (h, c) that it returns, {name} is a {type(state).__name__}; a "
                "torch.Tensor is wanted."
            )
        if tuple(state.shape) != wanted:
            raise StudentError(
                f"It returns {name} of shape {tuple(state.shape)}; {wanted} is wanted."
            )
    return found[0], found[1]


def torch_cell(
    cell_class: Any,
    x: Array,
    h: Array,
    c: Array,
    Wx: Array,
    Wh: Array,
    b: Array,
    dh: Array,
    dc: Array,
) -> Sequence[Any]:
    """The step of a torch cell, and the gradients that autograd finds through it."""
    import torch

    cell = filled(cell_class, Wx, Wh, b)
    inputs = [torch.from_numpy(a.copy()).requires_grad_() for a in (x, h, c)]
    h_next, c_next = step(cell, inputs[0], (inputs[1], inputs[2]))
    leaves = {"x": inputs[0], "h": inputs[1], "c": inputs[2]}
    leaves |= {"Wx": cell.Wx, "Wh": cell.Wh, "b": cell.b}
    outputs = {"h_next": h_next, "c_next": c_next}
    return (h_next, c_next, *derived(outputs, leaves, (dh, dc)))


def torch_cell_at_rest(cell_class: Any, x: Array, Wx: Array, Wh: Array, b: Array) -> Sequence[Any]:
    """The step of a torch cell that is given no state, the second time that it is called.

    Raises:
        StudentError: where two such cells start from different states.
    """
    import torch

    cell, other = filled(cell_class, Wx, Wh, b), filled(cell_class, Wx, Wh, b)
    for state, same in zip(step(cell, x), step(other, x), strict=True):
        if not torch.allclose(state, same, equal_nan=True):
            raise StudentError(
                "Two cells with the same parameters, called without a state, disagree."
            )
    return step(cell, x)


def one_step(
    cell_class: Any, x: Array, h: Array, c: Array, Wx: Array, Wh: Array, b: Array
) -> Sequence[Any]:
    """The step of a torch cell, in the dtype of the arguments."""
    import torch

    cell = filled(cell_class, Wx, Wh, b)
    return step(cell, x, (torch.from_numpy(h), torch.from_numpy(c)))


def torch_cell_twice(
    cell_class: Any, x: Array, h: Array, c: Array, Wx: Array, Wh: Array, b: Array
) -> Sequence[Any]:
    """Two steps on the same input, the state of the first given to the second."""
    import torch

    cell = filled(cell_class, Wx, Wh, b)
    state = step(cell, x, (torch.from_numpy(h), torch.from_numpy(c)))
    return step(cell, x, state)
