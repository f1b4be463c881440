"""The drawings of convolution: where the window goes, what it sees, and how gradients return."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from autograder.figures.grids import (
    KERNEL,
    OTHER,
    OUTPUT,
    PADDING,
    PLAIN,
    WINDOW,
    arrow,
    frame,
    grid,
    label,
)
from autograder.figures.style import QUIET, Look, canvas, styled

Array = NDArray[np.int64]

IMAGE: Array = np.array([[1, 0, 2, 1, 0], [0, 3, 1, 0, 2], [2, 1, 0, 1, 1], [1, 0, 1, 2, 0]])
KERNEL_2X3: Array = np.array([[1, 0, 2], [0, -1, 1]])
CELL = 0.36


def correlated(x: Array, k: Array) -> Array:
    """The cross-correlation of two arrays of whole numbers, for the numbers of a drawing."""
    windows = np.lib.stride_tricks.sliding_window_view(x, k.shape)
    found: Array = (windows * k).sum(axis=(2, 3))
    return found


def signed(array: Array) -> list[list[str]]:
    """The numbers of an array as text, with a true minus sign."""
    return [[str(n).replace("-", "−") for n in row] for row in array]


@styled
def sliding() -> Figure:
    """Three places of a window of 2 × 3 on an image of 4 × 5."""
    fig, axes = canvas(5.2, 6.05)
    y = correlated(IMAGE, KERNEL_2X3)
    titles = {1.05: "image", 3.01: "kernel", 4.53: "output"}
    for x, title in titles.items():
        label(axes, x, 5.84, title, 13)
    for number, (i, j) in enumerate([(0, 0), (0, 1), (2, 2)]):
        top = 5.58 - 1.9 * number

        def seen(u: int, v: int, i: int = i, j: int = j) -> Look:
            return WINDOW if i <= u < i + 2 and j <= v < j + 3 else PLAIN

        def made(u: int, v: int, i: int = i, j: int = j) -> Look:
            return OUTPUT if (u, v) == (i, j) else PLAIN

        grid(axes, 0.15, top, IMAGE.tolist(), seen)
        frame(axes, 0.15 + j * CELL, top - i * CELL, 2, 3, WINDOW)
        label(axes, 2.21, top - 0.72, "⊙", 18)
        grid(axes, 2.47, top - CELL, signed(KERNEL_2X3), lambda u, v: KERNEL)
        label(axes, 3.77, top - 0.72, "=", 18)
        known = [
            [y[u, v] if (u, v) <= (i, j) else "" for v in range(y.shape[1])]
            for u in range(y.shape[0])
        ]
        grid(axes, 3.99, top - CELL / 2, known, made)
        frame(axes, 3.99 + j * CELL, top - CELL / 2 - i * CELL, 1, 1, OUTPUT)
        window = IMAGE[i : i + 2, j : j + 3]
        terms = " + ".join(
            f"{a}·{b}" if b >= 0 else f"{a}·(−{-b})"
            for a, b in zip(window.ravel(), KERNEL_2X3.ravel(), strict=True)
        )
        label(axes, 0.15, top - 1.62, f"{terms} = {y[i, j]}".replace("-", "−"), 12, "left")
    return fig


SETTINGS = (
    ("n = 7, k = 3, s = 1, p = 0:  ⌊(7 − 3) / 1⌋ + 1 = 5", 7, 3, 1, 0, 1),
    ("n = 8, k = 3, s = 2, p = 0:  ⌊(8 − 3) / 2⌋ + 1 = 3", 8, 3, 2, 0, 1),
    ("n = 7, k = 3, s = 2, p = 1, d = 2:  ⌊(7+2−5) / 2⌋ + 1 = 3", 7, 3, 2, 1, 2),
)
"""Along one axis: what is written above it, then n, k, s, p and d."""


@styled
def places() -> Figure:
    """Where a kernel goes along one axis, for three settings."""
    fig, axes = canvas(5.2, 4.75)
    cell, left = 0.44, 0.2
    top = 4.53
    for says, n, k, s, p, d in SETTINGS:
        label(axes, left, top, says, 12, "left")
        row = [0] * p + list(range(1, n + 1)) + [0] * p
        starts = range(0, n + 2 * p - d * (k - 1), s)
        reached = starts[-1] + d * (k - 1)

        def how(_: int, j: int, p: int = p, n: int = n, reached: int = reached) -> Look:
            if not p <= j < n + p:
                return PADDING
            return PLAIN if j <= reached else OTHER

        grid(axes, left, top - 0.18, [row], how, cell)
        if reached + 1 < len(row):
            label(axes, left + (len(row) + 0.2) * cell, top - 0.41, "left over", 12, "left")
        for number, start in enumerate(starts):
            height = top - 0.78 - 0.15 * number
            ends = [left + (start + d * tap + 0.5) * cell for tap in range(k)]
            axes.plot(
                [ends[0], ends[-1]], [height] * 2, color=WINDOW.colour, linewidth=1.4, linestyle="-"
            )
            axes.plot(ends, [height] * k, "o", color=WINDOW.colour, markersize=6, linestyle="none")
        top -= 0.98 + 0.15 * len(starts)
    return fig


@styled
def backward() -> Figure:
    """The gradient of the image as a full correlation with the kernel turned round."""
    fig, axes = canvas(5.2, 6.1)
    dy = np.array([[1, 2, 0], [0, 1, 3]])
    k = np.array([[1, 2], [3, 4]])
    padded = np.pad(dy, 1)
    dx = correlated(padded, k[::-1, ::-1])
    i, j = 1, 1

    def of(u: int, v: int) -> Look:
        if 1 <= u < 3 and 1 <= v < 4:
            return OUTPUT
        return PADDING

    for x, title in {1.1: "dy, zeros round it", 2.85: "kernel, turned", 4.4: "dx"}.items():
        label(axes, x, 5.86, title, 12)
    grid(axes, 0.15, 5.6, padded.tolist(), of)
    frame(axes, 0.15 + j * CELL, 5.6 - i * CELL, 2, 2, WINDOW)
    label(axes, 2.22, 4.9, "⊙", 18)
    grid(axes, 2.5, 5.26, k[::-1, ::-1].tolist(), lambda u, v: KERNEL)
    label(axes, 3.45, 4.9, "=", 18)
    grid(axes, 3.68, 5.44, dx.tolist(), lambda u, v: WINDOW if (u, v) == (i, j) else PLAIN)
    frame(axes, 3.68 + j * CELL, 5.44 - i * CELL, 1, 1, WINDOW)

    label(axes, 0.15, 3.84, "The entry (1, 1): which outputs did this pixel reach?", 12, "left")
    label(axes, 0.15, 3.58, "4 + 6 + 0 + 1 = 11", 12, "left")
    reached = (
        ((0, 0), "bottom right: weight 4"),
        ((0, 1), "bottom left: weight 3"),
        ((1, 0), "top right: weight 2"),
        ((1, 1), "top left: weight 1"),
    )
    for number, ((u, v), says) in enumerate(reached):
        x, top = 0.75 + 2.5 * (number % 2), 3.3 - 1.68 * (number // 2)

        def window(a: int, b: int, u: int = u, v: int = v) -> Look:
            return KERNEL if u <= a < u + 2 and v <= b < v + 2 else PLAIN

        grid(axes, x, top, [[""] * 4] * 3, window, 0.26)
        frame(axes, x + j * 0.26, top - i * 0.26, 1, 1, WINDOW, 0.26)
        label(axes, x + 0.52, top - 0.92, f"output ({u}, {v}): {dy[u, v]} · {k[1 - u, 1 - v]}", 12)
        label(axes, x + 0.52, top - 1.16, says, 12)
    return fig


STEPS: Array = np.array([[1, 2], [3, -1]])
"""The gradient of four outputs that lie two pixels apart."""


def spread(dy: Array, stride: int, above: int, left: int) -> Array:
    """A gradient with `stride` − 1 zeros between its entries, and zeros all round."""
    rows, columns = (stride * (n - 1) + 1 for n in dy.shape)
    found = np.zeros((rows + 2 * above, columns + 2 * left), dtype=dy.dtype)
    found[above : above + rows : stride, left : left + columns : stride] = dy
    return found


@styled
def strided() -> Figure:
    """The gradient of the image where the window moved by two pixels."""
    fig, axes = canvas(5.0, 4.75)
    wide = spread(STEPS, 2, 1, 2)
    turned = KERNEL_2X3[::-1, ::-1]
    dx = correlated(wide, turned)
    i, j = 1, 2
    of = {(u, v): OUTPUT for u in (1, 3) for v in (2, 4)}

    label(axes, 0.61, 4.5, "dy", 13)
    grid(axes, 0.25, 3.85, signed(STEPS), lambda u, v: OUTPUT)
    arrow(axes, (1.25, 3.49), (2.1, 3.49))
    label(axes, 3.51, 4.5, "zeros between and around", 13)
    grid(axes, 2.25, 4.27, signed(wide), lambda u, v: of.get((u, v), PADDING))
    frame(axes, 2.25 + j * CELL, 4.27 - i * CELL, 2, 3, WINDOW)

    label(axes, 1.04, 1.95, "kernel, turned", 13)
    grid(axes, 0.5, 1.54, signed(turned), lambda u, v: KERNEL)
    label(axes, 2.05, 1.18, "=", 18)
    label(axes, 3.4, 1.95, "dx", 13)
    grid(axes, 2.5, 1.72, signed(dx), lambda u, v: WINDOW if (u, v) == (i, j) else PLAIN)
    frame(axes, 2.5 + j * CELL, 1.72 - i * CELL, 1, 1, WINDOW)
    label(axes, 0.14, 1.18, "⊙", 18)
    return fig


@styled
def windows() -> Figure:
    """The windows of an image as the rows of a matrix, and the convolution as one product."""
    fig, axes = canvas(5.4, 3.5)
    image = np.arange(1, 13).reshape(3, 4)
    rows = np.lib.stride_tricks.sliding_window_view(image, (2, 2)).reshape(6, 4)
    k = np.array([[1], [2], [0], [-1]])
    looks = {0: WINDOW, 4: OTHER}
    label(axes, 0.84, 3.3, "image", 12)
    grid(axes, 0.12, 2.9, image.tolist())
    frame(axes, 0.12, 2.9, 2, 2, WINDOW)
    frame(axes, 0.12 + CELL, 2.9 - CELL, 2, 2, OTHER)
    arrow(axes, (1.62, 1.9), (2.2, 1.9))
    label(axes, 1.89, 2.12, "im2col", 12)
    label(axes, 2.98, 3.3, "windows (6, 4)", 12)
    grid(axes, 2.26, 2.98, rows.tolist(), lambda i, j: looks.get(i, PLAIN))
    for row, look in looks.items():
        frame(axes, 2.26, 2.98 - row * CELL, 1, 4, look)
    label(axes, 3.88, 1.9, "@", 16)
    label(axes, 4.22, 3.3, "kernel", 12)
    grid(axes, 4.06, 2.62, signed(k), lambda i, j: KERNEL)
    label(axes, 4.6, 1.9, "=", 16)
    label(axes, 4.96, 3.3, "output", 12)
    y = rows @ k
    grid(
        axes,
        4.78,
        2.98,
        signed(y),
        lambda i, j: looks.get(i, PLAIN),
    )
    label(axes, 0.12, 0.58, "row (i, j), column (u, v);", 12, "left")
    label(axes, 0.12, 0.3, "with channels, column (c, u, v)", 12, "left")
    return fig


@styled
def receptive() -> Figure:
    """What one output of three layers sees, without and with dilation and stride."""
    fig, axes = canvas(5.2, 5.3)
    stacks = (
        ("three layers, k = 3: 7 inputs", ((3, 1, 1),) * 3),
        ("with dilation 1, 2, 4: 15 inputs", ((3, 1, 1), (3, 1, 2), (3, 1, 4))),
        ("with stride 2, 2, 1: 15 inputs", ((3, 2, 1), (3, 2, 1), (3, 1, 1))),
    )
    gap, left, high = 0.285, 0.2, 0.37
    for number, (says, layers) in enumerate(stacks):
        bottom = 3.72 - 1.76 * number
        label(axes, left, bottom + 1.38, says, 12, "left")
        needed = [{7}]
        jumps = [int(np.prod([s for _, s, _ in layers[:level]], dtype=int)) for level in range(4)]
        for level in range(3, 0, -1):
            k, _, d = layers[level - 1]
            below = set()
            for at in needed[-1]:
                for tap in range(k):
                    source = at + d * (tap - k // 2) * jumps[level - 1]
                    below.add(source)
                    axes.plot(
                        [left + at * gap, left + source * gap],
                        [bottom + level * high, bottom + (level - 1) * high],
                        color=WINDOW.colour,
                        linewidth=1.1,
                        linestyle="-",
                        zorder=1,
                    )
            needed.append(below)
        for level, seen in enumerate(reversed(needed)):
            for at in range(15):
                if (at - 7) % jumps[level] == 0:
                    axes.plot(
                        left + at * gap,
                        bottom + level * high,
                        "o",
                        markersize=8,
                        color=WINDOW.colour if at in seen else "white",
                        markeredgecolor=WINDOW.colour if at in seen else QUIET,
                        zorder=2,
                    )
        for level, name in enumerate(("input", "layer 1", "layer 2", "layer 3")):
            label(axes, left + 15 * gap, bottom + level * high, name, 12, "left")
    return fig
