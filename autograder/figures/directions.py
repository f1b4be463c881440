"""Two recurrent layers put together: side by side in two directions, and one on the other."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from autograder.figures.style import GATES, QUIET, Look, canvas, styled

STEPS = 4
APART = 0.86
LOWER, UPPER, TOP = 1.25, 2.3, 3.02
"""Heights of the two rows of copies, and of what is read."""

Point = tuple[float, float]

FORWARD, BACKWARD, ABOVE = GATES["i"], GATES["f"], GATES["g"]


@styled
def pair() -> Figure:
    """Left a layer in two directions, right a stack of two layers."""
    fig, axes = canvas(8.0, 3.9)
    left, right = ([start + APART * t for t in range(STEPS)] for start in (0.75, 4.9))
    _row(axes, left, LOWER, FORWARD, 1)
    _row(axes, left, UPPER, BACKWARD, -1)
    for t, x in enumerate(left, start=1):
        _inputs(axes, x, t)
        _line(axes, [(x - 0.3, 0.62), (x - 0.3, UPPER - 0.1), (x - 0.2, UPPER - 0.1)], QUIET)
        beside = [(x + 0.2, LOWER + 0.1), (x + 0.3, LOWER + 0.1), (x + 0.3, TOP)]
        _line(axes, beside, QUIET)
        _line(axes, [(x + 0.06, UPPER + 0.22), (x + 0.06, TOP)], QUIET)
        axes.text(x + 0.18, 3.18, f"$h_{t}$", ha="center", va="center", fontsize=13)
    _row(axes, right, LOWER, FORWARD, 1)
    _row(axes, right, UPPER, ABOVE, 1)
    for t, x in enumerate(right, start=1):
        _inputs(axes, x, t)
        _line(axes, [(x, LOWER + 0.22), (x, UPPER - 0.22)], QUIET)
        _line(axes, [(x, UPPER + 0.22), (x, TOP)], QUIET)
        axes.text(x, 3.18, f"$h_{t}$", ha="center", va="center", fontsize=13)
    for x, title in ((left[0] - 0.3, "two directions"), (right[0] - 0.3, "a stack")):
        axes.text(x, 3.68, title, va="center", fontsize=14)
    return fig


def _row(axes: Axes, places: list[float], y: float, look: Look, way: int) -> None:
    """The copies of one layer, and the way in which its state goes."""
    for x in places:
        axes.add_patch(
            FancyBboxPatch(
                (x - 0.2, y - 0.22),
                0.4,
                0.44,
                boxstyle="round,pad=0,rounding_size=0.06",
                facecolor=look.fill,
                edgecolor=look.colour,
                linewidth=1.8,
                zorder=3,
            )
        )
        axes.text(x, y, "→" if way > 0 else "←", ha="center", va="center", fontsize=13, zorder=4)
    for before, after in pairwise(places):
        ends = [(before + 0.2, y - 0.1 * way), (after - 0.2, y - 0.1 * way)]
        _line(axes, ends[::way], look.colour, width=2.0)


def _inputs(axes: Axes, x: float, t: int) -> None:
    """The input of one step, and its way into the lower row."""
    axes.text(x - 0.1, 0.42, f"$x_{t}$", ha="center", va="center", fontsize=13)
    _line(axes, [(x, 0.62), (x, LOWER - 0.22)], QUIET)


def _line(axes: Axes, points: Sequence[Point], colour: str, width: float = 1.3) -> None:
    """A line through points, with a head at its end."""
    xs, ys = zip(*points, strict=True)
    axes.plot(xs, ys, color=colour, linewidth=width, linestyle="-", zorder=1)
    style = {
        "arrowstyle": "-|>",
        "color": colour,
        "linewidth": width,
        "shrinkA": 0,
        "shrinkB": 0,
        "mutation_scale": 11,
    }
    axes.annotate("", points[-1], points[-2], arrowprops=style, zorder=1)
