"""What one update of the networks of `learning` costs, in seconds of one thread of a processor.

An update draws a batch, goes forward and backward and moves the parameters, as it does there.
On a CPU torch runs an LSTM as one operation of oneDNN and a GRU as a loop in compiled code. So
the LSTM is also timed without oneDNN, in the same loop. The time is the processor's own, so that
other work on the machine counts little, and the layers take turns.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import torch

from autograder.exercises.shared.threads import one_thread
from autograder.experiments import gates
from autograder.grader.experiments import learning

CHAPTER = "gated"
TURNS, UPDATES = 9, 8
"""How often each layer comes by turns, and how many updates are timed in each."""

LAYERS = {"rnn": "rnn", "lstm": "lstm", "gru": "gru", "lstm, looped": "lstm"}


def kernel(layer: str) -> AbstractContextManager[Any]:
    """Where a layer is run: with the kernels of oneDNN, or without them."""
    flags: Any = torch.backends.mkldnn.flags
    return flags(enabled=False) if layer.endswith("looped") else nullcontext()


def turn(steps: Iterator[Any], layer: str) -> float:
    """Seconds an update, over one turn."""
    with kernel(layer):
        next(steps)
        start = time.process_time()
        for _ in range(UPDATES):
            next(steps)
        return (time.process_time() - start) / UPDATES


def of_task(name: str, fair: str) -> dict[str, dict[str, float]]:
    """The median seconds of an update of each layer, and the middle half of the turns."""
    task = learning.task(name)
    steps = {}
    for layer, kind in LAYERS.items():
        H = gates.SIZE if fair == "equal size" else gates.equal_size(kind, task.inputs)
        steps[layer] = gates.training(task, kind, H, 0, TURNS * (UPDATES + 1))
    times: dict[str, list[float]] = {layer: [] for layer in LAYERS}
    for _ in range(TURNS):
        for layer in LAYERS:
            times[layer].append(turn(steps[layer], layer))
    found = {}
    for layer, taken in times.items():
        low, middle, high = statistics.quantiles(taken, n=4)
        found[layer] = {
            name: float(f"{value:.3g}")
            for name, value in (("low", low), ("median", middle), ("high", high))
        }
    return found


def measure() -> dict[str, Any]:
    """Seconds an update by task, fairness and layer."""
    with one_thread():
        seconds = {
            name: {fair: of_task(name, fair) for fair in ("equal size", "equal parameters")}
            for name in learning.UPDATES
        }
    return {"turns": TURNS, "updates a turn": UPDATES, "device": "cpu", "seconds": seconds}
