"""What is asked of `pointer_mixture`: words that repeat, and words that no vocabulary has.

N rows, V words of the vocabulary, M places of the source.
"""

from __future__ import annotations

import numpy as np

from autograder.exercises.program import Array, Program
from autograder.exercises.shared.cases import program_of
from autograder.exercises.summarization.texts import ASSIGNMENT

SIZES = (
    (3, 5, 4, 8),
    (4, 4, 4, 4),
    (1, 6, 2, 7),
    (2, 1, 3, 4),
    (3, 4, 1, 6),
    (2, 7, 14, 9),
    (2, 3, 5, 3),
)
"""N, V, M and the size: all different, all equal, each of them 1, and no word beyond V."""

Row = tuple[Array, Array, Array, Array, int]


def pointer_program(rng: np.random.Generator) -> Program:
    """Mixtures of every kind."""
    cases: dict[str, Row] = {
        f"N={N}, V={V}, M={M}, size={size}": mixture(rng, N, V, M, size) for N, V, M, size in SIZES
    }
    p_gen, switch, weights, ids, size = mixture(rng, 3, 5, 4, 7)
    cases |= {
        "the network alone": (p_gen, np.ones(3), weights, ids, size),
        "the source alone": (p_gen, np.zeros(3), weights, ids, size),
        "one word at all places": (p_gen, switch, weights, np.full((3, 4), 2), size),
        "one word beyond V at all places": (p_gen, switch, weights, np.full((3, 4), 6), size),
        "no word twice": (p_gen, switch, weights, np.tile([6, 0, 3, 4], (3, 1)), size),
        "the last word is in no row": (p_gen, switch, weights, np.minimum(ids, 5), size),
        "ids of 32 bits": (p_gen, switch, weights, ids.astype(np.int32), size),
    }
    return program_of(ASSIGNMENT, "pointer_mixture", cases, "p")


def mixture(rng: np.random.Generator, N: int, V: int, M: int, size: int) -> Row:
    """Arguments in which a word stands at two places of each row, where there are two."""
    ids = rng.integers(0, size, (N, M))
    ids[:, -1] = size - 1
    if M > 2:
        ids[:, 0] = ids[:, 1]
    switch = rng.uniform(0.2, 0.9, N)
    return rng.dirichlet(np.ones(V), N), switch, rng.dirichlet(np.ones(M), N), ids, size
