"""The model that translates: one network that reads, a vector, and one network that writes."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from autograder.figures.diagram import arrow, box
from autograder.figures.style import GATES, INK, Look, canvas, styled

READS, TELLS, WRITES = GATES["i"], GATES["f"], GATES["g"]
"""The looks of the encoder, of the context, and of the decoder."""

SOURCE = ("the", "cat", "sleeps")
TARGET = ("le", "chat", "dort", "EOS")

MIDDLE, APART, WIDE, HIGH = 1.75, 1.02, 0.62, 0.52
"""The height of the states, from one to the next, and the size of one."""


@styled
def model(looks_back: bool = False) -> Figure:
    """An encoder and a decoder with a fixed context; or with one that looks back at every word.

    Args:
        looks_back: whether the decoder attends to the states of the encoder.
    """
    fig, axes = canvas(8.4, 3.9)
    reads = [0.62 + APART * k for k in range(len(SOURCE))]
    writes = [5.0 + APART * (k - 0.2) for k in range(len(TARGET))]
    middle = (reads[-1] + writes[0]) / 2
    _chain(axes, reads, SOURCE, READS, "h")
    _chain(axes, writes, ("BOS", *TARGET[:-1]), WRITES, "s")
    for x, word in zip(writes, TARGET, strict=True):
        arrow(axes, (x, MIDDLE + HIGH / 2), (x, 3.3), WRITES.colour)
        axes.text(x, 3.45, word, ha="center", va="bottom", fontsize=12, color=INK)
    box(axes, (middle, MIDDLE), (WIDE, HIGH), TELLS, "$c$")
    arrow(axes, (reads[-1] + WIDE / 2, MIDDLE), (middle - WIDE / 2, MIDDLE), TELLS.colour)
    arrow(axes, (middle + WIDE / 2, MIDDLE), (writes[0] - WIDE / 2, MIDDLE), TELLS.colour)
    if looks_back:
        _attention(axes, reads, writes[1])
    else:
        _context(axes, middle, writes)
    axes.text(reads[1], 0.12, "encoder", ha="center", fontsize=12, color=READS.colour)
    axes.text(sum(writes) / 4, 0.12, "decoder", ha="center", fontsize=12, color=WRITES.colour)
    return fig


def _context(axes: Axes, middle: float, writes: Sequence[float]) -> None:
    """One vector that every step of the decoder hears."""
    axes.text(middle, MIDDLE - 0.6, "context", ha="center", fontsize=11, color=TELLS.colour)
    road = 2.5
    axes.plot([middle, middle], [MIDDLE + HIGH / 2, road], color=TELLS.colour, lw=1.6, ls="--")
    axes.plot([middle, writes[-1] - 0.2], [road, road], color=TELLS.colour, lw=1.6, ls="--")
    for x in writes:
        arrow(axes, (x - 0.2, road), (x - 0.2, MIDDLE + HIGH / 2), TELLS.colour, "--")


def _attention(axes: Axes, reads: Sequence[float], x: float) -> None:
    """The second step of the decoder, which looks at all states of the encoder."""
    top = 3.15
    axes.text(reads[1] + 0.4, top + 0.3, "attention", ha="center", fontsize=11, color=TELLS.colour)
    for place, weight in zip(reads, (0.1, 0.8, 0.1), strict=True):
        axes.plot(
            [place, place, x - 0.2],
            [MIDDLE + HIGH / 2, top, top],
            color=TELLS.colour,
            lw=0.6 + 3 * weight,
            ls="--",
        )
        axes.text(place + 0.08, 2.45, f"{weight:.1f}", fontsize=11, color=TELLS.colour)
    arrow(axes, (x - 0.2, top), (x - 0.2, MIDDLE + HIGH / 2), TELLS.colour, "--")


def _chain(
    axes: Axes, places: Sequence[float], words: Sequence[str], look: Look, name: str
) -> None:
    """States side by side, each with the word that it reads."""
    for k, (x, word) in enumerate(zip(places, words, strict=True), start=1):
        box(axes, (x, MIDDLE), (WIDE, HIGH), look, f"${name}_{k}$")
        arrow(axes, (x, 0.85), (x, MIDDLE - HIGH / 2), look.colour)
        axes.text(x, 0.78, word, ha="center", va="top", fontsize=12, color=INK)
    for left, right in pairwise(places):
        arrow(axes, (left + WIDE / 2, MIDDLE), (right - WIDE / 2, MIDDLE), look.colour)
