"""What is left of a gradient, in simple networks and on the road of an LSTM's cell state."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from autograder.figures.style import styled


@styled
def left_over(
    simple: Sequence[tuple[float, float]], biases: Sequence[float], steps: int = 100
) -> Figure:
    """Powers of the factor of one step, on a logarithmic axis.

    Args:
        simple: the spectral radius, and the size of all states, of each simple network.
        biases: the bias of the forget gate, which alone decides it, of each LSTM.
        steps: how far back.
    """
    fig = Figure(figsize=(8.0, 3.8))
    axes = fig.add_subplot()
    t = np.arange(steps + 1)
    for radius, size in simple:
        factor = radius * (1 - size**2)
        axes.plot(t, factor**t, label=f"simple: radius {radius:g}, |h| = {size:g}")
    for bias in biases:
        factor = 1 / (1 + np.exp(-bias))
        axes.plot(t, factor**t, label=f"LSTM: forget bias {bias:g}")
    axes.set(yscale="log", ylim=(1e-12, 1e6), xlabel="steps back", ylabel="left of the gradient")
    axes.legend(loc="lower left")
    return fig
