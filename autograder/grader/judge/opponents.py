"""The loops that a layer is timed against: in NumPy, as fast as one that is written with care.

NumPy spends a tenth of a microsecond on what costs torch one or two, so that a loop in it is the
fastest that Python has. On a CPU it even passes torch's own GRU, which is a loop in C++.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from autograder.exercises.program import Array


def lstm_loop(flat: Array, D: int, H: int, x: Array) -> tuple[Array, Array]:
    """The outputs of an LSTM over one sequence, and the gradient of half their squares at it.

    Args:
        flat: the weights in the order of cuDNN, (4H(D + H + 2),), gates i, f, g, o.
        D: the number of inputs.
        H: the number of hidden units.
        x: one sequence, (1, T, D).

    Returns:
        hs: the hidden states, (1, T, H).
        dx: the gradient, (1, T, D).
    """
    Wx, Wh, b = _weights(flat, 4, D, H)
    T = x.shape[1]
    # σ(a) = (tanh(a/2) + 1)/2: one tanh for all gates.
    half = np.repeat(np.array([0.5, 0.5, 1.0, 0.5], x.dtype), H)
    shift = np.repeat(np.array([0.5, 0.5, 0.0, 0.5], x.dtype), H)
    pre, recurrent = (x[0] @ Wx + b) * half, Wh * half
    gates, cells = np.empty((T, 4 * H), x.dtype), np.zeros((T + 1, H), x.dtype)
    read, hs = np.empty((T, H), x.dtype), np.zeros((T + 1, H), x.dtype)
    tanh = np.tanh
    h, c = hs[T], cells[T]
    for t in range(T):
        s = gates[t]
        tanh(pre[t] + h @ recurrent, s)
        s *= half
        s += shift
        c = s[H : 2 * H] * c + s[:H] * s[2 * H : 3 * H]
        cells[t] = c
        r = tanh(c, read[t])
        h = s[3 * H :] * r
        hs[t] = h
    i, f, g, o = (gates[:, k * H : (k + 1) * H] for k in range(4))
    before = cells[np.arange(T) - 1]
    by_c = np.concatenate([g * i * (1 - i), before * f * (1 - f), i * (1 - g**2)], axis=1)
    by_h, through = read * o * (1 - o), o * (1 - read**2)
    da, back = np.empty((T, 4 * H), x.dtype), np.ascontiguousarray(Wh.T)
    dh, dc = np.zeros(H, x.dtype), np.zeros(H, x.dtype)
    for t in range(T - 1, -1, -1):
        dh = dh + hs[t]
        dc = dc + dh * through[t]
        d = da[t]
        d[: 3 * H].reshape(3, H)[...] = by_c[t].reshape(3, H) * dc
        d[3 * H :] = dh * by_h[t]
        dh = d @ back
        dc = dc * f[t]
    return hs[None, :T], (da @ Wx.T)[None]


def gru_loop(flat: Array, D: int, H: int, x: Array) -> tuple[Array]:
    """The outputs of a GRU over one sequence.

    Args:
        flat: the weights in the order of cuDNN, (3H(D + H + 2),), gates r, z, n.
        D: the number of inputs.
        H: the number of hidden units.
        x: one sequence, (1, T, D).

    Returns:
        hs: the hidden states, (1, T, H).
    """
    columns = 3 * H
    bias = flat[-columns:].copy()
    Wx, Wh, b = _weights(flat, 3, D, H)
    pre = x[0] @ Wx + (b - bias)
    half = np.repeat(np.array([0.5, 0.5, 1.0], x.dtype), H)
    pre, recurrent, bias = pre * half, Wh * half, bias * half
    hs = np.empty((x.shape[1], H), x.dtype)
    h = np.zeros(H, x.dtype)
    tanh = np.tanh
    for t in range(len(pre)):
        q = h @ recurrent
        q += bias
        p = pre[t]
        s = tanh(p[: 2 * H] + q[: 2 * H]) * 0.5 + 0.5
        n = tanh(p[2 * H :] + s[:H] * q[2 * H :])
        h = n + s[H:] * (h - n)
        hs[t] = h
    return (hs[None],)


def _weights(flat: Array, gates: int, D: int, H: int) -> tuple[Array, Array, Array]:
    """Wx (D, G·H), Wh (H, G·H) and the sum of the two biases (G·H,)."""
    columns = gates * H
    wx, wh, bx, bh = np.split(flat, np.cumsum([columns * D, columns * H, columns]))
    return wx.reshape(columns, D).T.copy(), wh.reshape(columns, H).T.copy(), bx + bh


OPPONENTS: Mapping[str, Callable[..., Any]] = {"CudnnLSTM": lstm_loop, "CudnnGRU": gru_loop}
"""By the name of the exercise."""
