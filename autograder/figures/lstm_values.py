"""The numbers of one unit of an LSTM, written on the roads on which they go forward."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure

from autograder.figures.lstm_cell import GATE, MIDDLE, READ, TRACK, WRITE, F, G, I, O
from autograder.figures.lstm_gradient import on_roads

PLACES = {
    "c": (0.32, TRACK - 0.3),
    "f": (F + 0.1, MIDDLE),
    "i": (I + 0.08, 1.86),
    "g": (G + 0.1, MIDDLE + 0.05),
    "o": (O + 0.5, GATE - 0.22),
    "f ⊙ c": (F + 0.5, TRACK - 0.25),
    "i ⊙ g": (WRITE - 0.5, 2.68),
    "c_next": (7.2, TRACK - 0.3),
    "tanh": (READ + 0.1, 1.85),
    "h_next": (7.2, GATE - 0.3),
}
"""Where each number stands, from its left end: beside the road on which it goes."""


def one_unit(c: float, f: float, i: float, g: float, o: float) -> Figure:
    """The cell in grey, with the numbers that one unit computes of its state and its gates."""
    state = f * c + i * g
    values: Mapping[str, float] = {
        **{"c": c, "f": f, "i": i, "g": g, "o": o, "f ⊙ c": f * c, "i ⊙ g": i * g},
        **{"c_next": state, "tanh": np.tanh(state), "h_next": o * np.tanh(state)},
    }
    numbers = {PLACES[name]: value for name, value in values.items()}
    return on_roads("One unit: the numbers, on their way forward", numbers, "i")
