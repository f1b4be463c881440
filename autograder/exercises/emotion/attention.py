"""What is asked of `additive_attention`: masks of every kind, and scores that are large.

N sequences, T places, D numbers at one, A hidden units of the score.
"""

from __future__ import annotations

import numpy as np

from autograder.exercises.emotion.words import ASSIGNMENT
from autograder.exercises.program import Array, Program
from autograder.exercises.shared.cases import normal, program_of

RETURNS = ("context", "alpha")

SIZES = ((3, 4, 5, 2), (3, 3, 3, 3), (2, 12, 1, 3), (1, 3, 2, 2), (4, 2, 2, 1))
"""N, T, D, A: all different, all equal, each of them 1 but T, and more than ten places."""

LARGE = 1e4
"""What v is multiplied with where scores are large."""


def attention_program(rng: np.random.Generator) -> Program:
    """One call a case; what stands at places that are not valid is large."""
    cases: dict[str, tuple[Array, ...]] = {}
    for N, T, D, A in SIZES:
        H, weights = normal(rng, N, T, D), network(rng, D, A)
        mask = holes(rng, N, T)
        cases[f"N={N}, T={T}, D={D}, A={A}"] = (outside(H, mask), mask > 0, *weights)
    H, weights = normal(rng, 3, 5, 4), network(rng, 4, 2)
    padded = (np.arange(5) < np.array([[5], [2], [3]])).astype(float)
    cases["padding at the end, a mask of floats"] = (outside(H, padded), padded, *weights)
    cases["the same with others at the padding"] = (
        np.where(padded[:, :, None] > 0, H, normal(rng, 3, 5, 4)),
        padded,
        *weights,
    )
    cases["all valid"] = (H, np.ones((3, 5), bool), *weights)
    between = np.array([[1.0, 0, 0, 1, 1], [0, 1, 0, 1, 0], [0, 0, 1, 1, 0]])
    cases["places in the middle not valid"] = (outside(H, between), between, *weights)
    cases["one place"] = (normal(rng, 3, 1, 4), np.ones((3, 1)), *network(rng, 4, 2))
    W, b, v = network(rng, 4, 3)
    loud = (normal(rng, 3, 5, 4), np.ones((3, 5)), W, b, LARGE * v)
    cases["scores of many thousands"] = loud
    # Each row has the same places, and another one of them is valid: not all can be the largest.
    same = np.repeat(normal(rng, 1, 5, 4), 5, axis=0)
    cases["scores of many thousands, one valid place a row"] = (
        same,
        np.eye(5, dtype=bool),
        W,
        b,
        LARGE * v,
    )
    return program_of(ASSIGNMENT, "additive_attention", cases, *RETURNS)


def network(rng: np.random.Generator, D: int, A: int) -> tuple[Array, Array, Array]:
    """W, b and v."""
    return normal(rng, D, A) / np.sqrt(D), normal(rng, A), 1.5 * normal(rng, A)


def holes(rng: np.random.Generator, N: int, T: int) -> Array:
    """A mask of which about a third is 0, and one place of each row is not."""
    mask = rng.integers(0, 3, (N, T)) > 0
    mask[:, -1] &= T < 3  # the last place is never valid where there are three
    mask[np.arange(N), rng.integers(0, max(1, T - 1), N)] = True
    return mask.astype(float)


def outside(H: Array, mask: Array) -> Array:
    """The same with numbers that are thirty times as large at places that are not valid."""
    return np.where(mask[:, :, None] > 0, H, 30 * H)
