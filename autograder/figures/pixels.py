"""The drawing of the digits: one with the numbers of its pixels, and one of each class."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from autograder.figures.style import INK, styled

INKS = 16
"""The largest count of ink in a pixel; the data are divided by it."""


@styled
def digits(x: NDArray[np.float64], y: NDArray[np.int64], digit: int) -> Figure:
    """The first sample of one digit with its 64 numbers, and beside it the first of every digit.

    Args:
        x: images, one a row of 64 numbers from 0 to 1, (N, 64).
        y: their labels, (N,), integers from 0 to 9.
        digit: which of them is drawn large.
    """
    firsts = [x[np.flatnonzero(y == label)[0]].reshape(8, 8) for label in range(10)]
    fig = Figure(figsize=(7.0, 3.5))
    large, right = fig.subfigures(1, 2, squeeze=False, width_ratios=[1.02, 1])[0]
    axes = large.subplots()
    axes.imshow(firsts[digit], cmap="gray_r", vmin=0, vmax=1)
    for (row, column), share in np.ndenumerate(firsts[digit]):
        colour = "white" if share > 0.5 else INK
        count = f"{share * INKS:.0f}"
        axes.text(column, row, count, ha="center", va="center", fontsize=13, color=colour)
    axes.set_title(f"label {digit}", fontsize=14)
    small = right.subplots(4, 3)
    for cell, label in zip(small.flat, [*range(9), None, 9, None], strict=True):
        cell.set_axis_off()
        if label is not None:
            cell.imshow(firsts[label], cmap="gray_r", vmin=0, vmax=1)
            cell.set_title(f"{label}", fontsize=13, loc="left", y=0.55, x=-0.3)
    axes.grid(visible=False)
    axes.set(xticks=[], yticks=[])
    return fig
