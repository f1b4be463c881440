"""The gradients of one unit of an LSTM, written on the roads on which they come back."""

from __future__ import annotations

from collections.abc import Mapping

from matplotlib.figure import Figure

from autograder.figures.lstm_cell import BUS, GATE, MIDDLE, READ, TRACK, F, G, I, O, Pen, whole
from autograder.figures.style import GATES, canvas, styled

PLACES = {
    "dc": (0.32, TRACK - 0.3),
    "df": (F + 0.1, MIDDLE),
    "di": (I + 0.08, 1.86),
    "dg": (G + 0.1, MIDDLE + 0.05),
    "do": (O + 0.02, GATE + 0.5),
    "da_f": (F + 0.08, 0.82),
    "da_i": (I + 0.08, 0.82),
    "da_g": (G + 0.08, 0.82),
    "da_o": (O + 0.08, 0.82),
    "dc_total": (4.2, TRACK + 0.25),
    "through h": (READ - 0.75, 2.86),
    "dc_next": (7.2, TRACK + 0.32),
    "dh_next": (7.2, GATE - 0.3),
}
"""Where each number stands, from its left end: beside the road of what it is the gradient of."""


def one_unit(values: Mapping[str, float]) -> Figure:
    """The cell in grey, with the gradients of one unit, by the names in `PLACES`."""
    numbers = {PLACES[name]: value for name, value in values.items()}
    return on_roads("One unit: the gradients, on their way back", numbers, "f")


@styled
def on_roads(title: str, numbers: Mapping[tuple[float, float], float], like: str) -> Figure:
    """The cell in grey, with numbers at their places, in the colour of a gate."""
    fig, axes = canvas(8.0, 4.3)
    whole(Pen(axes, new=False))
    ink = Pen(axes, new=True)
    ink.text(0.3, 3.95, title, size=14, ha="left")
    ink.text(0.4, TRACK, "$c$", size=17)
    ink.text(0.4, BUS, "$x,\\, h$", size=17)
    for place, value in numbers.items():
        told = f"{value:.4f}".rstrip("0").rstrip(".").replace("-", "−")
        ink.text(*place, told, size=12, colour=GATES[like].colour, ha="left")
    return fig
