"""The classifier of comments: two directions, attention, and three things side by side."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from autograder.figures.diagram import Point, arrow, box
from autograder.figures.style import GATES, INK, QUIET, Look, canvas, styled

WORDS = ("what", "a", "wonderful", "surprise", "!")
SHARES = (0.06, 0.04, 0.55, 0.28, 0.07)
"""Shares of the attention, as they might be."""

LEFT, APART = 1.15, 1.02
VECTORS, THERE, BACK, ATTENTION, FEATURES = 0.85, 1.65, 2.4, 3.2, 4.3
"""Heights of the rows."""

HIGH = 0.4
"""The height of a box."""

PLAIN = Look(INK, "#e9ebee", "-", "")
FORWARD, BACKWARD, CONTEXT = GATES["i"], GATES["f"], GATES["g"]


@styled
def classifier() -> Figure:
    """The whole model over a comment of five words, from the words at the bottom to the classes."""
    fig, axes = canvas(8.0, 5.4)
    places = [LEFT + APART * t for t in range(len(WORDS))]
    for x, word, share in zip(places, WORDS, SHARES, strict=True):
        _text(axes, x, 0.25, word)
        _arrow(axes, [(x, 0.4), (x, VECTORS - 0.2)])
        box(axes, (x, VECTORS), (0.5, HIGH), PLAIN)
        _arrow(axes, [(x, VECTORS + 0.2), (x, THERE - 0.2)])
        box(axes, (x, THERE), (0.5, HIGH), FORWARD, "→")
        box(axes, (x, BACK), (0.5, HIGH), BACKWARD, "←")
        beside = x - 0.36
        around = [(x - 0.12, VECTORS + 0.2), (beside, THERE - 0.25), (beside, BACK - 0.1)]
        _arrow(axes, [*around, (x - 0.25, BACK - 0.1)])
        _arrow(axes, [(x, BACK + 0.2), (x, ATTENTION)])
        bar = Rectangle((x - 0.25, ATTENTION), 0.5, 0.9 * share)
        bar.set(facecolor=CONTEXT.fill, edgecolor=CONTEXT.colour, linewidth=1.6)
        axes.add_patch(bar)
    for left, right in pairwise(places):
        _arrow(axes, [(left + 0.25, THERE), (right - 0.25, THERE)], FORWARD.colour)
        _arrow(axes, [(right - 0.25, BACK + 0.08), (left + 0.25, BACK + 0.08)], BACKWARD.colour)
    first, middle, last = places[0], places[2], places[-1]
    box(axes, (middle, FEATURES), (1.5, HIGH), CONTEXT, "context")
    box(axes, (middle + 1.45, FEATURES), (1.2, HIGH), FORWARD, "last →")
    box(axes, (middle + 2.8, FEATURES), (1.2, HIGH), BACKWARD, "← first")
    _arrow(axes, [(middle, ATTENTION + 0.52), (middle, FEATURES - 0.2)], CONTEXT.colour)
    end = middle + 1.45
    beside = last + 0.42
    _arrow(
        axes,
        [(last + 0.25, THERE), (beside, THERE), (beside, 3.75), (end, 3.75), (end, FEATURES - 0.2)],
        FORWARD.colour,
    )
    _arrow(
        axes,
        [
            (first - 0.25, BACK + 0.1),
            (first - 0.55, BACK + 0.1),
            (first - 0.55, 4.85),
            (middle + 2.8, 4.85),
            (middle + 2.8, FEATURES + 0.2),
        ],
        BACKWARD.colour,
    )
    left, right = middle - 0.85, middle + 3.5
    side_by_side = Rectangle((left, FEATURES - 0.32), right - left, 0.64)
    side_by_side.set(facecolor="none", edgecolor=QUIET, linewidth=1.2, linestyle="--")
    axes.add_patch(side_by_side)
    _arrow(axes, [(right, FEATURES), (7.2, FEATURES), (7.2, 3.2)])
    _text(axes, 7.2, 2.95, "classes")
    for y, name in ((VECTORS, "vectors"), (THERE, "forward"), (BACK, "backward")):
        _text(axes, 6.35, y, name, ha="left")
    _text(axes, 6.35, ATTENTION + 0.15, "shares", ha="left")
    return fig


def _text(axes: Axes, x: float, y: float, words: str, ha: str = "center") -> None:
    axes.text(x, y, words, ha=ha, va="center", fontsize=12, color=INK, zorder=4)


def _arrow(axes: Axes, points: Sequence[Point], colour: str = QUIET) -> None:
    """A line through points, with a head at its end."""
    xs, ys = zip(*points[:-1], strict=True)
    axes.plot(xs, ys, color=colour, linewidth=1.4, linestyle="-", zorder=1)
    arrow(axes, points[-2], points[-1], colour)
