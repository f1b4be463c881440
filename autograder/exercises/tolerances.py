"""The numbers that decide, each with its reason: they stand here and nowhere else.

`TOLERANCES` says how far an answer may be from what is right, `LIMITS` what other measures have to
be, and `SPEEDS` how fast a layer has to be.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder.exercises.program import Array
from autograder.exercises.speed import Bounds


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
    apart: float
    why: str

    def accepts(self, a: Array, r: Array) -> bool:
        """Whether `a`, of the shape of `r`, is near enough; nan and inf never are."""
        return bool(np.isfinite(a).all()) and self.error(a, r) <= self.allowed

    @np.errstate(all="ignore")
    def differing(self, a: Array, r: Array) -> Array:
        """Which entries of `a`, of the shape of `r`, are too far off; one at least if any is."""
        far: Array = ~(np.abs(a - r) <= self.allowed * UNITS[self.error](r))
        if not far.any() and not self.accepts(a, r):
            far.flat[int(np.argmax(np.abs(a - r)))] = True
        return far


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
    return float(np.max(np.abs(a - r) / _close(r), initial=0))


def _close(r: Array) -> Array:
    return np.asarray(1e-5 + 1e-4 * np.abs(r))


UNITS: Mapping[Callable[[Array, Array], float], Callable[[Array], Any]] = {
    max_error: lambda r: max(1.0, np.max(np.abs(r), initial=0)),
    norm_error: lambda r: float(np.linalg.norm(r)) / np.sqrt(max(1, r.size)),
    close_error: _close,
}
"""The difference of one entry that is an error of 1; of the norm, where all entries share it."""

TEXT = "text"
"""The tolerance of results that are text, see `shared.text`."""

TOLERANCES = {
    "forward": Tolerance(
        max_error,
        1e-9,
        1e-6,
        "float64 carries 16 digits; a forward pass in another order of summation loses few of them",
    ),
    "gradient": Tolerance(
        norm_error,
        1e-8,
        1e-6,
        "a right gradient in float64 stays under 2e-10 in every style that was tried; one that is "
        "computed in float32 was seen at 2e-8 and more",
    ),
    "difference": Tolerance(
        norm_error,
        1e-6,
        1e-5,
        "with a step of 1e-5 the 16 digits of float64 leave about 10 in a difference, which is "
        "divided by the step",
    ),
    "clipped": Tolerance(
        norm_error,
        1e-5,
        1e-4,
        "torch adds 1e-6 to the norm before it divides by it, and whoever does the same is right",
    ),
    "float32": Tolerance(
        close_error,
        1.0,
        1e-3,
        "float32 carries 7 digits, and frameworks sum in an order of their own: 1e-4 of the "
        "value, and 1e-5 where the value is near zero",
    ),
    "count": Tolerance(max_error, 0.0, 1e-6, "a count is a whole number, and is right or wrong"),
    TEXT: Tolerance(max_error, 0.0, 1e-6, "a text is the same, or it is another"),
}
"""Tolerances by what they are for; an exercise names one of these for each of its results."""


@dataclass(frozen=True)
class Limit:
    """A number that a measure is compared with.

    Attributes:
        value: the number.
        why: what is measured, and the reason for the number.
    """

    value: float
    why: str


LIMITS = {
    # An object that is consistent with the student's own earlier ones.
    "difference step": Limit(
        1e-5, "the error of a central difference is of the order of its square, 1e-10"
    ),
    "adjoint": Limit(
        5e-9,
        "the relative error of the adjoint identity, taken by differences: right passes were seen "
        "at 8e-10, ones in float32 at 5e-8, wrong ones at 1.7 and more",
    ),
    "exact adjoint": Limit(
        1e-9,
        "the same for a linear function, which needs no differences and loses few digits; "
        "and how far a backward pass may be from linear, where float32 is at 1e-7",
    ),
    "small": Limit(1e-3, "what an error is relative to, at the least: below, it is absolute"),
    "response": Limit(
        1e-6, "how far a forward pass has to move where an argument does: else it is a constant"
    ),
    "ways": Limit(
        1e-3,
        "the share of a further direction in which results move: what depends on the sum of its "
        "arguments alone moves in one",
    ),
    "bend": Limit(1e-3, "the curvature of a forward pass beside its slope: a linear one has none"),
    "replay": Limit(
        1e-6, "the relative error of a step of training, made once more by the student's own parts"
    ),
    "replay near zero": Limit(1e-9, "the absolute error of the same"),
    "scaled": Limit(
        1e-5, "the relative error below which an array was scaled by 1, and digits were lost"
    ),
    "digits lost": Limit(
        100.0, "the relative error that a computation in a smaller dtype makes, in units of its eps"
    ),
    "likeness": Limit(
        0.8,
        "the cosine between an answer and the right one from which on it is near it: a factor that "
        "is off leaves 0.99, another function of the same sum 0.98, a product of two states 0.0",
    ),
    "usual ratio": Limit(
        1e-3,
        "how far the ratio of an answer to what is right may be from a usual one, such as 1/N, to "
        "be told as that: three digits, for other digits of it are not told",
    ),
    "likeness of what is built on it": Limit(
        0.4,
        "the same for what is right on top of such a function: over twelve steps sin in the place "
        "of tanh leaves 0.7, a product of two states nothing",
    ),
    "cases that are near": Limit(
        0.5, "the share of cases in which all answers have to be near: some may fail altogether"
    ),
    # A known mistake that is made in some of the cases in which it could be.
    "part": Limit(
        0.25,
        "the share of the results in which a known mistake shows that have to show it: fewer are "
        "special cases, in which different mistakes give the same",
    ),
    "calls that show a part": Limit(2, "how many calls have to: one may be such a case"),
    # Random results.
    "frequencies": Limit(
        1e-6, "how likely it is that the frequencies of a right solution are as far off"
    ),
    "moments": Limit(
        0.04,
        "a mean, variance or correlation of 48 000 weights, in units of what is right: a variance "
        "is then known to 0.7 %",
    ),
    "first weights": Limit(0.05, "the same for the 42 000 weights of a new network"),
    "mean of gates": Limit(
        0.15, "the mean of the 4 800 and more weights of an LSTM, in standard deviations"
    ),
    "smallest weights": Limit(
        0.005, "the standard deviation below which weights of any usual rule do not fall"
    ),
    "largest weights": Limit(1.5, "the one above which they do not rise"),
    # Trainings.
    "digits read by LeNet": Limit(
        0.95, "the share of unseen digits that are read; the reference reads 97 % to 99 %"
    ),
    "digits read by MLP": Limit(
        0.93, "the same for a network of two layers; the reference reads 95 % and more"
    ),
    "left of the first weights": Limit(
        0.2,
        "the cosine between the weights after a training and before: the reference leaves 0.65, "
        "with ten times the rate 0.34; those of another network have less than 0.1",
    ),
    "loss that is left": Limit(0.5, "the last loss beside the first, where something is learned"),
    "loss of a guess": Limit(
        1.2,
        "the first loss beside that of a guess, log C: a sum over batches is 5 times as large, one "
        "over the samples of a batch 2.6 times",
    ),
    "own labels": Limit(
        0.9, "the share of samples whose gradient points to their own label: all but a few do"
    ),
    "rate not used": Limit(0.5, "the distance of a parameter from its start, in steps of Adam"),
    "step an epoch": Limit(1.5, "the same, in steps an epoch, where one is made after each"),
    "softmax twice": Limit(0.05, "how near the last loss is to the least that it can then be"),
    # What the text of `equal_when_reset` asks for.
    "equal": Limit(1e-9, "the difference of two next states that are equal"),
    "different": Limit(0.1, "the difference of two next states that are not"),
    "heard": Limit(0.1, "the largest entry of h, and the norm of what the candidate hears of it"),
    "closed": Limit(0.9, "the reset gate that is least open"),
}
"""Limits by what they are for."""


SPEEDS = {
    "lstm": {
        "cpu": Bounds(
            1.8,
            1.3,
            False,
            "both ways, the fused operation was seen 2.3 to 2.9 times as fast as the loop in "
            "NumPy, the request to the kernel in its time; another loop in NumPy half as fast, and "
            "one in torch a thirtieth",
        ),
        "cuda": Bounds(3.0, 2.0, True, "not measured: the bounds of the GRU, made narrower"),
    },
    "gru": {
        "cpu": Bounds(
            3.5,
            2.2,
            True,
            "the operation was seen 4.4 to 6.4 times as fast as the loop in NumPy, the request in "
            "its time; another loop in NumPy was as fast, and one in torch a fifth",
        ),
        "cuda": Bounds(3.0, 2.0, True, "not measured: the bounds of a CPU, made narrower"),
    },
}
"""How many times as fast as a loop in NumPy a layer has to be, by kind and device; the times were
taken on two cores that others used as well."""
