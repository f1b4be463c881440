"""Three optimisers on their way down a narrow valley, along the axes and turned."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from autograder.figures.style import QUIET, styled

Array = NDArray[Any]
Optimiser = Callable[[Array], Array]
"""What the parameters go down by, from their gradient; it remembers the gradients before."""


def sgd(lr: float) -> Optimiser:
    """Plain descent."""
    return lambda g: lr * g


def momentum(lr: float, mu: float = 0.9) -> Optimiser:
    """Descent along a sum of all gradients, in which the old ones fade."""
    v: Any = 0

    def step(g: Array) -> Array:
        nonlocal v
        v = mu * v + g
        return np.asarray(lr * v)

    return step


def adam(lr: float, beta_1: float = 0.9, beta_2: float = 0.999, epsilon: float = 1e-8) -> Optimiser:
    """A mean of the gradients, divided by the root of that of their squares."""
    m: Any = 0
    v: Any = 0
    t = 0

    def step(g: Array) -> Array:
        nonlocal m, v, t
        t += 1
        m = beta_1 * m + (1 - beta_1) * g
        v = beta_2 * v + (1 - beta_2) * g**2
        root = np.sqrt(v / (1 - beta_2**t))
        return np.asarray(lr * (m / (1 - beta_1**t)) / (root + epsilon))

    return step


def turned(degrees: float) -> Array:
    """The flat direction of the valley and its steep one, a row each."""
    a = np.radians(degrees)
    return np.array([[np.cos(a), np.sin(a)], [-np.sin(a), np.cos(a)]])


def descend(
    optimiser: Optimiser, directions: Array, curvature: float = 100, steps: int = 100
) -> tuple[Array, Array]:
    """The parameters at the start and after each step, and the losses.

    The loss is (flat² + curvature · steep²) / 2, where flat and steep are the parameters' parts in
    the two `directions`. The start is at distance 1 in both.
    """
    curvatures = np.array([1, curvature])
    p = directions.sum(axis=0)
    way = [p]
    for _ in range(steps):
        p = p - optimiser(directions.T @ (curvatures * (directions @ p)))
        way.append(p)
    parts = np.array(way) @ directions.T
    return np.array(way), (parts**2 @ curvatures) / 2


RATES: dict[str, tuple[Callable[[float], Optimiser], float]] = {
    "SGD": (sgd, 0.019),
    "momentum": (momentum, 0.019),
    "Adam": (adam, 0.1),
}
"""The optimisers that are drawn, with their learning rates."""


@styled
def ways(degrees: float) -> Figure:
    """Three ways down the valley along the axes and turned, and their losses below."""
    fig = Figure(figsize=(5.2, 5.6))
    panels = fig.subplots(2, 2, sharex="row", sharey="row", height_ratios=[1.05, 1])
    p, q = np.meshgrid(*[np.linspace(-1.6, 1.6, 200)] * 2)
    levels = 4.0 ** np.arange(-2, 6) / 2
    for (above, below), angle in zip(panels.T, (0, degrees), strict=True):
        directions = turned(angle)
        flat, steep = np.einsum("dk,kij->dij", directions, np.stack([p, q]))
        loss = (flat**2 + 100 * steep**2) / 2
        above.contour(p, q, loss, levels, colors=QUIET, linewidths=0.6, linestyles="-")
        for name, (optimiser, lr) in RATES.items():
            way, losses = descend(optimiser(lr), directions)
            above.plot(*way.T, linewidth=1.2)
            below.plot(losses, label=f"{name} {lr:g}")
        title = f"turned by {angle:g}°" if angle else "along the axes"
        above.set(title=title, xlabel="first parameter", aspect="equal")
        below.set(yscale="log", ylim=(1e-8, 1e4), xlabel="steps")
    panels[0, 0].set(ylabel="second parameter")
    panels[1, 0].set(ylabel="loss")
    lines, labels = panels[1, 0].get_legend_handles_labels()
    fig.legend(lines, labels, loc="outside lower center", ncols=3, columnspacing=1, handlelength=2)
    return fig
