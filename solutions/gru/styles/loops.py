"""One sample and one unit at a time; prints on the way, and the cache is a dictionary."""

import math
from typing import Any

import keras
import numpy as np
import torch


def sigma(a: Any) -> Any:
    """The logistic function of one number."""
    return 1 / (1 + math.exp(-a)) if a >= 0 else math.exp(a) / (1 + math.exp(a))


def gru_step_forward(x: Any, h: Any, Wx: Any, Wh: Any, bx: Any, bh: Any, reset_after: Any) -> Any:
    """One step, unit by unit."""
    N, H = h.shape
    r, z, n, v = (np.zeros((N, H)) for _ in range(4))
    for k in range(N):
        for j in range(H):
            r[k, j] = sigma(x[k] @ Wx[:, j] + bx[j] + h[k] @ Wh[:, j] + bh[j])
            m = H + j
            z[k, j] = sigma(x[k] @ Wx[:, m] + bx[m] + h[k] @ Wh[:, m] + bh[m])
        for j in range(H):
            m = 2 * H + j
            v[k, j] = h[k] @ Wh[:, m] + bh[m]
            if reset_after:
                heard = r[k, j] * v[k, j]
            else:
                heard = sum(r[k, i] * h[k, i] * Wh[i, m] for i in range(H)) + bh[m]
            n[k, j] = math.tanh(x[k] @ Wx[:, m] + bx[m] + heard)
    print("a step of", N, "samples")
    names = {"x": x, "h": h, "Wx": Wx, "Wh": Wh, "r": r, "z": z, "n": n, "v": v}
    return (1 - z) * n + z * h, {**names, "after": reset_after}


def gru_step_backward(dh_next: Any, cache: Any) -> Any:
    """The gradients, sample by sample."""
    x, h, Wx, Wh, r, z, n, v = (cache[k] for k in ("x", "h", "Wx", "Wh", "r", "z", "n", "v"))
    N, H = h.shape
    dx, dh = np.zeros_like(x), np.zeros_like(h)
    dWx, dWh = np.zeros_like(Wx), np.zeros_like(Wh)
    dbx, dbh = np.zeros(3 * H), np.zeros(3 * H)
    R, Z, C = (slice(k * H, (k + 1) * H) for k in range(3))
    for k in range(N):
        dn = dh_next[k] * (1 - z[k]) * (1 - n[k] ** 2)
        dz = dh_next[k] * (h[k] - n[k]) * z[k] * (1 - z[k])
        if cache["after"]:
            inner = dn * r[k]
            dr = dn * v[k] * r[k] * (1 - r[k])
            dh[k] = Wh[:, C] @ inner
            dWh[:, C] += np.outer(h[k], inner)
        else:
            inner = dn
            back = Wh[:, C] @ dn
            dr = back * h[k] * r[k] * (1 - r[k])
            dh[k] = back * r[k]
            dWh[:, C] += np.outer(r[k] * h[k], dn)
        dh[k] += z[k] * dh_next[k] + Wh[:, R] @ dr + Wh[:, Z] @ dz
        dWh[:, R] += np.outer(h[k], dr)
        dWh[:, Z] += np.outer(h[k], dz)
        row = np.r_[dr, dz, dn]
        dx[k] = Wx @ row
        dWx += np.outer(x[k], row)
        dbx += row
        dbh += np.r_[dr, dz, inner]
    return dx, dh, dWx, dWh, dbx, dbh


def gru_forward(x: Any, h0: Any, Wx: Any, Wh: Any, bx: Any, bh: Any, reset_after: Any) -> Any:
    """The whole sequence; hs is a view with its axes exchanged."""
    hs, caches, h = [], {}, h0
    for t, x_t in enumerate(x.transpose(1, 0, 2)):
        h, caches[t] = gru_step_forward(x_t, h, Wx, Wh, bx, bh, reset_after)
        hs.append(h)
    return np.array(hs).swapaxes(0, 1), caches


def gru_backward(dhs: Any, dhT: Any, caches: Any) -> Any:
    """The gradients, added up in place on arrays of its own."""
    total: Any = None
    dh: Any = dhT
    dxs: list[Any] = []
    for t in sorted(caches, reverse=True):
        dx, dh, *more = gru_step_backward(dhs[:, t] + dh, caches[t])
        dxs.insert(0, dx)
        if total is None:
            total = more
        else:
            for kept, new in zip(total, more, strict=True):
                kept += new
    return np.array(dxs).swapaxes(0, 1), dh, *total


def convert_update_convention(params: Any) -> Any:
    """Copies, with a slice negated."""
    copies = [a.copy() for a in params]
    for a in copies:
        third = a.shape[-1] // 3
        a[..., third : 2 * third] *= -1
    return tuple(copies)


def equal_when_reset() -> Any:
    """Agree: each unit hears itself alone. Differ: each hears the other."""
    x, h = np.zeros((1, 4)), np.array([[0.8, -0.8]])
    Wx, bx, bh = np.zeros((4, 6)), np.array([2.0, -2, -1, -1, 0.3, 0]), np.zeros(6)
    itself, other = np.zeros((2, 6)), np.zeros((2, 6))
    itself[:, 4:], other[:, 4:] = 2 * np.eye(2), 2 * np.eye(2)[::-1]
    return (x, h, Wx, itself, bx, bh), (x, h, Wx, other, bx, bh)


def count_params(kind: Any, D: Any, H: Any, bias: Any, reset_after: Any) -> Any:
    """By a table."""
    g, biases = {"rnn": (1, 1), "lstm": (4, 1), "gru": (3, 1 + bool(reset_after))}[kind]
    return g * H * (D + H + biases * bool(bias))


class GRUCell(torch.nn.Module):
    """A cell that takes its weights apart by hand."""

    def __init__(self, input_size: Any, hidden_size: Any, reset_after: Any = True) -> None:
        super().__init__()
        H = self.hidden_size = hidden_size
        self.Wx = torch.nn.Parameter(torch.randn(input_size, 3 * H) / input_size**0.5)
        self.Wh = torch.nn.Parameter(torch.randn(H, 3 * H) / H**0.5)
        self.bx, self.bh = (torch.nn.Parameter(torch.zeros(3 * H)) for _ in range(2))
        self.before = not reset_after

    def forward(self, x: Any, h: Any = None) -> Any:
        """One step, part by part."""
        H = self.hidden_size
        print("a step of", len(x))
        if h is None:
            h = x.new_zeros((len(x), H))

        def part(k: Any, state: Any) -> Any:
            columns = slice(k * H, (k + 1) * H)
            mine = x @ self.Wx[:, columns] + self.bx[columns]
            return mine, state @ self.Wh[:, columns] + self.bh[columns]

        r, z = (torch.sigmoid(sum(part(k, h))) for k in (0, 1))
        if self.before:
            n = torch.tanh(sum(part(2, r * h)))
        else:
            mine, theirs = part(2, h)
            n = torch.tanh(mine + r * theirs)
        return h.mul(z).add(n.mul(1 - z))


class KerasGRUCell(keras.layers.Layer):
    """A cell that takes its weights apart by hand."""

    def __init__(self, units: Any, reset_after: Any = True) -> None:
        super().__init__()
        self.state_size, self.before = units, not reset_after

    def build(self, input_shape: Any) -> Any:
        """The weights, one after the other."""
        H = self.state_size
        self.Wx = self.add_weight((input_shape[-1], 3 * H))
        self.Wh = self.add_weight((H, 3 * H))
        self.bx = self.add_weight((3 * H,), "zeros")
        self.bh = self.add_weight((3 * H,), "zeros")
        super().build(input_shape)

    def call(self, inputs: Any, states: Any) -> Any:
        """One step, part by part."""
        H, h = self.state_size, states[0]

        def part(k: Any, state: Any) -> Any:
            columns = slice(k * H, (k + 1) * H)
            mine = keras.ops.matmul(inputs, self.Wx[:, columns]) + self.bx[columns]
            return mine, keras.ops.matmul(state, self.Wh[:, columns]) + self.bh[columns]

        r, z = (keras.ops.sigmoid(sum(part(k, h))) for k in (0, 1))
        if self.before:
            n = keras.ops.tanh(sum(part(2, r * h)))
        else:
            mine, theirs = part(2, h)
            n = keras.ops.tanh(mine + r * theirs)
        h = (1 - z) * n + z * h
        return h, [h]
