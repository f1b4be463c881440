"""The one table of tolerances: how far an answer may be from what is right, and why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from autograder.exercises.program import Array


@dataclass(frozen=True)
class Tolerance:
    """How an answer `a` is measured against `r`, the array that is right.

    Attributes:
        error: the size of the difference, a number without unit that is at most `allowed`
            for a right answer.
        allowed: the bound on `error`.
        why: the reason for the bound, told to whoever asks.
    """

    error: Callable[[Array, Array], float]
    allowed: float
    why: str

    def accepts(self, a: Array, r: Array) -> bool:
        """Whether `a`, of the shape of `r`, is near enough; nan and inf never are."""
        return bool(np.isfinite(a).all()) and self.error(a, r) <= self.allowed


def max_error(a: Array, r: Array) -> float:
    """`max|a − r| / max(1, max|r|)`."""
    return float(np.max(np.abs(a - r), initial=0) / max(1.0, np.max(np.abs(r), initial=0)))


def norm_error(a: Array, r: Array) -> float:
    """`‖a − r‖₂ / ‖r‖₂`; a difference of 1e-12 is nothing, also where `r` is zero.

    An entry near zero does not decide here, as it does in a maximum of relative errors: that
    one exceeds 1e-7 for a right gradient of an LSTM in a third of random draws.
    """
    difference, norm = float(np.linalg.norm(a - r)), float(np.linalg.norm(r))
    return 0.0 if difference <= 1e-12 else difference / max(norm, 1e-300)


def close_error(a: Array, r: Array) -> float:
    """`max|a − r| / (1e-5 + 1e-4 |r|)`: at most 1 where `numpy.allclose` would agree."""
    return float(np.max(np.abs(a - r) / (1e-5 + 1e-4 * np.abs(r)), initial=0))


TOLERANCES = {
    "forward": Tolerance(
        max_error,
        1e-9,
        "float64 carries 16 digits; a forward pass in another order of summation loses few of them",
    ),
    "gradient": Tolerance(
        norm_error,
        1e-7,
        "a right gradient in float64 stays under 1e-9 in every style that was tried",
    ),
    "difference": Tolerance(
        norm_error,
        1e-6,
        "with a step of 1e-5 the 16 digits of float64 leave about 10 in a difference, which is "
        "divided by the step",
    ),
    "clipped": Tolerance(
        norm_error,
        1e-5,
        "torch adds 1e-6 to the norm before it divides by it, and whoever does the same is right",
    ),
    "float32": Tolerance(
        close_error,
        1.0,
        "float32 carries 7 digits, and frameworks sum in an order of their own: 1e-4 of the "
        "value, and 1e-5 where the value is near zero",
    ),
    "count": Tolerance(max_error, 0.0, "a count is a whole number, and is right or wrong"),
}
"""Tolerances by what they are for; an exercise names one of these for each of its results."""
