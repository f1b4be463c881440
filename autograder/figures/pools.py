"""The drawings of pools: what they keep of a map or of a sentence, and where gradients go."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from autograder.figures.convolution import Array, signed
from autograder.figures.grids import (
    OTHER,
    OUTPUT,
    PLAIN,
    WINDOW,
    CellLook,
    arrow,
    frame,
    grid,
    label,
)
from autograder.figures.style import INK, Look, canvas, styled

CELL = 0.36

MAP: Array = np.array(
    [[1, 3, 0, 2, 4, 1], [2, 6, 1, 1, 4, 3], [0, 1, 5, 2, 2, 0], [1, 2, 3, 6, 0, 2]]
)
ARRIVES: Array = np.array([[4, 8, -4], [12, 4, 8]])
"""A feature map, and the gradient that arrives at its pools of 2 × 2."""

WORDS = ("the", "film", "was", "not", "very", "good")
VECTORS: Array = np.array([[0, 1], [1, 0], [0, 0], [-2, 1], [1, 1], [2, 0]])
FILTERS: Array = np.array([[[-1, 0], [0, 1], [1, 0]], [[1, 0], [0, 0], [-1, 0]]])
"""A sentence of six words with two numbers each, and two filters of three words."""


def winners(x: Array) -> set[tuple[int, int]]:
    """The place of the maximum of every window of 2 × 2, the first of equal ones."""
    found = set()
    for i, j in np.ndindex(x.shape[0] // 2, x.shape[1] // 2):
        window = x[2 * i : 2 * i + 2, 2 * j : 2 * j + 2]
        u, v = divmod(int(window.argmax()), 2)
        found.add((2 * i + u, 2 * j + v))
    return found


def windows_of(x: Array) -> Array:
    """The windows of 2 × 2 of a map, (Ho, Wo, 4)."""
    rows, columns = x.shape
    return x.reshape(rows // 2, 2, columns // 2, 2).swapaxes(1, 2).reshape(rows // 2, -1, 4)


def short(array: NDArray[np.float64]) -> list[list[str]]:
    """Numbers as text, with no more digits than they need."""
    return [[f"{n:g}".replace("-", "−") for n in row] for row in array]


def alike(look: Look) -> CellLook:
    """All cells of a grid drawn in one way."""
    return lambda i, j: look


def panes(axes: Axes, x: float, y: float) -> None:
    """Thick lines round the windows of 2 × 2 of a map of 4 × 6."""
    for i, j in np.ndindex(2, 3):
        frame(axes, x + 2 * j * CELL, y - 2 * i * CELL, 2, 2, Look(INK, "", "-", ""))


@styled
def pools() -> Figure:
    """A maximum and a mean over windows of 2 × 2, forward and backward."""
    fig, axes = canvas(5.2, 4.9)
    won = winners(MAP)
    windows = windows_of(MAP)
    wide = np.kron(ARRIVES, np.ones((2, 2), dtype=int))
    to_maximum = [[int(wide[i, j]) if (i, j) in won else 0 for j in range(6)] for i in range(4)]

    def largest(i: int, j: int) -> Look:
        return WINDOW if (i, j) in won else PLAIN

    label(axes, 1.2, 4.7, "feature map", 12)
    grid(axes, 0.12, 4.5, MAP.tolist(), largest)
    panes(axes, 0.12, 4.5)
    for x, title, values, look in (
        (2.62, "maxima", windows.max(axis=2), WINDOW),
        (3.98, "means", windows.mean(axis=2), OTHER),
    ):
        label(axes, x + 0.54, 4.7, title, 12)
        grid(axes, x, 4.14, short(values), alike(look))
    arrow(axes, (2.3, 3.78), (2.58, 3.78))

    label(axes, 2.6, 2.84, "the gradient dy of the maxima, or of the means", 12)
    grid(axes, 2.06, 2.64, signed(ARRIVES), alike(OUTPUT))
    arrow(axes, (2.0, 2.28), (1.25, 1.99))
    arrow(axes, (3.2, 2.28), (3.95, 1.99))

    label(axes, 1.2, 1.83, "dx of the maxima", 12)
    grid(axes, 0.12, 1.63, signed(np.array(to_maximum)), largest)
    panes(axes, 0.12, 1.63)
    label(axes, 4.0, 1.83, "dx of the means", 12)
    grid(axes, 2.92, 1.63, short(wide / 4), alike(OTHER))
    panes(axes, 2.92, 1.63)
    return fig


def answers() -> Array:
    """What both filters answer at each of four places, (4, 2)."""
    windows = np.lib.stride_tricks.sliding_window_view(VECTORS, 3, axis=0)
    found: Array = np.einsum("tdk,fkd->tf", windows, FILTERS)
    return found


@styled
def phrases() -> Figure:
    """Two filters slide over a sentence, and the maximum over time of each is kept."""
    fig, axes = canvas(5.2, 4.3)
    found = answers()
    best = found.argmax(axis=0)
    looks = (WINDOW, OTHER)

    label(axes, 1.31, 4.08, "words, as vectors", 12)
    for t, word in enumerate(WORDS):
        label(axes, 0.85, 3.8 - (t + 0.53) * CELL, word, 12, "right")
    grid(axes, 0.95, 3.8, signed(VECTORS))
    for f, look in enumerate(looks):
        frame(axes, 0.95, 3.8 - int(best[f]) * CELL, 3, 2, look)

    label(axes, 2.78, 4.08, "filters", 12)
    for f, (name, look) in enumerate(zip("AB", looks, strict=True)):
        top = 3.8 - 1.44 * f
        label(axes, 2.22, top - 1.5 * CELL, name, 12)
        grid(axes, 2.42, top, signed(FILTERS[f]), alike(look))

    label(axes, 4.3, 4.08, "answers", 12)
    for f, name in enumerate("AB"):
        label(axes, 4.12 + f * CELL, 3.8, name, 12)
    grid(
        axes,
        3.94,
        3.65,
        signed(found),
        lambda t, f: looks[f] if t == best[f] else PLAIN,
    )
    arrow(axes, (4.3, 2.15), (4.3, 1.82))
    label(axes, 4.3, 1.66, "maximum over time", 12)
    grid(axes, 3.94, 1.5, signed(found.max(axis=0)[None]), lambda t, f: looks[f])
    arrow(axes, (3.2, 2.55), (3.8, 2.55))
    label(
        axes,
        0.2,
        0.62,
        "A is strongest at “not very good”: 2 + 1 + 2 = 5",
        12,
        "left",
    )
    label(axes, 0.2, 0.3, "B is strongest at “film was not”: 1 + 0 + 2 = 3", 12, "left")
    return fig
