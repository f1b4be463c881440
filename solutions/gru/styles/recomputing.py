"""Nothing is kept but the arguments; σ is the textbook's and warns where it overflows."""

from typing import Any, NamedTuple

import keras
import numpy as np
import torch


class Step(NamedTuple):
    """The results of a step, by name."""

    h_next: np.ndarray
    cache: tuple[Any, ...]


def logistic(a: Any) -> Any:
    """The definition of σ as it stands in books."""
    return 1 / (1 + np.exp(-a))


def parts(x: Any, h: Any, Wx: Any, Wh: Any, bx: Any, bh: Any, reset_after: Any) -> Any:
    """The gates, the candidate, and what the candidate hears of the old state."""
    H = h.shape[1]
    gates = logistic(x @ Wx[:, : 2 * H] + h @ Wh[:, : 2 * H] + bx[: 2 * H] + bh[: 2 * H])
    r, z = gates[:, :H], gates[:, H:]
    heard = h @ Wh[:, 2 * H :] if reset_after else (r * h) @ Wh[:, 2 * H :]
    heard = heard + bh[2 * H :]
    n = np.tanh(x @ Wx[:, 2 * H :] + bx[2 * H :] + (r * heard if reset_after else heard))
    return r, z, n, heard


def gru_step_forward(x: Any, h: Any, Wx: Any, Wh: Any, bx: Any, bh: Any, reset_after: Any) -> Any:
    """One step that keeps its arguments alone."""
    _, z, n, _ = parts(x, h, Wx, Wh, bx, bh, reset_after)
    return Step(n + z * (h - n), (x, h, Wx, Wh, bx, bh, reset_after))


def gru_step_backward(dh_next: Any, cache: Any) -> Any:
    """The gradients, after the step is made once more."""
    x, h, Wx, Wh, *_, reset_after = cache
    r, z, n, heard = parts(*cache)
    H = h.shape[1]
    W = [Wh[:, k * H : (k + 1) * H] for k in range(3)]
    slope = dh_next * (1 - z) * (1 - n**2)
    inner = slope * r if reset_after else slope
    through = inner @ W[2].T
    dr = slope * heard if reset_after else through * h
    ar, az = dr * r * (1 - r), dh_next * (h - n) * z * (1 - z)
    dh = dh_next * z + ar @ W[0].T + az @ W[1].T + (through if reset_after else through * r)
    dx_side, dh_side = np.hstack([ar, az, slope]), np.hstack([ar, az, inner])
    seen = h if reset_after else r * h
    dWh = np.hstack([h.T @ ar, h.T @ az, seen.T @ inner])
    return dx_side @ Wx.T, dh, x.T @ dx_side, dWh, dx_side.sum(0), dh_side.sum(0)


def gru_forward(x: Any, h0: Any, Wx: Any, Wh: Any, bx: Any, bh: Any, reset_after: Any) -> Any:
    """The whole sequence into an array that is there before."""
    N, T, _ = x.shape
    states = np.empty((N, T + 1, h0.shape[1]))
    states[:, 0] = h0
    for t in range(T):
        states[:, t + 1] = gru_step_forward(
            x[:, t], states[:, t], Wx, Wh, bx, bh, reset_after
        ).h_next
    return states[:, 1:], (x, states, Wx, Wh, bx, bh, reset_after)


def gru_backward(dhs: Any, dhT: Any, caches: Any) -> Any:
    """The gradients, each step made once more from the states that were kept."""
    x, states, *rest = caches
    dx, dh, sums = np.empty_like(x), dhT.copy(), [0, 0, 0, 0]
    for t in range(x.shape[1] - 1, -1, -1):
        dh += dhs[:, t]
        dx[:, t], dh, *more = gru_step_backward(dh, (x[:, t], states[:, t], *rest))
        sums = [s + m for s, m in zip(sums, more, strict=True)]
    return [dx, dh, *sums]


def convert_update_convention(params: Any) -> Any:
    """Copies whose middle third is negated."""
    found = []
    for a in params:
        r, z, n = np.split(a, 3, axis=-1)
        found.append(np.concatenate([r, -z, n], axis=-1))
    return found


def equal_when_reset() -> Any:
    """Agree: one reset gate for all units. Differ: weights of noise."""
    rng = np.random.default_rng(4)
    x, h = np.ones((1, 2)), np.full((1, 3), 0.5)
    Wx, Wh = np.zeros((2, 9)), rng.standard_normal((3, 9))
    Wh[:, :6] = 0
    b = np.zeros(9)
    alike = [x, h, Wx, Wh, b, b]
    far = np.array([3.0, -3.0, 0, -2, -2, -2, 0, 0, 0])
    return alike, [x, h, Wx, 3 * Wh, far, b]


def count_params(kind: Any, D: Any, H: Any, bias: Any, reset_after: Any) -> Any:
    """The sizes of the arrays that would be made, added up."""
    g = ["rnn", "", "gru", "lstm"].index(kind) + 1
    shapes: list[Any] = [(D, g * H), (H, g * H)]
    if bias:
        shapes.append((2, g * H) if kind == "gru" and reset_after else (g * H,))
    return sum(np.prod(shape) for shape in shapes)


class GRUCell(torch.nn.Module):
    """A cell by two linear maps."""

    def __init__(self, input_size: Any, hidden_size: Any, reset_after: Any = True) -> None:
        super().__init__()
        self.hidden_size, self.reset_after = hidden_size, reset_after
        self.bx = torch.nn.Parameter(torch.empty(3 * hidden_size))
        self.bh = torch.nn.Parameter(torch.empty(3 * hidden_size))
        self.Wx = torch.nn.Parameter(torch.empty(input_size, 3 * hidden_size))
        self.Wh = torch.nn.Parameter(torch.empty(hidden_size, 3 * hidden_size))
        for parameter in self.parameters():
            torch.nn.init.uniform_(parameter, -(hidden_size**-0.5), hidden_size**-0.5)

    def forward(self, x: Any, h: Any = None) -> Any:
        """One step."""
        linear, H = torch.nn.functional.linear, self.hidden_size
        h = torch.zeros(len(x), H).to(x) if h is None else h
        a, c = linear(x, self.Wx.T, self.bx), linear(h, self.Wh.T, self.bh)
        r, z = torch.chunk(torch.sigmoid(a[:, : 2 * H] + c[:, : 2 * H]), 2, 1)
        if self.reset_after:
            heard = r * c[:, 2 * H :]
        else:
            heard = linear(r * h, self.Wh[:, 2 * H :].T, self.bh[2 * H :])
        return torch.lerp(torch.tanh(a[:, 2 * H :] + heard), h, z)


class KerasGRUCell(keras.layers.Layer):
    """A cell with units and a property for its state."""

    def __init__(self, units: Any, reset_after: Any = True, **more: Any) -> None:
        super().__init__(**more)
        self.units = int(units)
        self.reset_after = reset_after

    @property
    def state_size(self) -> Any:
        """The size of the state."""
        return self.units

    def build(self, input_shape: Any) -> Any:
        """All weights, by name."""
        H = self.units
        sizes = {"Wx": (input_shape[1], 3 * H), "Wh": (H, 3 * H), "bx": (3 * H,), "bh": (3 * H,)}
        for name, shape in sizes.items():
            setattr(self, name, self.add_weight(shape=shape, name=name, initializer="uniform"))

    def call(self, inputs: Any, states: Any) -> Any:
        """One step."""
        ops, H = keras.ops, self.units
        (h,) = states
        a = ops.matmul(inputs, self.Wx) + self.bx
        c = ops.matmul(h, self.Wh) + self.bh
        gates = ops.sigmoid(a[:, : 2 * H] + c[:, : 2 * H])
        r, z = gates[:, :H], gates[:, H:]
        if self.reset_after:
            heard = r * c[:, 2 * H :]
        else:
            heard = ops.matmul(r * h, self.Wh[:, 2 * H :]) + self.bh[2 * H :]
        h = z * h + (1 - z) * ops.tanh(a[:, 2 * H :] + heard)
        return h, (h,)
