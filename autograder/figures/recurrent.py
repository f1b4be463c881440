"""The drawings of the recurrent network: loop, unrolled copies, modes, and chunks."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from autograder.figures.style import GATES, INK, QUIET, canvas, styled

FORWARD, BACKWARD = GATES["i"], GATES["f"]
"""The looks of what goes forward in time and of what comes back."""

OUTPUT = GATES["g"]
"""The look of what a state is turned into."""


@styled
def unrolled() -> Figure:
    """A network with a loop, and the same network as a row of copies with both directions."""
    fig, axes = canvas(8.0, 4.5)
    middle = 2.15
    _cell(axes, 0.95, middle)
    _arrow(axes, (0.95, 0.95), (0.95, middle - 0.36), FORWARD.colour, "-")
    _arrow(axes, (0.95, middle + 0.36), (0.95, 3.35), FORWARD.colour, "-")
    _name(axes, 0.95, 0.72, "x_t")
    _name(axes, 0.95, 3.57, "h_t")
    for start, end in (((1.4, middle), (1.62, 1.4)), ((1.62, 1.4), (1.1, middle - 0.36))):
        axes.annotate(
            "",
            end,
            start,
            arrowprops={
                "arrowstyle": "-|>" if end[1] > 1.5 else "-",
                "color": FORWARD.colour,
                "linewidth": 1.8,
                "shrinkA": 0,
                "shrinkB": 0,
                "mutation_scale": 13,
                "connectionstyle": "arc3,rad=-0.35",
            },
        )
    axes.text(1.05, 0.18, "one network with a loop", ha="center", fontsize=11)
    _arrow(axes, (1.85, middle), (2.3, middle), QUIET, "-")
    places = [3.45, 5.05, 6.65]
    for k, x in enumerate(places, start=1):
        _cell(axes, x, middle)
        _arrow(axes, (x - 0.09, 0.95), (x - 0.09, middle - 0.36), FORWARD.colour, "-")
        _arrow(axes, (x + 0.09, middle - 0.36), (x + 0.09, 0.95), BACKWARD.colour, "--")
        _arrow(axes, (x - 0.09, middle + 0.36), (x - 0.09, 3.35), FORWARD.colour, "-")
        _arrow(axes, (x + 0.09, 3.35), (x + 0.09, middle + 0.36), BACKWARD.colour, "--")
        _name(axes, x - 0.2, 0.72, f"x_{k}")
        _name(axes, x + 0.24, 0.72, f"dx_{k}", BACKWARD.colour)
        _name(axes, x - 0.22, 3.57, f"h_{k}")
        _name(axes, x + 0.26, 3.57, f"dhs_{k}", BACKWARD.colour)
    edges = [2.62, *places]
    for k, (left, right) in enumerate(zip(edges, places, strict=False)):
        begin = left + (0.08 if k == 0 else 0.46)
        _arrow(axes, (begin, middle + 0.13), (right - 0.46, middle + 0.13), FORWARD.colour, "-")
        _arrow(axes, (right - 0.46, middle - 0.13), (begin, middle - 0.13), BACKWARD.colour, "--")
        halfway = (begin + right - 0.46) / 2
        _name(axes, halfway, middle + 0.38, f"h_{k}")
        _name(axes, halfway, middle - 0.42, f"dh_{k}", BACKWARD.colour)
    axes.text(
        5.05,
        0.18,
        "the same network, unrolled: copies that share their weights",
        ha="center",
        fontsize=11,
    )
    axes.text(2.75, 4.2, "forward: states", color=FORWARD.colour, va="center", fontsize=12)
    axes.text(4.75, 4.2, "backward: gradients", color=BACKWARD.colour, va="center", fontsize=12)
    return fig


MODES: dict[str, tuple[int, range, range]] = {
    "one to one": (1, range(1), range(1)),
    "one to many": (3, range(1), range(3)),
    "many to one": (3, range(3), range(2, 3)),
    "many to many, aligned": (3, range(3), range(3)),
    "many to many, delayed": (4, range(2), range(2, 4)),
}
"""The steps of each mode: how many there are, which have an input, which an output."""


@styled
def modes() -> Figure:
    """The five modes of a recurrent network, two rows of them."""
    fig, axes = canvas(6.0, 4.6)
    apart, left = 0.7, 0.45
    x, y = left, 3.3
    for mode, (steps, reads, writes) in MODES.items():
        if x + apart * (steps - 1) > 5.7:
            x, y = left, 1.0
        _mode(axes, [x + apart * t for t in range(steps)], y, mode, reads, writes)
        x += max(apart * steps, 1.1) + 0.2
    return fig


def _mode(
    axes: Axes, places: list[float], y: float, mode: str, reads: range, writes: range
) -> None:
    """One row of steps, with the inputs and the outputs of its mode."""
    axes.text(places[0] - 0.3, y + 1.12, mode, fontsize=13, va="center")
    for t, x in enumerate(places):
        axes.add_patch(
            FancyBboxPatch(
                (x - 0.22, y - 0.2),
                0.44,
                0.4,
                boxstyle="round,pad=0,rounding_size=0.06",
                facecolor="white",
                edgecolor=INK,
                linewidth=1.6,
            )
        )
        _name(axes, x, y, f"h_{t + 1}")
        if t:
            _arrow(axes, (places[t - 1] + 0.24, y), (x - 0.24, y), INK, "-")
        if t in reads:
            _arrow(axes, (x, y - 0.58), (x, y - 0.22), FORWARD.colour, "-")
            _name(axes, x, y - 0.75, f"x_{t - reads.start + 1}", FORWARD.colour)
        if t in writes:
            _arrow(axes, (x, y + 0.22), (x, y + 0.58), OUTPUT.colour, "-")
            _name(axes, x, y + 0.76, f"y_{t - writes.start + 1}", OUTPUT.colour)


@styled
def chunks(steps: int = 9, k: int = 3) -> Figure:
    """A long sequence in chunks: the state goes on at every border, the gradient stops there."""
    fig, axes = canvas(8.0, 2.5)
    apart, first, middle = 0.79, 0.85, 1.35
    places = [first + apart * t for t in range(steps)]
    for t, x in enumerate(places):
        axes.add_patch(
            FancyBboxPatch(
                (x - 0.2, middle - 0.26),
                0.4,
                0.52,
                boxstyle="round,pad=0,rounding_size=0.06",
                facecolor="white",
                edgecolor=INK,
                linewidth=1.4,
            )
        )
        axes.text(x, middle, f"{t + 1}", ha="center", va="center", fontsize=12)
        last = x - apart + 0.22
        _arrow(axes, (last, middle + 0.12), (x - 0.22, middle + 0.12), FORWARD.colour, "-")
        if t % k:
            _arrow(axes, (x - 0.22, middle - 0.12), (last, middle - 0.12), BACKWARD.colour, "--")
        elif t:
            border = x - apart / 2
            axes.plot([border] * 2, [0.55, 2.0], color=QUIET, linewidth=1.4, linestyle=(0, (2, 2)))
    for c in range(steps // k):
        x = places[c * k + k // 2]
        axes.text(x, 0.55, f"loss of chunk {c + 1}", ha="center", va="center", fontsize=11)
    axes.text(0.85, 2.25, "the state is carried on", color=FORWARD.colour, fontsize=12, va="center")
    axes.text(
        4.0,
        2.25,
        "the gradient stops at the border",
        color=BACKWARD.colour,
        fontsize=12,
        va="center",
    )
    axes.text(0.85, 0.15, "step 1 to 9, in chunks of k = 3", fontsize=11, color=QUIET)
    return fig


def _cell(axes: Axes, x: float, y: float) -> None:
    """One copy of the network."""
    axes.add_patch(
        FancyBboxPatch(
            (x - 0.45, y - 0.35),
            0.9,
            0.7,
            boxstyle="round,pad=0,rounding_size=0.08",
            facecolor="white",
            edgecolor=INK,
            linewidth=1.6,
        )
    )
    axes.text(x, y + 0.13, "tanh", ha="center", va="center", fontsize=12)
    axes.text(x, y - 0.15, "$W_x,W_h,b$", ha="center", va="center", fontsize=10, color=QUIET)


def _name(axes: Axes, x: float, y: float, symbol: str, colour: str = INK) -> None:
    axes.text(x, y, f"${symbol}$", ha="center", va="center", fontsize=13, color=colour)


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
        "mutation_scale": 12,
    }
    axes.annotate("", end, start, arrowprops=style)
