"""The drawing of a circuit of single numbers, with what goes forward and what comes back."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from autograder.figures.style import GATES, INK, canvas, styled

FORWARD, BACKWARD = GATES["i"].colour, GATES["f"].colour
"""The colours of what goes forward and of what comes back."""

HIGH, LOW = 2.05, 0.62
"""The height of the row of boxes, and that of the second way of x."""

BOXES = {1.35: "×", 2.5: "+", 3.65: "relu", 4.8: "−", 5.95: "( )²"}
"""The parts of the circuit, by their place from left to right."""

WIRES = {
    0.57: ("w = 4", "12"),
    1.93: ("u = 8", "6"),
    3.05: ("a = 5", "6"),
    4.23: ("h = 5", "6"),
    5.37: ("e = 3", "6"),
    6.62: ("L = 9", "1"),
}
"""The value on each wire of the row, and the derivative of L that comes back on it."""


@styled
def worked() -> Figure:
    """L = (relu(w·x + b) − x)² at w = 4, x = 2, b = −3, with all values and derivatives."""
    fig, axes = canvas(7.0, 3.6)
    places = list(BOXES)
    for place, name in BOXES.items():
        axes.add_patch(
            FancyBboxPatch(
                (place - 0.29, HIGH - 0.26),
                0.58,
                0.52,
                boxstyle="round,pad=0,rounding_size=0.08",
                facecolor="white",
                edgecolor=INK,
                linewidth=1.6,
            )
        )
        axes.text(place, HIGH, name, ha="center", va="center", fontsize=14)
    for place, (value, slope) in WIRES.items():
        _text(axes, place, HIGH + 0.42, value, FORWARD)
        _text(axes, place, HIGH - 0.42, slope, BACKWARD)
    for start, end in zip([0.15, *places], [*places, 7.1], strict=True):
        _wire(axes, (max(start + 0.29, 0.15), HIGH), (end - 0.29, HIGH))
    first, second, subtract = places[0], places[1], places[3]
    # b comes from above; x goes two ways.
    _wire(axes, (second, 2.85), (second, HIGH + 0.26))
    _text(axes, second, 3.32, "b = −3", FORWARD)
    _text(axes, second, 3.02, "6", BACKWARD)
    axes.plot([0.15, subtract], [LOW, LOW], color=INK, linewidth=1.6, linestyle="-")
    axes.plot([first], [LOW], "o", color=INK, markersize=7)
    _wire(axes, (first, LOW), (first, HIGH - 0.26))
    _wire(axes, (subtract, LOW), (subtract, HIGH - 0.26))
    _text(axes, 0.57, LOW + 0.24, "x = 2", FORWARD)
    _text(axes, 0.57, LOW - 0.27, "18", BACKWARD)
    _text(axes, first + 0.26, 1.22, "24", BACKWARD)
    _text(axes, subtract + 0.28, 1.22, "−6", BACKWARD)
    axes.text(3.45, 3.32, "forward: values", color=FORWARD, fontsize=14, va="center")
    axes.text(3.45, 3.02, "backward: derivatives of L", color=BACKWARD, fontsize=14, va="center")
    return fig


def _wire(axes: Axes, start: tuple[float, float], end: tuple[float, float]) -> None:
    look = {"arrowstyle": "-|>", "color": INK, "linewidth": 1.6, "shrinkA": 0, "shrinkB": 0}
    axes.annotate("", end, start, arrowprops={**look, "mutation_scale": 13})


def _text(axes: Axes, x: float, y: float, words: str, colour: str) -> None:
    axes.text(x, y, words, ha="center", va="center", fontsize=14, color=colour)
