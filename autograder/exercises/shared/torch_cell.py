"""How a student's torch cell is called: its parameters set, its step taken, its gradients asked.

N samples, D inputs, H hidden units. What a cell lacks is told in a sentence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from autograder.exercises.program import Array, StudentError


def filled(cell_class: Any, Wx: Array, Wh: Array, b: Array) -> Any:
    """A student's `LSTMCell` of the right sizes, whose parameters hold the given values."""
    return fill(cell_class, "LSTMCell", {"Wx": Wx, "Wh": Wh, "b": b})


def fill(cell_class: Any, title: str, values: Mapping[str, Array], *more: Any) -> Any:
    """A student's torch cell of the right sizes, whose parameters hold the given values.

    Args:
        cell_class: the student's class, called `title`; it is made with D, H and `more`.
        title: what the class is called.
        values: the parameters by name; Wx has D rows and Wh has H.
        more: further arguments of the constructor.

    Raises:
        StudentError: where a parameter is missing, has another shape, or another dtype.
    """
    import torch

    D, H = values["Wx"].shape[0], values["Wh"].shape[0]
    cell = cell_class(D, H, *more)
    if not isinstance(cell, torch.nn.Module):
        raise StudentError(f"{title} is not a class that is derived from torch.nn.Module.")
    found = dict(cell.named_parameters())
    made = f"{title}({D}, {H})"
    for name, value in values.items():
        if name in dict(cell.named_buffers()):
            raise StudentError(f"{name} of {made} is a buffer, which is not trained.")
        if name not in found:
            raise StudentError(
                f"{made} has no parameter called {name}; it has "
                f"{', '.join(found) or 'none'}. A tensor becomes a parameter when a "
                "torch.nn.Parameter is assigned to an attribute in __init__."
            )
        parameter = found[name]
        if tuple(parameter.shape) != value.shape:
            raise StudentError(
                f"{name} of {made} has the shape {tuple(parameter.shape)}; "
                f"the layout of the course asks for {value.shape}."
            )
        if parameter.dtype != torch.float32:
            raise StudentError(f"{name} of {made} is {parameter.dtype}, not torch.float32.")
    extra = sorted(set(found) - set(values))
    if extra:
        *first, last = values
        known = f"{', '.join(first)} and {last}"
        raise StudentError(f"{made} has parameters beside {known}: {', '.join(extra)}.")
    if any(value.dtype != np.float32 for value in values.values()):
        cell = cell.double()
        found = dict(cell.named_parameters())
    with torch.no_grad():
        for name, value in values.items():
            found[name].copy_(torch.from_numpy(np.ascontiguousarray(value)))
    return cell


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


def derived(
    outputs: Mapping[str, Any], leaves: Mapping[str, Any], upstream: Sequence[Array]
) -> Sequence[Any]:
    """The gradients that autograd finds of `leaves`, given those of `outputs`.

    Raises:
        StudentError: where a value has left the graph.
    """
    import torch

    frozen = [name for name, leaf in leaves.items() if not leaf.requires_grad]
    if frozen:
        raise StudentError(f"{', '.join(frozen)} cannot be trained: requires_grad is False.")
    left = (
        "some value has left the graph, as it does by .data, .detach(), .item(), .numpy(), "
        "torch.no_grad() or torch.tensor(…)"
    )
    cut = [name for name, output in outputs.items() if not output.requires_grad]
    if cut:
        raise StudentError(f"No gradient flows back from {' and '.join(cut)}: {left}.")
    gradients = torch.autograd.grad(
        tuple(outputs.values()),
        tuple(leaves.values()),
        tuple(torch.from_numpy(a) for a in upstream),
        allow_unused=True,
    )
    unused = [name for name, g in zip(leaves, gradients, strict=True) if g is None]
    if unused:
        raise StudentError(
            f"No gradient arrives at {', '.join(unused)}: {left}, or it is not used."
        )
    return gradients


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
