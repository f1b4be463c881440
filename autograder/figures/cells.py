"""The LSTM and the GRU side by side, in the lines and colours of their own drawings."""

from __future__ import annotations

from matplotlib.figure import Figure

from autograder.figures import gru_cell, lstm_cell
from autograder.figures.lstm_cell import BUS, TRACK, Pen
from autograder.figures.style import QUIET, canvas, styled

SQUEEZE = (0.475, 0.68)
APART = 4.08
"""How much smaller both drawings are, and how far apart they begin."""


@styled
def pair() -> Figure:
    """Both cells at one scale: tracks at one height, parts that do one work drawn alike."""
    fig, axes = canvas(8.0, 3.1)
    for left, title, states, draw in (
        (0.0, "LSTM: four layers, two states", "c", lstm_cell.whole),
        (APART, "GRU: three layers, one state", "h", gru_cell.draw),
    ):
        pen = Pen(axes, new=True, left=left, squeeze=SQUEEZE)
        draw(pen)
        axes.text(left + 0.12, 2.84, title, fontsize=12, va="center")
        pen.text(0.35, TRACK, f"${states}$", size=17)
        pen.text(0.4, BUS, "$x, h$", size=15)
    axes.plot([APART - 0.04] * 2, [0.2, 2.95], color=QUIET, linewidth=0.8, linestyle=(0, (2, 3)))
    return fig
