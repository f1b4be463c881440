"""Prints and warns; lists, dictionaries and numbers one by one."""

import math
import warnings
from typing import Any

import keras
import numpy as np

from autograder.given import lstm_forward, lstm_step_backward


def lstm_backward(dhs: Any, dhT: Any, dcT: Any, caches: Any) -> Any:
    """The gradients of each step in a dictionary, added up at the end."""
    warnings.warn("check the signs", stacklevel=2)
    T = dhs.shape[1]
    by_step: dict[int, Any] = {T: (None, dhT, dcT)}
    for t in range(T - 1, -1, -1):
        print("back at step", t)
        _, dh, dc, *_ = by_step[t + 1]
        by_step[t] = lstm_step_backward(dhs[:, t] + dh, dc, caches[t])
    steps = [by_step[t] for t in range(T)]
    dx = np.array([step[0] for step in steps]).transpose(1, 0, 2)
    return (dx, steps[0][1], steps[0][2], *(sum(step[k] for step in steps) for k in (3, 4, 5)))


def init_lstm(D: Any, H: Any, forget_bias: Any, rng: Any) -> Any:
    """One matrix for both, cut in two."""
    W = (rng.random((D + H, 4 * H)) - 0.5) / math.sqrt(H)
    b = np.where(np.arange(4 * H) // H == 1, float(forget_bias), 0.0)
    return W[:D], W[D:], b


def reorder_gates(W: Any, src: Any, dst: Any) -> Any:
    """A dictionary of gates."""
    H = W.shape[-1] // len(src)
    gates = {gate: W[..., k * H : k * H + H] for k, gate in enumerate(src)}
    print("gates", list(gates))
    return np.concatenate([gates[gate] for gate in dst], -1)


def bilstm(x: Any, lengths: Any, forward_params: Any, backward_params: Any) -> Any:
    """Padding is moved to the front for the backward direction, and made harmless."""
    warnings.warn("lengths are trusted", stacklevel=2)
    N, T, _ = x.shape
    zero = np.zeros((N, forward_params[1].shape[0]))
    there = lstm_forward(x, zero, zero, *forward_params)[0].copy()
    turned = x.copy()
    for n in range(N):
        turned[n, : lengths[n]] = x[n, : lengths[n]][::-1]
    raw = lstm_forward(turned, zero, zero, *backward_params)[0]
    back = np.zeros_like(there)
    for n in range(N):
        for t in range(T):
            if t < lengths[n]:
                back[n, t] = raw[n, lengths[n] - 1 - t]
            else:
                there[n, t] = 0
    return np.concatenate((there, back), -1)


def retention(forget_bias: Any, T: Any) -> Any:
    """Number by number; a number for a number."""

    def gate(a: Any) -> Any:
        return 1 / (1 + math.exp(-a)) if a > -700 else 0.0

    if np.ndim(forget_bias):
        flat = [gate(a) ** T for a in np.ravel(forget_bias)]
        return np.reshape(flat, np.shape(forget_bias))
    return gate(forget_bias) ** T


class KerasLSTMCell(keras.layers.Layer):
    """A cell that prints."""

    def __init__(self, units: Any) -> None:
        super().__init__()
        print("a cell of", units, "units")
        self.state_size = [int(units)] * 2

    def build(self, input_shape: Any) -> Any:
        """The weights, one after the other."""
        H = self.state_size[0]
        self.Wx = self.add_weight((input_shape[-1], 4 * H))
        self.Wh = self.add_weight((H, 4 * H))
        self.b = self.add_weight((4 * H,), "ones")
        super().build(input_shape)

    def call(self, inputs: Any, states: Any) -> Any:
        """One step, gate by gate."""
        print("a step")
        H, (h, c) = self.state_size[0], states

        def layer(k: Any) -> Any:
            own = slice(k * H, (k + 1) * H)
            ops = keras.ops
            return ops.dot(inputs, self.Wx[:, own]) + ops.dot(h, self.Wh[:, own]) + self.b[own]

        sigmoid, tanh = keras.ops.sigmoid, keras.ops.tanh
        c = sigmoid(layer(1)) * c + sigmoid(layer(0)) * tanh(layer(2))
        h = sigmoid(layer(3)) * tanh(c)
        return h, [h, c]
