"""Two known mistakes at once: which pairs may explain an answer, and which certainly do.

Where no two do, one mistake may still explain most of what is wrong.

Many cases show one of two mistakes alone: there the answer has to be what this mistake gives by
itself. Where both show, nothing but the two edits made together can tell.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from autograder.checking.fingerprint import equal_rows
from autograder.exercises import Array


@dataclass(frozen=True)
class Pair:
    """Two mistakes that may have been made together.

    Attributes:
        first: the name of the one that explains more results.
        second: the name of the other.
        certain: whether every result is explained by one of them alone.
    """

    first: str
    second: str
    certain: bool


def ranked(found: Array, right: Array, known: Mapping[str, Array], allowed: Array) -> list[Pair]:
    """The pairs that may be: those that contradict fewest results first, then that explain most.

    A pair contradicts a result in which one mistake alone shows, and which is not what it gives.
    It may be made all the same: an edit that shows nowhere by itself may show beside another. Of
    362 pairs drawn from all exercises 361 contradicted at most half of the results; what
    contradicts more is left out, so that an answer which is like nothing costs no search.

    Args:
        found: the fingerprint of the answers, a row a result.
        right: the fingerprint of what is right.
        known: the fingerprint of every known mistake, by name.
        allowed: how far two numbers of one row may be apart.
    """
    names = [name for name, rows in known.items() if rows.shape == found.shape]
    given = [right[:, 0], *(known[name][:, 0] for name in names)]
    if len(names) < 2 or not (found[:, 0] == given).any():
        return []  # its results have shapes and kinds that no version gives
    shows = np.array([~equal_rows(known[name], right, allowed) for name in names])
    explains = np.array([equal_rows(found, known[name], allowed) for name in names])
    wrong = ~equal_rows(found, right, allowed)
    # Of all pairs at once: how many results show the mistake of the row and not that of the column.
    alone = _counts(shows & explains, ~shows)
    unexplained = _counts(shows & ~explains, ~shows)
    contradicted = unexplained + unexplained.T + _counts(~shows & wrong, ~shows)
    both = _counts(shows, shows)
    a, b = np.triu_indices(len(names), 1)
    explained = alone + alone.T
    pairs = []
    for n in np.lexsort((-explained[a, b], contradicted[a, b])):
        if 2 * contradicted[a[n], b[n]] > len(found):
            break
        i, j = (a[n], b[n]) if alone[a[n], b[n]] >= alone[b[n], a[n]] else (b[n], a[n])
        certain = alone[i, j] and alone[j, i] and not contradicted[i, j] and not both[i, j]
        pairs.append(Pair(names[i], names[j], bool(certain)))
    return pairs


def main(
    found: Array,
    right: Array,
    known: Mapping[str, Array],
    allowed: Array,
    cases: Sequence[Sequence[int]],
) -> tuple[str, int] | None:
    """The mistake that explains most of the cases that are wrong, and how many; None without one.

    Half of them at least, and more than one.

    A case is explained where all its results are what the mistake gives, and not what is right. A
    mistake that would show in a case that is right has not been made.

    Args:
        found: the fingerprint of the answers, a row a result.
        right: the fingerprint of what is right.
        known: the fingerprint of every known mistake, by name.
        allowed: how far two numbers of one row may be apart.
        cases: the numbers of the rows of each case.
    """
    wrong = ~equal_rows(found, right, allowed)
    odd = [rows for rows in map(list, cases) if wrong[rows].any()]
    fine = [rows for rows in map(list, cases) if not wrong[rows].any()]
    best: tuple[str, int] | None = None
    least = max(2, (len(odd) + 1) // 2)
    for name, of in known.items():
        if of.shape != found.shape:
            continue
        same, shows = equal_rows(found, of, allowed), ~equal_rows(of, right, allowed)
        if any(shows[rows].any() for rows in fine):
            continue
        explained = sum(bool(same[rows].all() and (found[rows, 0] >= 0).all()) for rows in odd)
        if explained >= least:
            least = explained + 1
            best = name, explained
    return best


def _counts(a: NDArray[np.bool_], b: NDArray[np.bool_]) -> NDArray[np.int64]:
    """In how many columns each row of `a` and each row of `b` are both true."""
    return a.astype(np.int64) @ b.astype(np.int64).T
