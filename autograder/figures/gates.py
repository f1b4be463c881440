"""The drawings of the LSTM: its valves, how it forgets, and how its weights are packed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from autograder.figures.style import GATES, INK, QUIET, canvas, styled

Array = NDArray[np.float64]


@styled
def valves() -> Figure:
    """The sigmoid read as a valve and the tanh read as a signed strength."""
    a = np.linspace(-6.0, 6.0, 241)
    fig = Figure(figsize=(8.0, 3.3))
    left, right = fig.subplots(1, 2)
    _curve(left, a, 1.0 / (1.0 + np.exp(-a)), gate="f")
    _levels(left, 0.0, "shut: nothing passes", 0.5, "half open", 1.0, "open: all passes")
    left.set(title="sigmoid  σ(a)", ylim=(-0.08, 1.08))
    _curve(right, a, np.tanh(a), gate="g")
    _levels(right, -1.0, "a full minus", 0.0, "nothing", 1.0, "a full plus")
    right.set(title="tanh(a)", ylim=(-1.16, 1.16))
    return fig


@styled
def decay(shares: Sequence[float] = (0.9, 0.99, 1.0), steps: int = 500) -> Figure:
    """What is left of a stored 1 after T steps when the forget gate stands still."""
    fig = Figure(figsize=(8.0, 3.6))
    axes = fig.subplots()
    t = np.arange(steps + 1)
    floor = 1e-5
    for share, gate in zip(shares, "ofi", strict=True):
        look = GATES[gate]
        left = share**t
        seen = left >= floor
        axes.plot(t[seen], left[seen], color=look.colour, linestyle=look.line)
        at = int(0.8 * t[seen][-1])
        axes.annotate(
            f"f = {share:g}",
            (at, left[at]),
            (8, 6),
            textcoords="offset points",
            color=look.colour,
            fontsize=13,
        )
    axes.set(
        yscale="log",
        ylim=(floor, 3.0),
        xlim=(0, steps),
        xlabel="steps T",
        ylabel=r"share left, $f^{\,T}$",
    )
    return fig


@styled
def packed(D: int = 3, H: int = 2) -> Figure:
    """Which columns of Wx, Wh and b belong to which gate."""
    fig, axes = canvas(8.0, 3.8)
    cell, x0 = 0.34, 2.1
    block = 4 * 0.34
    heights = {"Wx": D * cell, "Wh": H * cell, "b": cell}
    shapes = {"Wx": "(D, 4H)", "Wh": "(H, 4H)", "b": "(4H,)"}
    names = {"i": "input gate", "f": "forget gate", "g": "candidate", "o": "output gate"}
    y = 3.0
    for column, (gate, name) in enumerate(names.items()):
        x = x0 + (column + 0.5) * block
        axes.text(
            x, y + 0.36, gate, ha="center", fontsize=17, style="italic", color=GATES[gate].colour
        )
        axes.text(x, y + 0.12, name, ha="center", fontsize=11)
    for array, height in heights.items():
        y -= height
        for column, gate in enumerate(GATES):
            look = GATES[gate]
            axes.add_patch(
                Rectangle(
                    (x0 + column * block, y),
                    block,
                    height,
                    facecolor=look.fill,
                    edgecolor=look.colour,
                    hatch=look.hatch,
                    linewidth=0.0,
                    alpha=0.55,
                )
            )
        axes.add_patch(Rectangle((x0, y), 4 * block, height, fill=False, edgecolor=INK))
        for column in range(1, 4):
            axes.plot(
                [x0 + column * block] * 2, [y, y + height], color=INK, linewidth=1.0, linestyle="-"
            )
        axes.text(
            x0 - 0.15,
            y + height / 2,
            f"{array}  {shapes[array]}",
            ha="right",
            va="center",
            fontsize=13,
        )
        y -= 0.22
    for column in range(5):
        edge = ("0", "H", "2H", "3H", "4H")[column]
        axes.text(x0 + column * block, y - 0.04, edge, ha="center", va="center", fontsize=13)
    axes.text(x0 - 0.15, y - 0.04, "column", ha="right", va="center", fontsize=11)
    return fig


def _curve(axes: Axes, a: Array, y: Array, gate: str) -> None:
    axes.plot(a, y, color=GATES[gate].colour, linestyle=GATES[gate].line)
    axes.set(xlabel="pre-activation a", xlim=(-6.2, 6.2), xticks=range(-6, 7, 2))


def _levels(
    axes: Axes, low: float, least: str, middle: float, between: str, high: float, most: str
) -> None:
    """Name the lowest, the middle and the highest value of a curve, beside the curve."""
    for y in (low, high):
        axes.axhline(y, color=QUIET, linewidth=1.0, linestyle=(0, (4, 3)))
    axes.plot([0], [middle], "o", color=INK)
    for x, y, shift, words, ha, va in (
        (6, low, (0, 6), least, "right", "bottom"),
        (0, middle, (12, -2), between, "left", "top"),
        (-6, high, (0, -6), most, "left", "top"),
    ):
        axes.annotate(words, (x, y), shift, textcoords="offset points", ha=ha, va=va, fontsize=11)
