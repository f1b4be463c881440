"""The weights of a recurrent layer as four parties keep them, and the tree of eligibility."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch, Rectangle

from autograder.figures.style import GATES, INK, LOOKS, QUIET, Look, canvas, styled

KERAS_ORDER = {"lstm": "ifgo", "gru": "zrn"}
D, H, THIN = 0.5, 0.3, 0.24
"""Inches for D inputs, for H units of one gate, and for one row of biases."""

CONDITIONS = (
    "use_cudnn is not False",
    "recurrent_dropout is 0",
    "tanh, and sigmoid for the gates",
    "unroll is False, use_bias is True",
    "a GRU: reset_after is True",
    "a CUDA device",
    "TensorFlow: a mask is right-padded,\nand no row is masked throughout",
    "torch: no mask, not compiled",
)
"""What Keras 3.15 asks before it calls cuDNN, from top to bottom."""


def block(axes: Axes, x: float, y: float, width: float, height: float, look: Look) -> None:
    """A rectangle whose top left corner is at (x, y)."""
    axes.add_patch(
        Rectangle(
            (x, y - height),
            width,
            height,
            facecolor=look.fill,
            edgecolor=look.colour,
            linewidth=1.2,
            hatch=look.hatch,
        )
    )


def write(axes: Axes, x: float, y: float, text: str, size: float = 11, ha: str = "center") -> None:
    """Text at (x, y)."""
    axes.text(x, y, text, ha=ha, va="center", fontsize=size, color=INK)


def letter(axes: Axes, x: float, y: float, gate: str, look: Look) -> None:
    """The letter of a gate on a ground that keeps it readable."""
    axes.text(
        x,
        y,
        gate,
        ha="center",
        va="center",
        fontsize=11,
        color=look.colour,
        bbox={"boxstyle": "round,pad=0.12", "facecolor": "white", "edgecolor": "none"},
    )


def columns(
    axes: Axes, x: float, y: float, kind: str, order: str, heights: Sequence[float]
) -> None:
    """Arrays with the gates side by side, one below the other."""
    looks, width = LOOKS[kind], 2 * H
    for height in heights:
        for k, gate in enumerate(order):
            block(axes, x + k * width, y, width, height, looks[gate])
            letter(axes, x + (k + 0.5) * width, y - height / 2, gate, looks[gate])
        y -= height + 0.1


def rows(axes: Axes, x: float, y: float, kind: str, widths: Sequence[float]) -> None:
    """Arrays with the gates one below the other, side by side."""
    looks, height = LOOKS[kind], 1.3 * H
    for width in widths:
        for k, gate in enumerate(looks):
            block(axes, x, y - k * height, width, height, looks[gate])
            letter(axes, x + width / 2, y - (k + 0.5) * height, gate, looks[gate])
        x += width + 0.12


def strip(axes: Axes, x: float, y: float, kind: str, length: float) -> None:
    """The flat buffer: lengths are in the proportion of the numbers of weights, D = 2H."""
    looks = LOOKS[kind]
    parts = [("W", 4.0), ("R", 2.6), ("bx", 1.0), ("bh", 1.0)]
    unit = length / (len(looks) * sum(share for _, share in parts))
    for name, share in parts:
        start = x
        for gate in looks:
            block(axes, x, y, share * unit, 0.42, looks[gate])
            if share > 1:
                letter(axes, x + share * unit / 2, y - 0.21, gate, looks[gate])
            x += share * unit
        write(axes, (start + x) / 2, y - 0.6, name)


@styled
def maps(kind: str) -> Figure:
    """The arrays of the course, Keras, torch and cuDNN for "lstm" or "gru"."""
    fig, axes = canvas(5.4, 5.75)
    bias = [THIN] if kind == "lstm" else [THIN, THIN]
    heights = [D, 2 * H, *bias]
    write(axes, 0.2, 5.5, "the course: x·Wx + h·Wh + b", ha="left")
    columns(axes, 0.2, 5.25, kind, "".join(LOOKS[kind]), heights)
    write(axes, 2.85, 5.5, "Keras", ha="left")
    columns(axes, 2.85, 5.25, kind, KERAS_ORDER[kind], heights)
    write(axes, 0.2, 3.15, "torch: x·W_ihᵀ + b_ih + h·W_hhᵀ + b_hh", ha="left")
    rows(axes, 0.2, 2.93, kind, [1.1, 0.9, THIN + 0.06, THIN + 0.06])
    write(axes, 0.2, 1.1, "cuDNN: one buffer", ha="left")
    strip(axes, 0.2, 0.87, kind, 5.0)
    return fig


@styled
def tree() -> Figure:
    """The questions that Keras asks before it calls cuDNN, and where each "no" leads."""
    fig, axes = canvas(5.4, 5.6)
    tops = [5.45 - 0.58 * k for k in range(len(CONDITIONS))]
    heights = [0.38, 0.38, 0.38, 0.38, 0.38, 0.38, 0.5, 0.38]
    fast, slow = GATES["g"], GATES["f"]
    for k, (question, top, height) in enumerate(zip(CONDITIONS, tops, heights, strict=True)):
        box(axes, 0.1, top, 3.1, height, GATES["i"])
        write(axes, 1.65, top - height / 2, question, 10.5)
        arrow(axes, (3.2, top - height / 2), (3.78, top - height / 2), slow)
        if k == 0:
            write(axes, 3.45, top - height / 2 + 0.13, "no", 10)
        below = tops[k + 1] if k + 1 < len(tops) else 0.75
        arrow(axes, (1.65, top - height - 0.02), (1.65, below + 0.02), fast)
    write(axes, 1.9, 0.87, "yes", 10)
    box(axes, 0.1, 0.73, 3.1, 0.45, fast)
    write(axes, 1.65, 0.5, "cuDNN runs the layer")
    box(axes, 3.8, 5.45, 1.55, 4.44, slow)
    write(axes, 4.575, 3.7, "a loop runs\nthe layer")
    exceptions = "use_cudnn=True or,\nin TensorFlow,\nfor a mask in a\ncompiled call"
    write(axes, 4.575, 2.6, f"without a word,\nor an error with\n{exceptions}", 10)
    return fig


def box(axes: Axes, x: float, y: float, width: float, height: float, look: Look) -> None:
    """A rounded box whose top left corner is at (x, y)."""
    axes.add_patch(
        FancyBboxPatch(
            (x + 0.05, y - height + 0.05),
            width - 0.1,
            height - 0.1,
            boxstyle="round,pad=0.05",
            facecolor=look.fill,
            edgecolor=look.colour,
            linewidth=1.4,
        )
    )


def arrow(axes: Axes, start: tuple[float, float], end: tuple[float, float], look: Look) -> None:
    """An arrow in the colour of `look`."""
    shape = {"arrowstyle": "-|>", "color": look.colour or QUIET, "linewidth": 1.6}
    axes.annotate("", end, start, arrowprops=shape)
