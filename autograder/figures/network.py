"""The drawings of the feedforward network: its graph with shapes, and what bends it."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from autograder.figures.style import GATES, INK, QUIET, canvas, styled

FORWARD, BACKWARD = GATES["i"], GATES["f"]
"""The looks of what goes forward and of what comes back."""

STAGES = (
    ("affine", "W_1", "(D, H)", "b_1", "(H,)"),
    ("rectifier", "", "", "", ""),
    ("affine", "W_2", "(H, C)", "b_2", "(C,)"),
    ("loss", "y", "(N,)", "", ""),
)
"""The boxes of the graph, and what enters each of them from below."""

VALUES = (
    ("x", "(N, D)"),
    ("a", "(N, H)"),
    ("h", "(N, H)"),
    ("z", "(N, C)"),
    ("L", "()"),
)
"""What lies between the boxes, and its shape."""


@styled
def graph() -> Figure:
    """The computation graph of a network with one hidden layer, forward and backward."""
    fig, axes = canvas(8.0, 3.7)
    top, apart, first = 2.55, 1.62, 1.42
    places = [first + k * apart for k in range(len(STAGES))]
    for k, (place, (name, *below)) in enumerate(zip(places, STAGES, strict=True)):
        axes.add_patch(
            FancyBboxPatch(
                (place - 0.45, top - 0.34),
                0.9,
                0.68,
                boxstyle="round,pad=0,rounding_size=0.08",
                facecolor="white",
                edgecolor=INK,
                linewidth=1.6,
            )
        )
        axes.text(place, top, name, ha="center", va="center", fontsize=12)
        _inputs(axes, place, top, below, learned=name == "affine")
        _between(axes, k, place - apart / 2, top)
    _between(axes, len(STAGES), places[-1] + apart / 2, top)
    axes.text(0.2, 3.5, "forward: values", color=FORWARD.colour, fontsize=12, va="center")
    axes.text(2.2, 3.5, "backward: gradients", color=BACKWARD.colour, fontsize=12, va="center")
    return fig


def _between(axes: Axes, k: int, x: float, top: float) -> None:
    """The value and the gradient between two boxes, with their common shape."""
    name, shape = VALUES[k]
    _arrow(axes, (x - 0.32, top + 0.14), (x + 0.32, top + 0.14), FORWARD.colour, "-")
    _arrow(axes, (x + 0.32, top - 0.14), (x - 0.32, top - 0.14), BACKWARD.colour, "--")
    axes.text(x, top + 0.42, f"${name}$", ha="center", va="center", fontsize=15)
    back = "1" if name == "L" else f"$d{name}$"
    axes.text(x, top - 0.4, back, ha="center", va="center", fontsize=14, color=BACKWARD.colour)
    axes.text(x, top - 0.72, shape, ha="center", va="center", fontsize=11, color=QUIET)


def _inputs(axes: Axes, place: float, top: float, below: list[str], *, learned: bool) -> None:
    """What enters a box from below, and the gradients that leave it there."""
    given = [(below[k], below[k + 1]) for k in (0, 2) if below[k]]
    for k, (name, shape) in enumerate(given):
        x = place + 0.6 * (k - (len(given) - 1) / 2)
        up = x - 0.07 if learned else x
        _arrow(axes, (up, top - 1.3), (up, top - 0.36), FORWARD.colour, "-")
        axes.text(x, top - 1.48, f"${name}$", ha="center", va="center", fontsize=14)
        low = top - (2.14 if learned else 1.82)
        axes.text(x, low, shape, ha="center", va="center", fontsize=10, color=QUIET)
        if learned:
            _arrow(axes, (x + 0.07, top - 0.36), (x + 0.07, top - 1.3), BACKWARD.colour, "--")
            axes.text(
                x,
                top - 1.82,
                f"$d{name}$",
                ha="center",
                va="center",
                fontsize=13,
                color=BACKWARD.colour,
            )


def _arrow(
    axes: Axes, start: tuple[float, float], end: tuple[float, float], colour: str, line: str
) -> None:
    style = {
        "arrowstyle": "-|>",
        "color": colour,
        "linewidth": 1.8,
        "linestyle": line,
        "shrinkA": 0,
        "shrinkB": 0,
        "mutation_scale": 13,
    }
    axes.annotate("", end, start, arrowprops=style)


@styled
def activations() -> Figure:
    """The sigmoid, the tanh and the rectifier, and beside them their derivatives."""
    x = np.linspace(-5.0, 5.0, 401)
    share, y = 1.0 / (1.0 + np.exp(-x)), np.tanh(x)
    curves = {
        "sigmoid": (share, share * (1.0 - share), GATES["i"]),
        "tanh": (y, 1.0 - y**2, GATES["f"]),
        "rectifier": (np.clip(x, 0.0, None), np.where(x < 0.0, 0.0, 1.0), GATES["g"]),
    }
    fig = Figure(figsize=(8.0, 3.4))
    left, right = fig.subplots(1, 2)
    for name, (value, slope, look) in curves.items():
        left.plot(x, value, color=look.colour, linestyle=look.line, label=name)
        right.plot(x, slope, color=look.colour, linestyle=look.line)
    left.set(title="the activation", xlabel="x", ylim=(-1.15, 2.3), xlim=(-5, 5))
    right.set(title="its derivative", xlabel="x", ylim=(-0.05, 1.12), xlim=(-5, 5))
    left.legend(loc="upper left")
    right.annotate(
        "at most 1/4", (0, 0.25), (2.0, 0.36), arrowprops={"arrowstyle": "-", "color": QUIET}
    )
    return fig
