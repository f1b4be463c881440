"""What torch cells of any kind are asked: their parameters set, their gradients found.

D inputs, H hidden units. What a cell lacks is told in a sentence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from autograder.exercises.program import Array, StudentError
from autograder.exercises.shared.first_weights import says_alike, starts_alike


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
    alike = [n for n in ("Wx", "Wh") if starts_alike(found[n].detach().numpy())]
    if alike:
        raise StudentError(says_alike(made, alike))
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
