"""Classes of torch, made and filled by whoever judges them.

A class is made with its sizes, and each parameter that the exercise names is overwritten by the
judge's numbers. What is not as the exercise says is told in a sentence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from autograder.exercises.program import Array, StudentError
from autograder.exercises.shared.first_weights import says_alike, starts_alike

OWN_LAYOUT = (
    "torch.nn.Embedding, torch.nn.Linear and torch.nn.GRU have names and layouts of their own: "
    "write bare torch.nn.Parameters."
)
"""Why a layer of torch is not what is asked for, where its parameters are counted by name."""


def filled(module_class: Any, title: str, sizes: Sequence[int], values: Mapping[str, Array]) -> Any:
    """A student's module whose parameters hold the given values, as it is when it is used.

    It is in `eval()` mode, and in float64 where the values are. None of its matrices may have
    begun with one number for all.

    Args:
        module_class: the student's class, called `title`.
        title: what the class is called.
        sizes: what it is made with.
        values: the parameters by name, such as "cell.Wx", in the order of the exercise.

    Raises:
        StudentError: where a parameter is missing or has another shape or dtype, and where there
            are others.
    """
    made = f"{title}({', '.join(map(str, sizes))})"
    matrices = [name for name, value in values.items() if value.ndim > 1]
    module = fill(module_class(*sizes), title, made, values, matrices, OWN_LAYOUT)
    return module.eval()


def fill(
    module: Any,
    title: str,
    made: str,
    values: Mapping[str, Array],
    drawn: Sequence[str],
    layout: str = "",
) -> Any:
    """Put values into the parameters of a student's module.

    Args:
        module: the module, of the class `title`, made as `made` says.
        title: what the class is called.
        made: how it was made, as in "LSTMCell(3, 5)".
        values: all its parameters by name; float64 makes the module one of float64.
        drawn: those of them that have to begin at random.
        layout: what is said where a parameter of torch's own layers stands in the place of one
            that is missing.

    Raises:
        StudentError: where the parameters are not these.
    """
    import torch

    if not isinstance(module, torch.nn.Module):
        raise StudentError(f"{title} is not a class that is derived from torch.nn.Module.")
    found = dict(module.named_parameters())
    for name, value in values.items():
        if name in dict(module.named_buffers()):
            raise StudentError(f"{name} of {made} is a buffer, which is not trained.")
        if name not in found:
            theirs = any(other.rpartition(".")[2].startswith(("weight", "bias")) for other in found)
            why = (
                "A tensor becomes a parameter when a torch.nn.Parameter is assigned to an "
                "attribute in __init__."
            )
            raise StudentError(
                f"{made} has no parameter called {name}; it has {', '.join(found) or 'none'}. "
                + (layout if layout and theirs else why)
            )
        parameter = found[name]
        if tuple(parameter.shape) != value.shape:
            raise StudentError(
                f"{name} of {made} has the shape {tuple(parameter.shape)}; "
                f"the layout of the course asks for {value.shape}."
            )
        if parameter.dtype != torch.float32:
            raise StudentError(f"{name} of {made} is {parameter.dtype}, not torch.float32.")
    alike = [name for name in drawn if starts_alike(found[name].detach().numpy())]
    if alike:
        raise StudentError(says_alike(made, alike))
    extra = sorted(set(found) - set(values))
    if extra:
        *first, last = values
        known = f"{', '.join(first)} and {last}"
        raise StudentError(f"{made} has parameters beside {known}: {', '.join(extra)}.")
    if any(value.dtype != np.float32 for value in values.values()):
        module = module.double()
        found = dict(module.named_parameters())
    with torch.no_grad():
        for name, value in values.items():
            found[name].copy_(torch.from_numpy(np.ascontiguousarray(value)))
    return module


def tensors(found: Any, wanted: Mapping[str, tuple[int, ...]]) -> list[Any]:
    """What a module's forward returned, one tensor a name.

    Args:
        found: what it returned.
        wanted: the names of the results in order, each with its shape.

    Raises:
        StudentError: where they are not tensors of these shapes.
    """
    import torch

    names = ", ".join(wanted)
    if len(wanted) == 1:
        found = (found,)
    if not isinstance(found, tuple | list) or len(found) != len(wanted):
        what = "one Tensor" if isinstance(found, torch.Tensor) else f"a {type(found).__name__}"
        if isinstance(found, tuple | list):
            what += f" of length {len(found)}"
        raise StudentError(f"It returns {what}; {len(wanted)} results are wanted: {names}.")
    for (name, shape), tensor in zip(wanted.items(), found, strict=True):
        if not isinstance(tensor, torch.Tensor):
            raise StudentError(f"{name} is a {type(tensor).__name__}; a torch.Tensor is wanted.")
        if tuple(tensor.shape) != shape:
            raise StudentError(f"{name} has the shape {tuple(tensor.shape)}; {shape} is wanted.")
    return list(found)
