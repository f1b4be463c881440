"""What the exercises of several assignments draw and name in the same way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from autograder.exercises.program import Array

DIFFERENTIATED = ("autograd", "func", "GradientTape", "requires_grad", "requires_grad_")
"""How the frameworks find gradients, which a backward pass by hand is not."""


def spaced(a: Array) -> Array:
    """The same values as every second entry of a wider array, so that it is not contiguous."""
    wide = np.zeros((*a.shape[:-1], 2 * a.shape[-1]), a.dtype)
    wide[..., ::2] = a
    return wide[..., ::2]


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
