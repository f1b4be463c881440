"""What is asked of `pad_batch` and `ppmi`: words as ids, and as what stands beside them.

N comments, T words of the longest, V words of the vocabulary.
"""

from __future__ import annotations

import numpy as np

from autograder.exercises.program import Array, Call, Program
from autograder.exercises.shared.cases import program_of
from autograder.exercises.shared.inputs import OTHERS

ASSIGNMENT = "emotion"

BATCHES = {
    "lengths 3, 5, 0 and 2, all kept": ((3, 5, 0, 2), 6),
    "lengths 4, 9, 1 and 6, cut to 5": ((4, 9, 1, 6), 5),
    "lengths 2 and 7, cut to 7": ((2, 7), 7),
    "lengths 1 and 3, cut to 1": ((1, 3), 1),
    "one comment of 4 words": ((4,), 4),
    "comments without words": ((0, 0, 0), 3),
    "one comment without words": ((0,), 1),
    "five comments, the longest first": ((12, 3, 3, 1, 5), 11),
    "equal lengths": ((3, 3, 3), 3),
    "equal lengths, cut to 2": ((4, 4), 2),
}
"""The lengths of the comments, and how many words are kept."""


def batch_program(rng: np.random.Generator) -> Program:
    """Comments of many lengths; a word within one may have the id of PAD."""
    drawn = {
        label: (comments(rng, lengths), max_len) for label, (lengths, max_len) in BATCHES.items()
    }
    first, (lengths, max_len) = next(iter(BATCHES.items()))
    drawn["the first comments once more"] = drawn[first]
    drawn[OTHERS] = (comments(rng, lengths[::-1]), max_len)
    names = ("ids", "lengths")
    calls = (
        Call(label, "pad_batch", args, names, adapter="untouched") for label, args in drawn.items()
    )
    return Program(ASSIGNMENT, tuple(calls))


def comments(rng: np.random.Generator, lengths: tuple[int, ...]) -> list[list[int]]:
    """Ids of so many words each; where there are two or more, one of them is 0, and not the first.

    The last word is never 0 either, so that nothing but `lengths` tells where a comment ends.
    """
    found = []
    for length in lengths:
        row = rng.integers(4, 60, length)
        if length > 2:
            row[rng.integers(1, length - 1)] = 0
        found.append([int(word) for word in row])
    return found


def ppmi_program(rng: np.random.Generator) -> Program:
    """Counts of words beside words: lopsided, symmetric, with words that never occur, few, many."""
    lopsided = table(rng, 5)
    half = table(rng, 4)
    lonely = table(rng, 6)
    lonely[2] = 0
    lonely[:, 4] = 0
    absent = table(rng, 4)
    absent[1] = absent[:, 1] = 0
    twelve = table(rng, 12)
    weighted = table(rng, 7) * rng.uniform(0.2, 1, (7, 7))
    cases: dict[str, tuple[Array, ...]] = {
        "V=5": (lopsided,),
        "V=4, symmetric": (half + half.T,),
        "V=6, a row and a column of zeros": (lonely,),
        "V=4, a word that never occurs": (absent,),
        "V=12": (twelve,),
        "V=7, counts that are not whole": (weighted,),
        "V=3, counts of millions": (1e6 * (1 + table(rng, 3)),),
        "V=2, each word beside itself": (np.diag(1 + rng.integers(1, 9, 2)).astype(float),),
        "V=1": (np.array([[float(rng.integers(2, 9))]]),),
    }
    return program_of(ASSIGNMENT, "ppmi", cases, "ppmi")


def table(rng: np.random.Generator, V: int) -> Array:
    """Counts of which about a third are 0; the last word is far more frequent than the others."""
    counts = rng.integers(1, 30, (V, V)) * (rng.integers(0, 3, (V, V)) > 0)
    counts[-1] += 40
    counts[0, 0] += 7
    return counts.astype(np.float64)
