"""All drawings of the book by name, and the texts that a drawing shows."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial

import numpy as np
from matplotlib.figure import Figure
from matplotlib.text import Text

from autograder.data import digits
from autograder.figures import (
    beam,
    blocks,
    cells,
    circuit,
    convolution,
    directions,
    gates,
    gradients,
    gru_cell,
    layouts,
    lstm_cell,
    lstm_gradient,
    network,
    pixels,
    pools,
    recurrent,
    training,
    translation,
    valley,
)
from autograder.grader.experiments.record import CHAPTERS

RESULTS = CHAPTERS / "gated" / "results"
TRACES, LEARNING, STEP_SIZES = (
    json.loads((RESULTS / f"{name}.json").read_text())
    for name in ("traces", "learning", "step_sizes")
)


def some(width: int, biases: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Gradients of a backward pass, by name."""
    rng = np.random.default_rng(0)
    shapes = {"dWx": (3, width), "dWh": (4, width), **{name: (width,) for name in biases}}
    return {name: rng.standard_normal(shape) for name, shape in shapes.items()}


LSTM, GRU = some(16, ("db",)), some(12, ("dbx", "dbh"))

DRAWINGS: dict[str, Callable[[], Figure]] = {
    "valves": gates.valves,
    "decay": gates.decay,
    "packed": gates.packed,
    **{step: partial(lstm_cell.up_to, step) for step in lstm_cell.QUESTIONS},
    "LSTM gradients": partial(lstm_gradient.one_unit, dict.fromkeys(lstm_gradient.PLACES, -0.4444)),
    "GRU": gru_cell.whole,
    "pair": cells.pair,
    "packed gradients": partial(gradients.packed, LSTM, GRU),
    "traces": partial(training.traces, TRACES),
    "equal size": partial(training.curves, LEARNING, "equal size"),
    "equal parameters": partial(training.curves, LEARNING, "equal parameters"),
    "by step size": partial(training.by_step_size, STEP_SIZES),
    "differences": partial(training.differences, STEP_SIZES),
    "tree": layouts.tree,
    "LSTM layouts": partial(layouts.maps, "lstm"),
    "GRU layouts": partial(layouts.maps, "gru"),
    "directions": directions.pair,
    "unrolled": recurrent.unrolled,
    "modes": recurrent.modes,
    "chunks": recurrent.chunks,
    "sliding": convolution.sliding,
    "places": convolution.places,
    "backward": convolution.backward,
    "strided": convolution.strided,
    "windows": convolution.windows,
    "receptive": convolution.receptive,
    "graph": network.graph,
    "valley": partial(valley.ways, 22.5),
    "activations": network.activations,
    "circuit": circuit.worked,
    "digits": lambda: pixels.digits(*digits()[:2], digit=7),
    "pools": pools.pools,
    "phrases": pools.phrases,
    "residual block": blocks.residual,
    "encoder and decoder": translation.model,
    "beam": beam.tree,
    "attention": partial(translation.model, looks_back=True),
}


def texts(fig: Figure) -> list[Text]:
    """The texts that are drawn, without the labels of ticks beyond the ends of an axis."""
    fig.draw_without_rendering()
    unseen = set()
    for axis in (axis for axes in fig.axes for axis in (axes.xaxis, axes.yaxis)):
        low, high = axis.get_view_interval()
        for tick in (*axis.get_major_ticks(), *axis.get_minor_ticks()):
            if not low <= tick.get_loc() <= high:
                unseen |= {tick.label1, tick.label2}
    found = [t for t in fig.findobj(Text) if isinstance(t, Text)]
    return [t for t in found if t.get_visible() and t.get_text() and t not in unseen]
