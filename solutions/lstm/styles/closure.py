"""The cache is a function that carries the gradient back; torch's arithmetic helps out."""

from collections.abc import Callable

import numpy as np
import torch

Gradients = tuple[np.ndarray, ...]
Back = Callable[[np.ndarray, np.ndarray], Gradients]


def lstm_step_forward(
    x: np.ndarray, h: np.ndarray, c: np.ndarray, Wx: np.ndarray, Wh: np.ndarray, b: np.ndarray
) -> tuple[np.ndarray, np.ndarray, Back]:
    """One step that returns its own way back."""

    def sigma(a: np.ndarray) -> np.ndarray:
        share: np.ndarray = np.exp(-np.logaddexp(0, -a))
        return share

    a = np.add(x @ Wx + b, h @ Wh)
    i, f, g, o = a[..., 0 : a.shape[1] // 4], *np.array_split(a, 4, axis=-1)[1:]
    i, f, g, o = sigma(i), sigma(f), np.tanh(g), sigma(o)
    c_next = np.multiply(f, c) + np.multiply(i, g)
    shown = np.tanh(c_next)

    def back(dh_next: np.ndarray, dc_next: np.ndarray) -> Gradients:
        dc = dh_next * o * (1 - shown**2) + dc_next
        da = np.c_[
            dc * g * i * (1 - i),
            dc * c * f * (1 - f),
            dc * i * (1 - g**2),
            dh_next * shown * o * (1 - o),
        ]
        return da @ Wx.T, da @ Wh.T, dc * f, x.T @ da, (da.T @ h).T, da.sum(0)

    return o * shown, c_next, back


def lstm_step_backward(dh_next: np.ndarray, dc_next: np.ndarray, cache: Back) -> Gradients:
    """The way back that the step returned."""
    return cache(dh_next, dc_next)


def lstm_forward(
    x: np.ndarray, h0: np.ndarray, c0: np.ndarray, Wx: np.ndarray, Wh: np.ndarray, b: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, list[Back]]:
    """The whole sequence by recursion on its length."""
    h, c, back = lstm_step_forward(x[:, 0], h0, c0, Wx, Wh, b)
    if x.shape[1] == 1:
        return h[:, np.newaxis], h, c, [back]
    hs, hT, cT, backs = lstm_forward(x[:, 1:], h, c, Wx, Wh, b)
    return np.hstack([h[:, np.newaxis], hs]), hT, cT, [back, *backs]


class Recurrent(torch.nn.Module):
    """What every cell has: its size, and the state that it starts from."""

    hidden_size: int

    def start(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Two states of zeros for the samples of x."""
        zeros = torch.zeros(x.shape[0], self.hidden_size, dtype=x.dtype, device=x.device)
        return zeros, zeros


class LSTMCell(Recurrent):
    """A cell that inherits its starting state."""

    Wx: torch.nn.Parameter
    Wh: torch.nn.Parameter
    b: torch.nn.Parameter

    def __init__(self, input_size: int, hidden_size: int) -> None:
        super().__init__()
        self.hidden_size = hidden_size
        for name, shape in (("Wx", (input_size, 4)), ("Wh", (hidden_size, 4)), ("b", (4,))):
            size = (*shape[:-1], 4 * hidden_size)
            self.register_parameter(name, torch.nn.Parameter(torch.rand(size) - 0.5))

    def forward(
        self, x: torch.Tensor, state: tuple[torch.Tensor, torch.Tensor] | None = None
    ) -> tuple[torch.Tensor, ...]:
        """One step with torch's fused sum and product."""
        h, c = self.start(x) if state is None else state
        a = torch.addmm(torch.addmm(self.b, x, self.Wx), h, self.Wh)
        i, f, g, o = torch.tensor_split(a, 4, dim=-1)
        c_next = torch.addcmul(torch.sigmoid(f) * c, torch.sigmoid(i), torch.tanh(g))
        return torch.sigmoid(o).mul(c_next.tanh()), c_next
