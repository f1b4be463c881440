"""Boxes with a text in them, and the arrows between them, of drawings of a model."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch

from autograder.figures.style import INK, QUIET, Look

Point = tuple[float, float]


def box(axes: Axes, middle: Point, size: tuple[float, float], look: Look, text: str = "") -> None:
    """A rounded box around its middle, of this width and height, with a text in it."""
    (x, y), (width, height) = middle, size
    axes.add_patch(
        FancyBboxPatch(
            (x - width / 2, y - height / 2),
            width,
            height,
            boxstyle="round,pad=0,rounding_size=0.07",
            facecolor=look.fill,
            edgecolor=look.colour,
            linewidth=1.6,
            zorder=3,
        )
    )
    axes.text(x, y, text, ha="center", va="center", fontsize=12, color=INK, zorder=4)


def arrow(axes: Axes, start: Point, end: Point, colour: str = QUIET, line: str = "-") -> None:
    """An arrow, below all boxes; `line` is a style of Matplotlib's lines."""
    shape = {
        "arrowstyle": "-|>",
        "color": colour,
        "linewidth": 1.5,
        "linestyle": line,
        "shrinkA": 0,
        "shrinkB": 0,
        "mutation_scale": 12,
    }
    axes.annotate("", end, start, arrowprops=shape, zorder=1)
