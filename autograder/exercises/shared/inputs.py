"""What the exercises of several assignments draw and name in the same way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from autograder.exercises.program import Array

OTHERS = "other inputs of the first sizes"
"""The case that tells an answer from one that was kept for inputs of the same sizes."""

DIFFERENTIATED = ("autograd", "func", "GradientTape", "requires_grad", "requires_grad_")
"""How the frameworks find gradients, which a backward pass by hand is not."""


def spaced(a: Array) -> Array:
    """The same values as every second entry of a wider array, so that it is not contiguous."""
    wide = np.zeros((*a.shape[:-1], 2 * a.shape[-1]), a.dtype)
    wide[..., ::2] = a
    return wide[..., ::2]


def turned(args: Iterable[Any]) -> tuple[Any, ...]:
    """Other arguments of the same sizes: of each array the same numbers in the opposite order.

    So too of the arrays in a list or a dictionary.
    """

    def other(value: Any) -> Any:
        if isinstance(value, list):
            return [other(item) for item in value]
        if isinstance(value, dict):
            return {key: other(item) for key, item in value.items()}
        return np.asarray(np.flip(value)).copy() if isinstance(value, np.ndarray) else value

    return tuple(map(other, args))


def strided(args: Mapping[str, Array], transposed: Sequence[str] = ("x", "Wh")) -> dict[str, Array]:
    """The same values as views that are not contiguous: `transposed`, or every second entry."""
    return {
        key: np.asfortranarray(a) if key in transposed else spaced(a) for key, a in args.items()
    }


def single(arrays: Iterable[Array]) -> tuple[Array, ...]:
    """The arrays in float32."""
    return tuple(a.astype(np.float32) for a in arrays)


def all_alike(names: Sequence[str], tolerance: str) -> dict[str, str]:
    """The same tolerance for every name."""
    return dict.fromkeys(names, tolerance)
