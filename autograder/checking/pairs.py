"""Two known mistakes at once: which pairs may explain an answer, and which certainly do.

Many cases show one of two mistakes alone: there the answer has to be what this mistake gives by
itself. Where both show, nothing but the two edits made together can tell.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np

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
    """All pairs: those that contradict fewest results first, and of these those that explain most.

    A pair contradicts a result in which one mistake alone shows, and which is not what it gives.
    It may be made all the same: an edit that shows nowhere by itself may show beside another.

    Args:
        found: the fingerprint of the answers, a row a result.
        right: the fingerprint of what is right.
        known: the fingerprint of every known mistake, by name.
        allowed: how far two numbers of one row may be apart.
    """
    fitting = {name: rows for name, rows in known.items() if rows.shape == found.shape}
    shows = {name: ~equal_rows(rows, right, allowed) for name, rows in fitting.items()}
    explains = {name: equal_rows(found, rows, allowed) for name, rows in fitting.items()}
    as_right = equal_rows(found, right, allowed)
    pairs = []
    for a, b in combinations(fitting, 2):
        both = shows[a] & shows[b]
        fits = np.select([both, shows[a], shows[b]], [True, explains[a], explains[b]], as_right)
        by_a, by_b = (int((shows[name] & ~both & explains[name]).sum()) for name in (a, b))
        first, second = (a, b) if by_a >= by_b else (b, a)
        certain = bool(by_a and by_b and fits.all() and not both.any())
        pairs.append(((~fits).sum(), -by_a - by_b, Pair(first, second, certain)))
    return [pair for *_, pair in sorted(pairs, key=lambda row: row[:2])]
