"""What torch cells of any kind are asked: their parameters set, their gradients found.

D inputs, H hidden units. What a cell lacks is told in a sentence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from autograder.exercises.program import Array, StudentError
from autograder.exercises.shared import torch_module


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
    D, H = values["Wx"].shape[0], values["Wh"].shape[0]
    cell = cell_class(D, H, *more)
    return torch_module.fill(cell, title, f"{title}({D}, {H})", values, ("Wx", "Wh"))


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
