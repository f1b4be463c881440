"""A year ahead: what all forecasts of the sunspots share, and those that need no network.

Every forecast of the book learns from the years before `FIRST` and is judged on the others, by
the root of the mean square error, in counts. A series is (Y,), one number a year.
"""

from __future__ import annotations

from itertools import combinations_with_replacement

import numpy as np
from numpy.typing import NDArray

from autograder.data import sunspots

Array = NDArray[np.float64]

FIRST = 1950
"""The first year that is judged."""

LAGS = 9
"""How many years the linear forecast looks back."""

START = 20
"""The years before this one, counted from the first, are not judged: a network has to warm up."""


def series() -> tuple[Array, int]:
    """The counts of all years, (Y,), and the place of `FIRST` among them."""
    years, counts = sunspots()
    return counts, int(np.searchsorted(years, FIRST))


def roots(counts: Array) -> Array:
    """What is learned: high counts vary more than low ones, and their square roots hardly do."""
    return np.sqrt(counts) / 10


def counts_of(roots: Array) -> Array:
    """The counts that belong to `roots`; a negative one means no spots."""
    counts: Array = np.square(10 * np.maximum(roots, 0))
    return counts


def error(forecast: Array, counts: Array) -> float:
    """The root of the mean square error."""
    return float(np.sqrt(np.mean((forecast - counts) ** 2)))


def linear(series: Array, first: int, lags: int = LAGS, products_of: int = 0) -> tuple[Array, int]:
    """A weighted sum of the last years, by least squares over the years before `first`.

    Args:
        series: counts or roots, (Y,).
        first: where the years begin that are not learned from.
        lags: how many years back the sum goes.
        products_of: of how many of them the squares and products of two are in the sum as well.

    Returns:
        The forecast of every year, in the units of `series`, nan for the first `lags`, (Y,); and
        how many weights were learned.
    """
    past = [series[lags - 1 - k : len(series) - 1 - k] for k in range(lags)]
    pairs = combinations_with_replacement(past[:products_of], 2)
    terms = np.stack([*past, *(a * b for a, b in pairs), np.ones_like(past[0])], axis=1)
    weights, *_ = np.linalg.lstsq(terms[: first - lags], series[lags:first], rcond=None)
    return np.concatenate([np.full(lags, np.nan), terms @ weights]), len(weights)


def baselines() -> dict[str, tuple[Array, int]]:
    """Forecasts without a network: the counts of all years, (Y,), and the numbers learned."""
    counts, first = series()

    def late(years: int) -> Array:
        return np.concatenate([np.full(years, np.nan), counts[:-years]])

    def on_roots(lags: int, products_of: int = 0) -> tuple[Array, int]:
        forecast, learned = linear(roots(counts), first, lags, products_of)
        return counts_of(forecast), learned

    return {
        "last value": (late(1), 0),
        "eleven years ago": (late(11), 0),
        "linear, 2 years": on_roots(2),
        "linear, 9 years": on_roots(LAGS),
        "linear, 9 years, counts": linear(counts, first),
        "9 years, products of 2": on_roots(LAGS, 2),
        "9 years, products of 9": on_roots(LAGS, 9),
    }
