"""A recurrent cell that the course does not have, described and written out.

It has two states, two biases and an option, so that no test leans on what RNN, LSTM and GRU are.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.exercises import Array
from autograder.exercises.shared.recurrent_cell import RecurrentCell

PAIR = RecurrentCell(
    assignment="none",
    name="pair",
    gates=("a", "k"),
    saturations={"k near ±1000": "k"},
    states=("h", "m"),
    biases=("b", "d"),
    option="swapped",
    returns_last=True,
)
CASES = {
    PAIR.label(sizes, options): (sizes, options)
    for sizes, options in (((3, 5, 4), (True,)), ((2, 1, 3), (False,)), ((1, 2, 1), (True,)))
}
SEQUENCES = (((2, 3, 4, 3), (True,)), ((1, 4, 2, 2), (False,)))


def pair_step_forward(
    x: Array, h: Array, m: Array, Wx: Array, Wh: Array, b: Array, d: Array, swapped: bool
) -> tuple[Any, ...]:
    """The next m is kept as the gate says, and the next h is the tanh of it."""
    a, k = np.split(x @ Wx + h @ Wh + b + d, 2, axis=1)
    gate = 1 / (1 + np.exp(-k))
    keep = 1 - gate if swapped else gate
    m_next = keep * m + (1 - keep) * np.tanh(a)
    return np.tanh(m_next), m_next, (x, h, m, Wx, Wh, np.tanh(a), gate, keep, m_next, swapped)


def pair_step_backward(dh_next: Array, dm_next: Array, cache: Any) -> tuple[Array, ...]:
    """The gradients of the arrays of `pair_step_forward`."""
    x, h, m, Wx, Wh, candidate, gate, keep, m_next, swapped = cache
    dm = dm_next + dh_next * (1 - np.tanh(m_next) ** 2)
    sign = -1 if swapped else 1
    da = dm * (1 - keep) * (1 - candidate**2)
    dk = sign * dm * (m - candidate) * gate * (1 - gate)
    ds = np.hstack([da, dk])
    return ds @ Wx.T, ds @ Wh.T, dm * keep, x.T @ ds, h.T @ ds, ds.sum(0), ds.sum(0)


def pair_forward(x: Array, h0: Array, m0: Array, *rest: Any) -> tuple[Any, ...]:
    """The loop over the step."""
    hs, h, m = [], h0, m0
    for t in range(x.shape[1]):
        h, m, _ = pair_step_forward(x[:, t], h, m, *rest)
        hs.append(h)
    return np.stack(hs, axis=1), h, m, None


RIGHT = {
    "pair_step_forward": pair_step_forward,
    "pair_step_backward": pair_step_backward,
    "pair_forward": pair_forward,
}


def rng() -> np.random.Generator:
    """The same numbers for every test."""
    return np.random.default_rng(3)
