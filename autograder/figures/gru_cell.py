"""The GRU cell, drawn like the LSTM cell so that the two can be compared."""

from __future__ import annotations

from matplotlib.figure import Figure

from autograder.figures.lstm_cell import BUS, GATE, TRACK, Pen
from autograder.figures.style import LIKE, canvas, styled

Z, R, N = 1.75, 3.55, 5.5
"""Places from left to right: the update gate, the reset gate, the candidate."""

SHARES = 2.4
"""The height at which the candidate meets its share."""


@styled
def whole() -> Figure:
    """The whole cell: one state on one track, two gates and a candidate."""
    fig, axes = canvas(8.0, 4.3)
    pen = Pen(axes, new=True)
    pen.text(0.3, 3.95, "One state: z of it is kept, 1 − z is written anew", size=14, ha="left")
    pen.text(0.4, TRACK, "$h$", size=17)
    pen.text(0.4, BUS, "$x,\\, h$", size=17)
    draw(pen)
    return fig


def draw(pen: Pen) -> None:
    """The cell without its title and the names of what comes in."""
    look = LIKE["z"]
    pen.line((0.6, TRACK), (Z - 0.2, TRACK))
    pen.line((0.75, BUS), (Z, BUS), (Z, GATE - 0.24), gate=look)
    pen.box(Z, GATE, "σ", look)
    pen.line((Z, GATE + 0.24), (Z, TRACK - 0.2), gate=look)
    pen.text(Z - 0.14, 2.0, "$z$", size=16, colour=pen.colour(look), ha="right")
    pen.operation(Z, TRACK, "×")
    pen.line((Z, SHARES), (R - 0.42, SHARES), gate=look)
    pen.box(R, SHARES, "1 −", look)
    pen.line((R + 0.42, SHARES), (N - 0.2, SHARES), gate=look)
    pen.text((R + N) / 2 + 0.1, SHARES + 0.22, "$1 - z$", size=14, colour=pen.colour(look))
    pen.line((Z + 0.2, TRACK), (N - 0.2, TRACK))
    pen.text((Z + N) / 2, TRACK + 0.25, "$z \\odot h$", size=14)
    look = LIKE["r"]
    pen.line((Z, BUS), (R, BUS), (R, GATE - 0.24), gate=look)
    pen.box(R, GATE, "σ", look)
    pen.line((R + 0.42, GATE), (N - 0.42, GATE), gate=look)
    pen.text((R + N) / 2, GATE + 0.2, "$r$", size=16, colour=pen.colour(look))
    look = LIKE["n"]
    pen.line((R, BUS), (N, BUS), (N, GATE - 0.24), gate=look)
    pen.box(N, GATE, "tanh", look)
    pen.line((N, GATE + 0.24), (N, SHARES - 0.2), gate=look)
    pen.text(N + 0.14, 1.88, "$n$", size=16, colour=pen.colour(look), ha="left")
    pen.operation(N, SHARES, "×")
    pen.line((N, SHARES + 0.2), (N, TRACK - 0.2))
    pen.operation(N, TRACK, "+")
    pen.line((N + 0.2, TRACK), (7.15, TRACK))
    pen.text(7.2, TRACK, "$h_{next}$", size=17, ha="left")
