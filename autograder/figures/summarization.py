"""Phrases of a text, one vector for each, and the LSTM that reads them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from autograder.figures.diagram import Point, arrow, box
from autograder.figures.style import GATES, INK, QUIET, Look, canvas, styled

PHRASES = (("the", "parser", "of"), ("the", "files", "for"), ("X", "", ""))
"""A text as the assignment cuts it, with padding in the last phrase."""

WIDTH, APART, GAP, LEFT = 0.68, 0.72, 0.28, 0.6
WORD, RESPONSE, VECTOR, STATE = 0.5, 1.55, 2.75, 3.75
"""Heights of the rows."""

HIGH = 0.4
"""The height of a box."""

PLAIN, FILTER, BEST, LSTM = Look(INK, "#e9ebee", "-", ""), GATES["f"], GATES["g"], GATES["i"]


@styled
def phrase_encoder() -> Figure:
    """From words at the bottom to one state a phrase at the top."""
    fig, axes = canvas(8.0, 4.6)
    size = len(PHRASES[0])
    middles = []
    for p, phrase in enumerate(PHRASES):
        begin = LEFT + p * (size * APART + GAP)
        places = [begin + k * APART for k in range(size)]
        middle = places[size // 2]
        middles.append(middle)
        axes.add_patch(
            Rectangle(
                (begin - WIDTH / 2 - 0.06, WORD - 0.3),
                size * APART + 0.08,
                0.6,
                facecolor="none",
                edgecolor=QUIET,
                linestyle="--",
            )
        )
        for k, (x, word) in enumerate(zip(places, phrase, strict=True)):
            box(axes, (x, WORD), (WIDTH, HIGH), PLAIN, word or "PAD")
            if not word:
                continue
            box(axes, (x, RESPONSE), (0.5, HIGH), FILTER)
            for seen in range(max(0, k - 1), min(size, k + 2)):
                _line(axes, [(places[seen], WORD + 0.2), (x, RESPONSE - 0.2)])
            _line(axes, [(x, RESPONSE + 0.2), (middle, VECTOR - 0.2)], BEST.colour)
        box(axes, (middle, VECTOR), (0.9, HIGH), BEST, "max")
        arrow(axes, (middle, VECTOR + 0.2), (middle, STATE - 0.2))
        box(axes, (middle, STATE), (0.9, HIGH), LSTM, "LSTM")
        arrow(axes, (middle, STATE + 0.2), (middle, STATE + 0.6))
    for left, right in pairwise(middles):
        arrow(axes, (left + 0.45, STATE), (right - 0.45, STATE), LSTM.colour)
    rows = ((WORD, "words"), (RESPONSE, "filters"), (VECTOR, "phrases"), (STATE, "states"))
    for y, name in rows:
        axes.text(7.98, y, name, ha="right", va="center", fontsize=11, color=INK)
    return fig


def _line(axes: Axes, points: Sequence[Point], colour: str = QUIET) -> None:
    xs, ys = zip(*points, strict=True)
    axes.plot(xs, ys, color=colour, linewidth=1.1, linestyle="-", zorder=1)
