"""The cache is a function that carries the gradient back; sequences by recursion."""

from typing import Any

import keras
import numpy as np
import torch


def gru_step_forward(x: Any, h: Any, Wx: Any, Wh: Any, bx: Any, bh: Any, reset_after: Any) -> Any:
    """One step that returns its own way back."""
    by_gate = [a.reshape(*a.shape[:-1], 3, -1) for a in (Wx, Wh, bx, bh)]
    U, V, bu, bv = (np.moveaxis(a, -2, 0) for a in by_gate)
    a = np.einsum("nd,gdh->gnh", x, U) + bu[:, None]
    r, z = np.exp(-np.logaddexp(0, -(a[:2] + h @ V[:2] + bv[:2, None])))
    seen = h if reset_after else r * h
    product = seen @ V[2] + bv[2]
    n = np.tanh(a[2] + (r * product if reset_after else product))

    def back(dh_next: Any) -> Any:
        dn = (1 - z) * dh_next * (1 + n) * (1 - n)
        dproduct = dn * r if reset_after else dn
        dseen = dproduct @ V[2].T
        dr = (dn * product if reset_after else dseen * h) * (r - r**2)
        dz = dh_next * (h - n) * (z - z**2)
        first, second = np.stack([dr, dz, dn]), np.stack([dr, dz, dproduct])
        dx = np.einsum("gnh,gdh->nd", first, U)
        dh = z * dh_next + dr @ V[0].T + dz @ V[1].T + (dseen if reset_after else dseen * r)
        dWx = np.einsum("nd,gnh->dgh", x, first).reshape(Wx.shape)
        dWh = np.stack([h.T @ dr, h.T @ dz, seen.T @ dproduct], axis=1).reshape(Wh.shape)
        return dx, dh, dWx, dWh, first.sum(1).ravel(), second.sum(1).ravel()

    return h * z + n - n * z, back


def gru_step_backward(dh_next: Any, cache: Any) -> Any:
    """The way back that the step returned."""
    return cache(dh_next)


def gru_forward(x: Any, h0: Any, Wx: Any, Wh: Any, bx: Any, bh: Any, reset_after: Any) -> Any:
    """The whole sequence by recursion on its length."""
    h, back = gru_step_forward(x[:, 0], h0, Wx, Wh, bx, bh, reset_after)
    if x.shape[1] == 1:
        return h[:, np.newaxis], [back]
    hs, backs = gru_forward(x[:, 1:], h, Wx, Wh, bx, bh, reset_after)
    return np.hstack([h[:, np.newaxis], hs]), [back, *backs]


def gru_backward(dhs: Any, dhT: Any, caches: Any) -> Any:
    """The gradients by the same recursion."""
    if not caches:
        return np.empty((len(dhT), 0, 0)), dhT, 0.0, 0.0, 0.0, 0.0
    dxs, dh, *later = gru_backward(dhs[:, 1:], dhT, caches[1:])
    dx, dh, *here = caches[0](dhs[:, 0] + dh)
    dx = dx[:, None]
    dxs = np.hstack([dx, dxs]) if dxs.size else dx
    return dxs, dh, *(a + b for a, b in zip(here, later, strict=True))


def convert_update_convention(params: Any) -> Any:
    """A diagonal matrix of signs."""
    H = len(params[1])
    D = np.diag(np.repeat([1.0, -1.0, 1.0], H))
    return tuple(a @ D for a in params)


def equal_when_reset() -> Any:
    """Agree: where a unit is heard its gate is open. Differ: by the bias alone."""
    x, h = np.eye(2), np.array([[0.6, 0.6], [0.6, -0.6]])
    W = np.zeros((2, 6))
    W[0, 4] = W[0, 5] = 1.0
    W[0, 5] = 0.0
    r = np.array([60.0, -1.0, 0, 0, 0, 0])
    zero = np.zeros(6)
    agree = (x, h, np.zeros((2, 6)), W, r, zero)
    shut = np.array([-9.0, -9.0, -9, -9, 0, 0])
    return agree, (x, h, np.zeros((2, 6)), np.zeros((2, 6)), shut, np.ones(6) * (shut == 0))


def count_params(kind: Any, D: Any, H: Any, bias: Any, reset_after: Any) -> Any:
    """One kind after the other."""
    matrices, vector = D * H + H * H, H if bias else 0
    if kind == "rnn":
        return matrices + vector
    if kind == "lstm":
        return 4 * (matrices + vector)
    return 3 * (matrices + (2 * vector if reset_after else vector))


class GRUCell(torch.nn.Module):
    """A cell with a gate axis."""

    Wx: Any
    Wh: Any
    bx: Any
    bh: Any

    def __init__(self, input_size: Any, hidden_size: Any, reset_after: Any = True) -> None:
        super().__init__()
        self.after = reset_after
        for name, rows in (("Wx", (input_size,)), ("Wh", (hidden_size,)), ("bx", ()), ("bh", ())):
            value = torch.rand(*rows, 3 * hidden_size) - 0.5
            self.register_parameter(name, torch.nn.Parameter(value))

    def forward(self, x: Any, h: Any = None) -> Any:
        """One step in index notation."""
        H = self.bx.shape[0] // 3
        if h is None:
            h = torch.zeros((x.shape[0], H), dtype=x.dtype, device=x.device)
        V = self.Wh.view(H, 3, H)
        a = (x @ self.Wx + self.bx).view(-1, 3, H)
        c = torch.einsum("nk,kgh->ngh", h, V) + self.bh.view(3, H)
        r, z = (a + c)[:, :2].sigmoid().unbind(1)
        heard = r * c[:, 2] if self.after else (r * h) @ V[:, 2] + self.bh[-H:]
        n = (a[:, 2] + heard).tanh()
        return n - z * n + z * h


class KerasGRUCell(keras.layers.Layer):
    """A cell with a gate axis."""

    def __init__(self, units: Any, reset_after: Any = True) -> None:
        super().__init__()
        self.state_size = units
        self.after = reset_after

    def build(self, input_shape: Any) -> Any:
        """The weights in a loop."""
        H, D = self.state_size, input_shape[-1]
        made = [(D, 3 * H), (H, 3 * H), (3 * H,), (3 * H,)]
        self.all = [self.add_weight(shape=shape, initializer="zeros") for shape in made]

    def call(self, inputs: Any, states: Any) -> Any:
        """One step in index notation."""
        ops, H = keras.ops, self.state_size
        Wx, Wh, bx, bh = self.all
        h = states[0]
        V = ops.reshape(Wh, (H, 3, H))
        a = ops.reshape(ops.add(ops.dot(inputs, Wx), bx), (-1, 3, H))
        c = ops.einsum("nk,kgh->ngh", h, V) + ops.reshape(bh, (3, H))
        gates = ops.sigmoid((a + c)[:, :2])
        r, z = gates[:, 0], gates[:, 1]
        heard = r * c[:, 2] if self.after else ops.dot(r * h, V[:, 2]) + bh[2 * H :]
        n = ops.tanh(a[:, 2] + heard)
        return n - z * n + z * h, [n + z * (h - n)]
