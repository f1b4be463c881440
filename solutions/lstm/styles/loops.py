"""Loops over samples and units, one number at a time; the cache is a dict."""

import math

import numpy as np
import torch


def logistic(a: float) -> float:
    """σ of one number, by the half where its exponential is small."""
    if a >= 0:
        return 1 / (1 + math.exp(-a))
    return math.exp(a) / (1 + math.exp(a))


def lstm_step_forward(
    x: np.ndarray, h: np.ndarray, c: np.ndarray, Wx: np.ndarray, Wh: np.ndarray, b: np.ndarray
) -> tuple[np.ndarray, np.ndarray, dict[str, np.ndarray]]:
    """One step, unit by unit."""
    N, D = x.shape
    H = h.shape[1]
    gates = np.zeros((N, 4, H))
    h_next = np.zeros((N, H))
    c_next = np.zeros((N, H))
    for n in range(N):
        for unit in range(H):
            for gate in range(4):
                column = gate * H + unit
                a = b[column]
                for d in range(D):
                    a += x[n, d] * Wx[d, column]
                for k in range(H):
                    a += h[n, k] * Wh[k, column]
                gates[n, gate, unit] = math.tanh(a) if gate == 2 else logistic(a)
            i, f, g, o = gates[n, :, unit]
            c_next[n, unit] = f * c[n, unit] + i * g
            h_next[n, unit] = o * math.tanh(c_next[n, unit])
    cache = {"x": x, "h": h, "c": c, "Wx": Wx, "Wh": Wh, "gates": gates, "c_next": c_next}
    return h_next, c_next, cache


def lstm_step_backward(
    dh_next: np.ndarray, dc_next: np.ndarray, cache: dict[str, np.ndarray]
) -> list[np.ndarray]:
    """The gradients, summed sample by sample and unit by unit."""
    x, h, c = cache["x"], cache["h"], cache["c"]
    Wx, Wh = cache["Wx"], cache["Wh"]
    dx, dh, dc = np.zeros_like(x), np.zeros_like(h), np.zeros_like(c)
    dWx, dWh, db = np.zeros_like(Wx), np.zeros_like(Wh), np.zeros(Wx.shape[1])
    N, H = h.shape
    for n in range(N):
        for unit in range(H):
            i, f, g, o = cache["gates"][n, :, unit]
            shown = math.tanh(cache["c_next"][n, unit])
            dc_here = dc_next[n, unit] + dh_next[n, unit] * o * (1 - shown**2)
            dc[n, unit] = f * dc_here
            slopes = (
                dc_here * g * i * (1 - i),
                dc_here * c[n, unit] * f * (1 - f),
                dc_here * i * (1 - g**2),
                dh_next[n, unit] * shown * o * (1 - o),
            )
            for gate, slope in enumerate(slopes):
                column = gate * H + unit
                dx[n] += slope * Wx[:, column]
                dh[n] += slope * Wh[:, column]
                dWx[:, column] += slope * x[n]
                dWh[:, column] += slope * h[n]
                db[column] += slope
    return [dx, dh, dc, dWx, dWh, db]


def lstm_forward(
    x: np.ndarray, h0: np.ndarray, c0: np.ndarray, Wx: np.ndarray, Wh: np.ndarray, b: np.ndarray
) -> list[object]:
    """The whole sequence, one sequence of the batch after the other."""
    N, T, _ = x.shape
    hs = np.zeros((N, T, h0.shape[1]))
    cT = np.zeros_like(c0)
    caches = {}
    for n in range(N):
        h, c = h0[n : n + 1], c0[n : n + 1]
        for t in range(T):
            h, c, caches[n, t] = lstm_step_forward(x[n : n + 1, t], h, c, Wx, Wh, b)
            hs[n, t] = h[0]
        cT[n] = c[0]
    return [hs, hs[:, -1], cT, caches]


class LSTMCell(torch.nn.Module):
    """A cell whose gates are made one after the other."""

    def __init__(self, input_size: int, hidden_size: int) -> None:
        super().__init__()
        self.H = hidden_size
        self.Wx = torch.nn.Parameter(0.1 * torch.randn(input_size, 4 * hidden_size))
        self.Wh = torch.nn.Parameter(0.1 * torch.randn(hidden_size, 4 * hidden_size))
        self.b = torch.nn.Parameter(0.1 * torch.randn(4 * hidden_size))

    def forward(
        self, x: torch.Tensor, state: tuple[torch.Tensor, torch.Tensor] | None = None
    ) -> list[torch.Tensor]:
        """One step, gate by gate."""
        if state is None:
            state = (x.new_zeros(len(x), self.H), x.new_zeros(len(x), self.H))
        h, c = state
        gates = []
        for gate in range(4):
            columns = slice(gate * self.H, (gate + 1) * self.H)
            a = x @ self.Wx[:, columns] + h @ self.Wh[:, columns] + self.b[columns]
            gates.append(a.tanh() if gate == 2 else a.sigmoid())
        c = gates[1] * c + gates[0] * gates[2]
        return [gates[3] * c.tanh(), c]
