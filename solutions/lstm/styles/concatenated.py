"""One product [x, h, 1]·W for the whole step; the cache is a list."""

import numpy as np
import torch


def lstm_step_forward(
    x: np.ndarray, h: np.ndarray, c: np.ndarray, Wx: np.ndarray, Wh: np.ndarray, b: np.ndarray
) -> list[object]:
    """One step with the weights and the bias in one matrix (D + H + 1, 4H)."""
    H = h.shape[1]
    xh = np.hstack([x, h, np.ones((len(x), 1))])
    W = np.vstack([Wx, Wh, b])
    a = xh @ W
    e = np.exp(-np.abs(a))
    valve = np.where(a >= 0, 1, e) / (1 + e)
    i, f, o = valve[:, :H], valve[:, H : 2 * H], valve[:, 3 * H :]
    g = np.tanh(a[:, 2 * H : 3 * H])
    c_next = i * g
    c_next += f * c
    tanh_c = np.tanh(c_next)
    return [tanh_c * o, c_next, [xh, W, c, i, f, g, o, tanh_c]]


def lstm_step_backward(
    dh_next: np.ndarray, dc_next: np.ndarray, cache: list[np.ndarray]
) -> list[np.ndarray]:
    """The gradients of the one product, cut into those of its parts."""
    xh, W, c, i, f, g, o, tanh_c = cache
    N, H = c.shape
    D = xh.shape[1] - H - 1
    dc = dc_next + dh_next * o * (1 - tanh_c**2)
    slopes = np.empty((N, 4, H))
    slopes[:, 0] = dc * g
    slopes[:, 1] = dc * c
    slopes[:, 2] = dc * i
    slopes[:, 3] = dh_next * tanh_c
    slopes[:, 0] *= i * (1 - i)
    slopes[:, 1] *= f * (1 - f)
    slopes[:, 2] *= 1 - g * g
    slopes[:, 3] *= o * (1 - o)
    da = slopes.reshape(N, 4 * H)
    dxh = da @ W.T
    dW = xh.T @ da
    return [dxh[:, :D], dxh[:, D:-1], dc * f, dW[:D], dW[D:-1], dW[-1]]


def lstm_forward(
    x: np.ndarray, h0: np.ndarray, c0: np.ndarray, Wx: np.ndarray, Wh: np.ndarray, b: np.ndarray
) -> tuple[object, ...]:
    """The whole sequence with the states of all steps in one array (T + 1, 2, N, H)."""
    N, T, _ = x.shape
    states = np.empty((T + 1, 2, N, h0.shape[1]))
    states[0] = h0, c0
    caches = []
    for t in range(T):
        states[t + 1, 0], states[t + 1, 1], cache = lstm_step_forward(
            x[:, t], states[t, 0], states[t, 1], Wx, Wh, b
        )
        caches.append(cache)
    return states[1:, 0].transpose(1, 0, 2), states[-1, 0], states[-1, 1], caches


class LSTMCell(torch.nn.Module):
    """A cell with one product."""

    def __init__(self, input_size: int, hidden_size: int) -> None:
        super().__init__()
        self.Wx = torch.nn.Parameter(torch.randn(input_size, 4 * hidden_size) / input_size**0.5)
        self.Wh = torch.nn.Parameter(torch.randn(hidden_size, 4 * hidden_size) / hidden_size**0.5)
        b = torch.zeros(4, hidden_size)
        b[1] = 1
        self.b = torch.nn.Parameter(b.flatten())

    def forward(
        self, x: torch.Tensor, state: tuple[torch.Tensor, torch.Tensor] | None = None
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """One step by torch's own linear map."""
        H = self.Wh.shape[0]
        h, c = state or (x.new_zeros(len(x), H), x.new_zeros(len(x), H))
        W = torch.cat([self.Wx, self.Wh])
        a = torch.nn.functional.linear(torch.cat([x, h], dim=1), W.T, self.b)
        i, f, g, o = torch.split(a, H, dim=1)
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        return o.sigmoid() * c.tanh(), c
