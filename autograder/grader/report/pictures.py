"""The pictures of a report, as SVG in the look of the book, light and dark."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping, Sequence

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from autograder.figures.style import GATES, INK, QUIET, styled
from autograder.grader.dark import with_dark_colours

WIDE, BAR = 5.4, 0.34
"""Inches of a picture, which a phone shows at two thirds; and of the room of a bar."""

KINDS = (
    ("right", ("correct",), GATES["g"].colour, GATES["g"].fill, ""),
    ("partly right", ("partial",), GATES["i"].colour, GATES["i"].fill, "///"),
    ("not right", ("wrong", "error", "timeout"), GATES["f"].colour, GATES["f"].fill, "\\\\\\"),
    ("not attempted", ("not attempted",), QUIET, "#fcfbf8", ""),
    ("open", ("needs_review", "deferred"), GATES["o"].colour, GATES["o"].fill, "..."),
)
"""What the statuses come to, and how each is drawn; the hatches tell without colours."""

HOUR = 3600.0


@styled
def scores(got: Sequence[float], most: float) -> Figure:
    """How many students have which score."""
    fig = Figure(figsize=(WIDE, 2.6))
    axes = fig.subplots()
    steps = max(1, min(20, round(most)))
    width = most / steps if most else 1.0
    counts = [0] * (steps + 1)
    for one in got:
        counts[max(0, min(steps, int(one / width + 1e-9)))] += 1
    look = GATES["i"]
    places = [at * width for at in range(steps + 1)]
    axes.bar(places, counts, 0.8 * width, color=look.fill, edgecolor=look.colour, linewidth=1.2)
    axes.set(xlabel=f"score, of {most:g}", ylabel="students")
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    axes.grid(axis="x", visible=False)
    return fig


@styled
def exercises(statuses: Mapping[str, Mapping[str, int]]) -> Figure:
    """A bar an exercise: how many got it right, and what became of the others."""
    fig = Figure(figsize=(WIDE, 1.25 + BAR * len(statuses)))
    axes = fig.subplots()
    names = list(statuses)
    left = [0] * len(names)
    for title, of, colour, fill, hatch in KINDS:
        counts = [sum(statuses[name].get(status, 0) for status in of) for name in names]
        if any(counts):
            axes.barh(
                names,
                counts,
                0.7,
                left,
                label=title,
                facecolor=fill,
                edgecolor=colour,
                hatch=hatch,
                linewidth=1.2,
            )
        left = [a + b for a, b in zip(left, counts, strict=True)]
    axes.invert_yaxis()
    axes.set(xlabel="students")
    axes.tick_params(axis="y", labelsize=10, labelfontfamily="monospace", length=0)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.grid(axis="y", visible=False)
    fig.legend(loc="outside upper left", ncols=3, fontsize=10)
    return fig


@styled
def handed_in(after: Sequence[float]) -> Figure:
    """When work came, in hours before and after it was due."""
    fig = Figure(figsize=(WIDE, 2.4))
    axes = fig.subplots()
    look = GATES["o"]
    hours = [seconds / HOUR for seconds in after]
    axes.hist(hours, bins=min(24, max(4, len(hours))), color=look.fill, edgecolor=look.colour)
    axes.axvline(0, color=INK, linestyle="--", linewidth=1.4)
    axes.set(xlabel="hours after it was due (before: below 0)", ylabel="students")
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    axes.grid(axis="x", visible=False)
    return fig


def as_address(figure: Figure) -> str:
    """A picture as the address of an image, in which the whole of it is."""
    file = io.StringIO()
    figure.savefig(file, format="svg", metadata={"Date": None})
    drawn = with_dark_colours(file.getvalue()).encode()
    return f"data:image/svg+xml;base64,{base64.b64encode(drawn).decode()}"
