"""What is asked of `macro_f1`: labels that are frequent, rare, never there, and not asked for."""

from __future__ import annotations

import numpy as np

from autograder.exercises.emotion.words import ASSIGNMENT
from autograder.exercises.program import Call, Program
from autograder.exercises.shared.labels import (
    all_right,
    drawn,
    mistaken,
    unlooked_for,
    with_labels,
    without,
)

NAMES = ("anger", "disgust", "fear", "joy", "sadness", "surprise")


def f1_program(rng: np.random.Generator) -> Program:
    """Labels in lists: ints and strings, with classes that never occur, and ones left out."""
    words = list(NAMES)
    cases = {
        "three labels": drawn(rng, [0, 1, 2], 25),
        "six emotions, by name": drawn(rng, words, 60),
        "two labels": drawn(rng, [1, 2], 11),
        "a label that never occurs": with_labels(drawn(rng, [0, 1, 2], 20), [0, 1, 2, 7]),
        "a label that is never predicted": without(drawn(rng, words[:4], 30), words[1]),
        "a label that is predicted alone": unlooked_for(drawn(rng, words[:4], 30), words[2]),
        "predictions that are none of the labels": mistaken(rng, [3, 4, 5], predicted=[6, 6]),
        "rows that are none of the labels": mistaken(rng, words[:3], true=words[3:5]),
        "both of these": mistaken(rng, words[:3], words[3:5], words[4:]),
        "labels in another order": with_labels(drawn(rng, [0, 1, 2, 3], 30), [2, 0, 3, 1]),
        "labels that are not numbered from 0": drawn(rng, [5, 9, 2, 14], 30),
        "one label of four asked for": with_labels(drawn(rng, words[:4], 30), [words[3]]),
        "all right": all_right(drawn(rng, words[:3], 12)),
        "all wrong": ([0, 0, 1, 1, 2], [1, 2, 2, 0, 1], [0, 1, 2]),
        "one row": ([words[0]], [words[0]], words[:2]),
        "one row, one label": ([3], [3], [3]),
    }
    first = cases["three labels"]
    cases["the first lists once more"] = first
    cases["other lists of the first sizes"] = drawn(rng, [0, 1, 2], 25)
    return Program(
        ASSIGNMENT,
        tuple(
            Call(label, "macro_f1", args, ("f1",), adapter="untouched")
            for label, args in cases.items()
        ),
    )
