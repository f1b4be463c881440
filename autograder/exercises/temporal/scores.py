"""What is asked of `f1_by_relation`: relations that are frequent, rare, and never there."""

from __future__ import annotations

import operator
from collections.abc import Mapping
from typing import Any

import numpy as np

from autograder.exercises.program import Array, Call, Program, StudentError
from autograder.exercises.shared.labels import (
    all_right,
    drawn,
    mistaken,
    unlooked_for,
    with_labels,
    without,
)
from autograder.exercises.shared.text import untouched, written
from autograder.exercises.temporal.relations import ASSIGNMENT

NAMES = ("IS_INCLUDED", "BEFORE", "SIMULTANEOUS", "AFTER", "BEGUN_BY", "IAFTER")

RETURNS = ("relations", "scores", "support")
"""The keys in their order; precision, recall and F1; and how often each is true."""


def scores_program(rng: np.random.Generator) -> Program:
    """Relations in lists, with ones that never occur, and ones that nobody asked for."""
    names = list(NAMES)
    a, b, c = names[1:4]
    cases = {
        "three relations": drawn(rng, names[:3], 25),
        "six relations": drawn(rng, names, 60),
        "a relation that never occurs": with_labels(
            drawn(rng, names[:3], 20), [*names[:2], "ENDS", names[2]]
        ),
        "a relation that is never predicted": without(drawn(rng, names[:4], 30), names[1]),
        "a relation that is predicted alone": unlooked_for(drawn(rng, names[:4], 30), names[2]),
        "predictions that are none of the relations": mistaken(
            rng, names[:3], predicted=[names[4], "NONE", names[4]]
        ),
        "links that are none of the relations": mistaken(rng, names[:3], true=names[3:5]),
        "both of these": mistaken(rng, names[:3], names[3:5], names[4:]),
        "relations in another order": with_labels(
            drawn(rng, names[:4], 30), [names[k] for k in (2, 0, 3, 1)]
        ),
        "one relation of four asked for": with_labels(drawn(rng, names[:4], 30), [names[3]]),
        "all right": all_right(drawn(rng, names[:3], 12)),
        "all wrong": ([a, a, b, b, c], [b, c, c, a, b], [a, b, c]),
        "one link": ([names[0]], [names[0]], names[:2]),
        "one link, one relation": ([names[3]], [names[3]], [names[3]]),
    }
    cases["the first lists once more"] = cases["three relations"]
    cases["other lists of the first sizes"] = drawn(rng, names[:3], 25)
    return Program(
        ASSIGNMENT,
        tuple(
            Call(label, "f1_by_relation", args, RETURNS, adapter="by_relation")
            for label, args in cases.items()
        ),
    )


def by_relation(function: Any, *lists: list[str]) -> tuple[Array, Array, Array]:
    """The dictionary that a student's function returns, as its keys and two arrays.

    Raises:
        StudentError: where it is no dictionary of four numbers a relation.
    """
    found = untouched(function, *lists)
    if not isinstance(found, Mapping):
        kind = type(found).__name__
        raise StudentError(f"It returns something of type {kind}; a dictionary is wanted.")
    for entry in found.values():
        if not isinstance(entry, tuple | list | np.ndarray) or len(entry) != 4:
            has = f" of length {len(entry)}" if isinstance(entry, tuple | list | dict) else ""
            raise StudentError(
                f"What stands for a relation in the dictionary is a {type(entry).__name__}{has}; "
                "precision, recall, F1 and support are wanted, in this order."
            )
    try:
        scores = [[float(number) for number in entry[:3]] for entry in found.values()]
        support = [whole(entry[3]) for entry in found.values()]
    except (TypeError, ValueError):
        raise StudentError("Something in the dictionary is no number.") from None
    return written(list(found)), np.array(scores).reshape(-1, 3), np.array(support)


def whole(number: Any) -> int | float:
    """A count as an int, or as a float where it is none."""
    try:
        return operator.index(number)
    except TypeError:
        return float(number)
