"""Arrays drawn as grids of cells with their numbers, for the drawings of convolution."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from autograder.figures.style import GATES, INK, QUIET, Look

WINDOW, KERNEL, OUTPUT, OTHER = (GATES[gate] for gate in "figo")
"""How a window of the input, the kernel, the output and a second window are drawn."""

PLAIN = Look("#9aa1aa", "white", "-", "")
PADDING = Look("#9aa1aa", "#e9ebee", "-", "")

CellLook = Callable[[int, int], Look]


def grid(
    axes: Axes,
    x: float,
    y: float,
    values: Sequence[Sequence[object]],
    look: CellLook | None = None,
    cell: float = 0.36,
    size: float = 12,
) -> None:
    """A grid of `values` whose top left corner is at (x, y); "" leaves a cell empty."""
    for i, row in enumerate(values):
        for j, value in enumerate(row):
            how = look(i, j) if look else PLAIN
            axes.add_patch(
                Rectangle(
                    (x + j * cell, y - (i + 1) * cell),
                    cell,
                    cell,
                    facecolor=how.fill,
                    edgecolor=PLAIN.colour,
                    linewidth=0.8,
                )
            )
            axes.text(
                x + (j + 0.5) * cell,
                y - (i + 0.53) * cell,
                str(value),
                ha="center",
                va="center",
                fontsize=size,
                color=QUIET if how is PADDING else INK,
            )


def frame(
    axes: Axes, x: float, y: float, rows: int, columns: int, look: Look, cell: float = 0.36
) -> None:
    """A thick frame round `rows` × `columns` cells whose top left corner is at (x, y)."""
    axes.add_patch(
        Rectangle(
            (x, y - rows * cell),
            columns * cell,
            rows * cell,
            fill=False,
            edgecolor=look.colour,
            linewidth=2.4,
            linestyle=look.line,
            zorder=3,
        )
    )


def label(axes: Axes, x: float, y: float, text: str, size: float = 12, ha: str = "center") -> None:
    """Text at (x, y)."""
    axes.text(x, y, text, ha=ha, va="center", fontsize=size, color=INK)


def arrow(axes: Axes, start: tuple[float, float], end: tuple[float, float]) -> None:
    """An arrow from one point to another."""
    look = {"arrowstyle": "-|>", "color": INK, "linewidth": 1.6, "mutation_scale": 14}
    axes.annotate("", end, start, arrowprops=look)
