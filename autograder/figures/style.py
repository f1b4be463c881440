"""One look for every figure of the book.

Colours are from the set of Okabe and Ito (Color Universal Design, 2008), darkened where text
has to be read in them. Nothing is told by colour alone: each gate also has a line style, a
hatch and its letter.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import ParamSpec

import matplotlib.style
from IPython import get_ipython
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib_inline.config import InlineBackend

P = ParamSpec("P")

SHEET = Path(__file__).with_name("book.mplstyle")
INK = "#20242a"
QUIET = "#6a717b"


@dataclass(frozen=True)
class Look:
    """How one gate is drawn: its colour, a light fill, a line style and a hatch."""

    colour: str
    fill: str
    line: str
    hatch: str


GATES = {
    "i": Look("#0063a0", "#dcebf5", "--", "///"),
    "f": Look("#b34a00", "#fbe6d6", "-", ""),
    "g": Look("#00724f", "#d9f0e7", "-.", "..."),
    "o": Look("#8a3a75", "#f4e1ee", ":", "\\\\\\"),
}
"""The gates in the order in which their weights are stored."""

LIKE = {"r": "i", "z": "f", "n": "g"}
"""Which gate of the LSTM each part of the GRU is drawn like: it does that gate's work."""

LOOKS = {"lstm": GATES, "gru": {gate: GATES[like] for gate, like in LIKE.items()}}
"""How the gates of each kind are drawn, in the order of the course."""


def use() -> None:
    """Give the plots of a notebook the look of the book, as vectors.

    The files carry no date, so that the same plot is the same file in every build.
    """
    matplotlib.style.use(SHEET)
    shell = get_ipython()
    if shell is not None:
        backend = InlineBackend.instance(parent=shell)
        backend.shell = shell
        backend.print_figure_kwargs = {"bbox_inches": None, "metadata": {"Date": None}}
        backend.figure_formats = {"svg"}


def styled(draw: Callable[P, Figure]) -> Callable[P, Figure]:
    """Make `draw` use the style of the book, whatever else the notebook has set."""

    @functools.wraps(draw)
    def in_style(*args: P.args, **kwargs: P.kwargs) -> Figure:
        with matplotlib.style.context(SHEET):
            return draw(*args, **kwargs)

    return in_style


def canvas(width: float, height: float) -> tuple[Figure, Axes]:
    """A figure for a diagram: axes without a frame, measured in inches, over all of it."""
    fig = Figure(figsize=(width, height))
    fig.set_layout_engine("none")
    axes = fig.add_axes((0.0, 0.0, 1.0, 1.0))
    axes.set(xlim=(0.0, width), ylim=(0.0, height))
    axes.set_axis_off()
    return fig, axes
