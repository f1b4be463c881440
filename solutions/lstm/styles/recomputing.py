"""Nothing is kept but the inputs; σ is the textbook's and warns where it overflows."""

from typing import NamedTuple

import numpy as np
import torch


class Forward(NamedTuple):
    """The results of a step, by name."""

    h_next: np.ndarray
    c_next: np.ndarray
    cache: tuple[np.ndarray, ...]


class Whole(NamedTuple):
    """The results of a sequence, by name."""

    hs: np.ndarray
    h: np.ndarray
    c: np.ndarray
    caches: tuple[np.ndarray, ...]


def logistic(a: np.ndarray) -> np.ndarray:
    """The definition of σ as it stands in books: right by value in float64."""
    share: np.ndarray = 1 / (1 + np.exp(-a))
    return share


def gates(
    x: np.ndarray, h: np.ndarray, Wx: np.ndarray, Wh: np.ndarray, b: np.ndarray
) -> tuple[np.ndarray, ...]:
    """The gates and the candidate, in the order i, f, g, o."""
    a = (np.dot(x, Wx) + np.dot(h, Wh) + b).reshape(len(x), 4, -1)
    return logistic(a[:, 0]), logistic(a[:, 1]), np.tanh(a[:, 2]), logistic(a[:, 3])


def lstm_step_forward(
    x: np.ndarray, h: np.ndarray, c: np.ndarray, Wx: np.ndarray, Wh: np.ndarray, b: np.ndarray
) -> Forward:
    """One step that keeps its arguments alone."""
    i, f, g, o = gates(x, h, Wx, Wh, b)
    c_next = f * c + i * g
    return Forward(o * np.tanh(c_next), c_next, (x, h, c, Wx, Wh, b))


def lstm_step_backward(
    dh_next: np.ndarray, dc_next: np.ndarray, cache: tuple[np.ndarray, ...]
) -> tuple[np.ndarray, ...]:
    """The gradients, after the forward step is made once more."""
    x, h, c, Wx, Wh, b = cache
    i, f, g, o = gates(x, h, Wx, Wh, b)
    shown = np.tanh(f * c + i * g)
    dc_now = dc_next + o * (1 - shown**2) * dh_next
    slopes = [
        dc_now * g * i * (1 - i),
        dc_now * c * f * (1 - f),
        dc_now * i * (1 - g**2),
        dh_next * shown * o * (1 - o),
    ]
    H = h.shape[1]
    parts = [slice(k * H, (k + 1) * H) for k in range(4)]
    dx = sum(d @ Wx[:, part].T for d, part in zip(slopes, parts, strict=True))
    dh = sum(d @ Wh[:, part].T for d, part in zip(slopes, parts, strict=True))
    dWx = np.hstack([x.T @ d for d in slopes])
    dWh = np.hstack([h.T @ d for d in slopes])
    db = np.hstack([np.ones(len(x)) @ d for d in slopes])
    return dx, dh, dc_now * f, dWx, dWh, db


def lstm_forward(
    x: np.ndarray, h0: np.ndarray, c0: np.ndarray, Wx: np.ndarray, Wh: np.ndarray, b: np.ndarray
) -> Whole:
    """The whole sequence, the part of the inputs made for all steps at once."""
    H = h0.shape[1]
    ax = x @ Wx + b
    h, c = h0, c0
    outputs = []
    for t in range(x.shape[1]):
        a = ax[:, t] + h @ Wh
        i, f, o = logistic(a[:, :H]), logistic(a[:, H : 2 * H]), logistic(a[:, 3 * H :])
        c = f * c + i * np.tanh(a[:, 2 * H : 3 * H])
        h = o * np.tanh(c)
        outputs.append(h[:, None])
    return Whole(np.concatenate(outputs, axis=1), h, c, (x, h0, c0, Wx, Wh, b))


class LSTMCell(torch.nn.Module):
    """A cell with torch's own initialisation and a method for the state that None stands for."""

    def __init__(self, input_size: int, hidden_size: int) -> None:
        super().__init__()
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.Wx = torch.nn.Parameter(torch.Tensor(input_size, 4 * hidden_size))
        self.Wh = torch.nn.Parameter(torch.Tensor(hidden_size, 4 * hidden_size))
        self.b = torch.nn.Parameter(torch.Tensor(4 * hidden_size))
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Every parameter from ±1/√H."""
        bound = self.hidden_size**-0.5
        for parameter in self.parameters():
            torch.nn.init.uniform_(parameter, -bound, bound)

    def at_rest(self, x: torch.Tensor) -> torch.Tensor:
        """Zeros that fit x."""
        return torch.zeros((x.size(0), self.hidden_size)).to(x)

    def forward(
        self, x: torch.Tensor, state: tuple[torch.Tensor, torch.Tensor] | None = None
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """One step by two linear maps."""
        if state is None:
            h, c = self.at_rest(x), self.at_rest(x)
        else:
            h, c = state
        linear = torch.nn.functional.linear
        a = linear(x, self.Wx.t(), self.b) + linear(h, self.Wh.t())
        H = self.hidden_size
        gate = torch.sigmoid(a)
        c = gate[:, H : 2 * H] * c + gate[:, :H] * torch.tanh(a[:, 2 * H : 3 * H])
        return gate[:, 3 * H :] * torch.tanh(c), c
