"""What is asked of layer normalisation.

N samples, D features.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.exercises.exercise import Ask
from autograder.exercises.program import Array, Program
from autograder.exercises.shared.cases import backward_program as backward_of
from autograder.exercises.shared.cases import normal, program_of
from autograder.exercises.shared.consistency import is_adjoint, right_where_asked
from autograder.exercises.shared.inputs import OTHERS
from autograder.exercises.training.initialise import ASSIGNMENT

SIZES = ((3, 5), (4, 4), (12, 7), (1, 12), (3, 1), (1, 1))
GRADIENTS = ("dx", "dgamma", "dbeta")
FORWARD = ("layer_norm_forward", ("y",))
BACKWARD = "layer_norm_backward"


def drawn(rng: np.random.Generator, N: int, D: int) -> dict[str, Array]:
    """The arguments `x (N, D)`, `gamma (D,)` and `beta (D,)`; the mean of a row is near 2 or −2."""
    x = normal(rng, N, D) + 2 * rng.choice([-1.0, 1.0], (N, 1))
    return {"x": x, "gamma": normal(rng, D), "beta": normal(rng, D)}


def cases(rng: np.random.Generator) -> dict[str, tuple[Any, ...]]:
    """The arguments of the forward function by the name of the case.

    In the rows near 1000 the square of the mean is a billion times the variance, so that who
    subtracts the one from the mean of the squares loses nine digits. Who subtracts the mean
    first loses five, and stays within the tolerance.
    """
    found: dict[str, tuple[Any, ...]] = {
        f"N={N}, D={D}": tuple(drawn(rng, N, D).values()) for N, D in SIZES
    }
    found[OTHERS] = tuple(drawn(rng, *SIZES[0]).values())

    def with_x(label: str, x: Array, *eps: float) -> None:
        D = x.shape[1]
        found[label] = (x, normal(rng, D), normal(rng, D), *eps)

    with_x("another eps", normal(rng, 3, 4), 0.1)
    with_x("rows of equal numbers", normal(rng, 3, 1) * np.ones(5))
    with_x("rows of a tiny spread", 2 + 1e-3 * normal(rng, 3, 5))
    with_x("rows near 1000, a few hundredths apart", 1000 + 0.03 * normal(rng, 3, 16))
    with_x("rows of unequal size", normal(rng, 3, 4) * [[0.01], [1], [100]])
    return found


def forward_program(rng: np.random.Generator) -> Program:
    """One call a case, and one with gamma and beta as they are at first."""
    first = "gamma = 1, beta = 0"
    asked = cases(rng) | {first: (2 + normal(rng, 2, 3), np.ones(3), np.zeros(3))}
    return program_of(ASSIGNMENT, FORWARD[0], asked, "y")


def backward_program(rng: np.random.Generator) -> Program:
    """A backward pass a case; in one, nothing arrives at the second row."""
    asked = {label: (args, normal(rng, *args[0].shape)) for label, args in cases(rng).items()}
    args, dy = tuple(drawn(rng, 3, 6).values()), normal(rng, 3, 6)
    dy[1] = 0
    asked["dy = 0 in the second row"] = (args, dy)
    return backward_of(ASSIGNMENT, FORWARD, BACKWARD, asked, *GRADIENTS)


def consistent_with_own(ask: Ask, rng: np.random.Generator) -> bool:
    """Whether `layer_norm_backward` is the adjoint of the student's own forward function."""
    findings = []
    for N, D in SIZES[:3]:
        args, dy = drawn(rng, N, D), normal(rng, N, D)
        findings.append(is_adjoint(ask, rng, ASSIGNMENT, FORWARD, args, BACKWARD, (dy,)))
    return right_where_asked(findings)
