"""The residual block: once where its shape stays as it is, and once where it changes."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle, FancyBboxPatch

from autograder.figures.grids import KERNEL, OUTPUT, PLAIN, WINDOW, arrow, label
from autograder.figures.style import INK, QUIET, Look, canvas, styled

LOOKS = {"3": KERNEL, "1": KERNEL, "n": OUTPUT, "R": PLAIN}
"""How a layer is drawn, by the first letter of its name."""

BEFORE, AFTER = (8, 12, 10), (16, 6, 5)
"""Channels, rows and columns that enter both blocks, and those that leave the second."""

LAYERS = ("normalisation", "ReLU", "3 × 3", "normalisation", "+", "ReLU")
"""What follows the first convolution of a block."""

WIDE, HIGH, APART, TOP = 1.22, 0.36, 0.62, 4.48
"""The sizes of a box, from one box to the next, and the height of the first."""

FORK = TOP + 0.42
"""The height at which the copy leaves the road through the layers."""


@styled
def residual() -> Figure:
    """Two residual blocks: one that keeps its shape, and one that changes it on both roads."""
    fig, axes = canvas(5.2, 5.8)
    label(axes, 1.14, 5.61, "the shape stays", 13)
    label(axes, 3.75, 5.61, "the shape changes", 13)
    axes.plot([2.26, 2.26], [0.12, 5.7], color=QUIET, linewidth=0.8, linestyle=(0, (2, 3)))
    for x, road, first, shape in (
        (0.93, 0.15, "3 × 3", BEFORE),
        (3.0, 4.5, "3 × 3, s = 2", AFTER),
    ):
        _layers(axes, x, first, shape)
        end = x + HIGH / 2 * (1 if road > x else -1)
        xs, ys = [x, road, road, end], [FORK, FORK, _height(5), _height(5)]
        axes.plot(xs, ys, color=WINDOW.colour, linewidth=2.6, linestyle="-", zorder=0)
    label(axes, 0.34, _height(5) + 0.17, "$x$", 14)
    _box(axes, 4.5, _height(1), "1 × 1, s = 2")
    _box(axes, 4.5, _height(2), "normalisation")
    _shape(axes, 4.42, _height(5) - 0.17, AFTER, "right")
    return fig


def _height(place: int) -> float:
    """The height of the layer at a place of the block, the first one on top."""
    return TOP - APART * place


def _layers(axes: Axes, x: float, first: str, shape: tuple[int, int, int]) -> None:
    """The road through the layers, from the input on top to the output."""
    arrow(axes, (x, TOP + 0.9), (x, TOP + HIGH / 2))
    _shape(axes, x + 0.1, TOP + 0.68, BEFORE)
    for place, name in enumerate((first, *LAYERS)):
        y = _height(place)
        if name == "+":
            circle = Circle((x, y), HIGH / 2, facecolor="white", edgecolor=INK, linewidth=1.6)
            axes.add_patch(circle)
            label(axes, x, y, name, 15)
        else:
            _box(axes, x, y, name)
        arrow(axes, (x, y - HIGH / 2), (x, y - APART + HIGH / 2))
    _shape(axes, x + 0.1, _height(0) - APART / 2, shape)
    axes.text(x + 0.1, _height(4) - APART / 2, "$f(x)$", fontsize=14, va="center", color=INK)
    _shape(axes, x + 0.1, _height(6) - APART / 2, shape)


def _shape(axes: Axes, x: float, y: float, shape: tuple[int, int, int], ha: str = "left") -> None:
    """The shape of a batch of N samples."""
    says = f"(N, {', '.join(map(str, shape))})"
    axes.text(x, y, says, fontsize=12, ha=ha, va="center", color=QUIET)


def _box(axes: Axes, x: float, y: float, name: str) -> None:
    """A rounded box with the name of a layer in it."""
    look: Look = LOOKS[name[0]]
    axes.add_patch(
        FancyBboxPatch(
            (x - WIDE / 2, y - HIGH / 2),
            WIDE,
            HIGH,
            boxstyle="round,pad=0,rounding_size=0.08",
            facecolor=look.fill,
            edgecolor=look.colour,
            linewidth=1.6,
        )
    )
    label(axes, x, y, name, 12)
