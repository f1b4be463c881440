"""The packed gradient of a backward pass, number by number, in the colours of the gates."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from autograder.figures.style import INK, LOOKS, QUIET, canvas, styled

CELL = 0.215
"""Inches for one number."""

Gradients = Mapping[str, NDArray[np.floating]]


@styled
def packed(lstm: Gradients, gru: Gradients) -> Figure:
    """Every number of both packed gradients: its size as an area, its sign as full or hollow.

    Args:
        lstm: the gradients `dWx (D, 4H)`, `dWh (H, 4H)` and `db (4H,)` by name.
        gru: those of a GRU by name, `(·, 3H)` each.
    """
    rows = max(sum(len(np.atleast_2d(a)) for a in g.values()) for g in (lstm, gru))
    height = rows * CELL + 0.2 * max(len(lstm), len(gru)) + 0.75
    fig, axes = canvas(8.0, height)
    H = lstm["db"].size // 4
    _arrays(axes, 0.55, height - 0.62, lstm, "lstm")
    _arrays(axes, 0.55 + 4 * H * CELL + 0.75, height - 0.62, gru, "gru")
    return fig


def _arrays(axes: Axes, left: float, top: float, gradients: Gradients, kind: str) -> None:
    looks = LOOKS[kind]
    width = next(iter(gradients.values())).shape[-1] * CELL
    block = width / len(looks)
    axes.text(left, top + 0.47, kind.upper(), fontsize=13, va="center")
    for k, (gate, look) in enumerate(looks.items()):
        axes.text(
            left + (k + 0.5) * block,
            top + 0.14,
            f"${gate}$",
            color=look.colour,
            fontsize=15,
            ha="center",
            va="center",
        )
    for name, array in gradients.items():
        values = np.atleast_2d(array)
        tall = len(values) * CELL
        largest = np.abs(values).max() or 1.0
        for k, look in enumerate(looks.values()):
            axes.add_patch(
                Rectangle(
                    (left + k * block, top - tall),
                    block,
                    tall,
                    facecolor=look.fill,
                    edgecolor=INK,
                    linewidth=1.0,
                )
            )
        for (row, column), value in np.ndenumerate(values):
            look = list(looks.values())[int(column // (values.shape[1] // len(looks)))]
            _mark(axes, left + column * CELL, top - row * CELL, float(value / largest), look.colour)
        axes.text(left - 0.07, top - tall / 2, name, fontsize=11, ha="right", va="center")
        top -= tall + 0.2
    units = next(iter(gradients.values())).shape[-1] // len(looks)
    for column in range(units * len(looks)):
        axes.text(
            left + (column + 0.5) * CELL,
            top + 0.08,
            f"{column % units + 1}",
            fontsize=10,
            color=QUIET,
            ha="center",
            va="center",
        )
    axes.text(left - 0.07, top + 0.08, "unit", fontsize=10, color=QUIET, ha="right", va="center")


def _mark(axes: Axes, x: float, y: float, share: float, colour: str) -> None:
    """A square in the cell whose top left corner is (x, y): full where positive."""
    side = 0.86 * CELL * abs(share) ** 0.5
    if side < 0.01:
        return
    axes.add_patch(
        Rectangle(
            (x + (CELL - side) / 2, y - (CELL + side) / 2),
            side,
            side,
            facecolor=colour if share > 0 else "white",
            edgecolor=colour,
            linewidth=1.0,
        )
    )
