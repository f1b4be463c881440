"""How far a result would move with other test texts: the same ones, drawn again with repeats.

Efron (1979), "Bootstrap methods: another look at the jackknife", Annals of Statistics 7, 1-26.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

RESAMPLED = 1000
"""How often the texts are drawn."""


def middle(score: Callable[[NDArray[np.int64]], float], number: int) -> tuple[float, float]:
    """Between which two values a score lies in 95 % of the draws.

    Args:
        score: of the texts of these numbers, (N,), some of which come several times.
        number: how many texts there are, N.
    """
    drawn = np.random.default_rng(0).integers(0, number, (RESAMPLED, number))
    low, high = np.quantile([score(rows) for rows in drawn], (0.025, 0.975))
    return float(low), float(high)


def of_macro_f1(
    y_true: Sequence[str], runs: Sequence[Sequence[str]], over: Sequence[Sequence[str]] = ()
) -> list[float]:
    """The middle 95 % of a mean macro F1, or of a difference, texts drawn again with repeats.

    Args:
        y_true: what is right.
        runs: the answers of one classifier, a list a seed.
        over: those of the classifier that it is held against; none for the score itself.
    """
    names = sorted({*y_true, *(name for run in (*runs, *over) for name in run)})
    index = {name: k for k, name in enumerate(names)}
    asked = np.array(sorted({index[name] for name in y_true}))
    true = np.array([index[name] for name in y_true])
    called = [np.array([[index[name] for name in run] for run in of]) for of in (runs, over)]

    def score(rows: Any, of: Any) -> float:
        if not len(of):
            return 0.0
        found = []
        for run in of:
            t, p = true[rows], run[rows]
            hits = np.bincount(t[t == p], minlength=len(names))
            both = np.bincount(t, minlength=len(names)) + np.bincount(p, minlength=len(names))
            found.append(np.mean((2 * hits / np.maximum(both, 1))[asked]))
        return float(np.mean(found))

    found = middle(lambda rows: score(rows, called[0]) - score(rows, called[1]), len(true))
    return [round(bound, 4) for bound in found]
