"""Arrays that are there before and are filled; indices instead of blocks."""

from typing import Any

import keras
import numpy as np

from autograder.given import lstm_forward, lstm_step_backward


def lstm_backward(dhs: Any, dhT: Any, dcT: Any, caches: Any) -> Any:
    """The gradients, added up in arrays of their own."""
    total: Any = None
    dh, dc, dx = dhT.copy(), dcT.copy(), None
    t = len(caches)
    while t:
        t -= 1
        dh += dhs[:, t]
        dx_t, dh, dc, *more = lstm_step_backward(dh, dc, caches[t])
        if dx is None:
            dx = np.full((len(dhs), len(caches), dx_t.shape[1]), np.nan)
            total = [np.zeros_like(a) for a in more]
        dx[:, t] = dx_t
        for kept, new in zip(total, more, strict=True):
            kept += new
    return [dx, dh, dc, *total]


def init_lstm(D: Any, H: Any, forget_bias: Any, rng: Any) -> Any:
    """Normal numbers by the rule of Glorot and Bengio, one gate after the other."""
    Wx, Wh = np.empty((D, 4 * H)), np.empty((H, 4 * H))
    for gate in range(4):
        columns = slice(gate * H, (gate + 1) * H)
        Wx[:, columns] = rng.normal(0, np.sqrt(2 / (D + H)), (D, H))
        Wh[:, columns] = rng.normal(0, np.sqrt(1 / H), (H, H))
    return [Wx, Wh, np.array([0.0] * H + [forget_bias] * H + [0.0] * (2 * H))]


def reorder_gates(W: Any, src: Any, dst: Any) -> Any:
    """By the numbers of the columns."""
    H = W.shape[-1] // len(src)
    columns = [src.index(gate) * H + k for gate in dst for k in range(H)]
    return W[..., columns]


def bilstm(x: Any, lengths: Any, forward_params: Any, backward_params: Any) -> Any:
    """One sequence after the other, each without its padding."""
    N, T = x.shape[:2]
    H = len(forward_params[1])
    found = np.zeros((N, T, 2 * H))
    zero = np.zeros((1, H))
    for n, length in enumerate(lengths):
        row = x[n : n + 1, :length]
        found[n, :length, :H] = lstm_forward(row, zero, zero, *forward_params)[0][0]
        turned = lstm_forward(row[:, ::-1], zero, zero, *backward_params)[0][0]
        found[n, :length, H:] = turned[::-1]
    return found


def retention(forget_bias: Any, T: Any) -> Any:
    """By the logarithm of the gate."""
    return np.exp(-T * np.logaddexp(0, -np.asarray(forget_bias, float)))


class KerasLSTMCell(keras.layers.Layer):
    """A cell that slices its pre-activations."""

    def __init__(self, units: Any, **more: Any) -> None:
        super().__init__(**more)
        self.units = units

    @property
    def state_size(self) -> Any:
        """The sizes of the states."""
        return (self.units, self.units)

    def build(self, input_shape: Any) -> Any:
        """The weights in a loop."""
        H = self.units
        for name, shape in (("Wx", (input_shape[1], 4 * H)), ("Wh", (H, 4 * H)), ("b", (4 * H,))):
            setattr(self, name, self.add_weight(shape=shape, name=name))

    def call(self, inputs: Any, states: Any) -> Any:
        """One step with slices."""
        ops, H = keras.ops, self.units
        a = ops.matmul(inputs, self.Wx) + ops.matmul(states[0], self.Wh) + self.b
        share = ops.sigmoid(a)
        c = share[:, H : 2 * H] * states[1] + share[:, :H] * ops.tanh(a[:, 2 * H : 3 * H])
        h = share[:, 3 * H :] * ops.tanh(c)
        return h, (h, c)
