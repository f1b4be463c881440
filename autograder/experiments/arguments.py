"""What each argument of a layer changes: its weights, the shapes of its outputs, its values."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import keras
import numpy as np
import torch

Array = np.ndarray[Any, Any]
Found = tuple[int, list[Array]]
"""The number of weights of a layer, and its outputs."""

Row = tuple[int, list[tuple[int, ...]], float | None]
"""The number of weights, the shapes of the outputs, and how far the first of them has moved."""


def arrays(y: Any) -> list[Array]:
    """The outputs of a layer as a flat list of arrays."""
    if isinstance(y, list | tuple):
        return [a for part in y for a in arrays(part)]
    return [y.detach().numpy() if isinstance(y, torch.Tensor) else np.asarray(y)]


def built(kind: Any, inputs: Array, **options: Any) -> tuple[Any, Any]:
    """A layer of Keras, with random weights that are the same at every call, and its output."""
    keras.utils.set_random_seed(7)
    layer = kind(**options)
    return layer, layer(inputs)


def in_keras(kind: Any, inputs: Array, **options: Any) -> Found:
    """The number of weights of a layer of Keras, and its outputs."""
    layer, y = built(kind, inputs, **options)
    return layer.count_params(), arrays(y)


def in_torch(kind: Any, inputs: Array, **options: Any) -> Found:
    """The number of weights of a layer of torch, and its outputs."""
    torch.manual_seed(0)
    layer = kind(**options)
    with warnings.catch_warnings(action="ignore"):  # of `proj_size`, which the page shows
        y = layer(torch.from_numpy(inputs))
    return sum(p.numel() for p in layer.parameters()), arrays(y)


def table(
    made: Callable[..., Found],
    kind: Any,
    inputs: Array,
    base: Mapping[str, Any],
    cases: Iterable[Mapping[str, Any]],
) -> dict[str, Row]:
    """Print what each case changes in a layer with the arguments of `base`.

    Args:
        made: `in_keras` or `in_torch`.
        kind: the class of the layer.
        inputs: what every layer reads.
        base: the arguments of the plain layer.
        cases: arguments that are changed.

    Returns:
        What was printed, by case.
    """
    rows: dict[str, Row] = {}
    plain: Array | None = None
    print(f"{'':35} weights  moved by  outputs")
    for case in ({}, *cases):
        count, found = made(kind, inputs, **{**base, **case})
        plain = found[0] if plain is None else plain
        comparable = case and found[0].shape == plain.shape
        moved = float(np.abs(found[0] - plain).max()) if comparable else None
        label = ", ".join(f"{name}={value!r}" for name, value in case.items()) or "the plain layer"
        rows[label] = count, [a.shape for a in found], moved
        shapes = " ".join(str(a.shape).replace(" ", "") for a in found)
        told = "" if moved is None else f"{moved:.3f}"
        print(f"{label:35} {count:7d}  {told:8}  {shapes}")
    return rows
