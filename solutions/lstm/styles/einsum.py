"""Index notation with a gate axis of its own; the cache is a dataclass."""

from dataclasses import dataclass

import numpy as np
import torch


@dataclass
class Step:
    """What one step keeps; `W` are the weights with a gate axis, (D, 4, H) and (H, 4, H)."""

    x: np.ndarray
    h: np.ndarray
    c: np.ndarray
    W: tuple[np.ndarray, np.ndarray]
    gates: np.ndarray
    shown: np.ndarray


def by_gate(W: np.ndarray) -> np.ndarray:
    """The last axis, 4H, as the two axes 4 and H."""
    return W.reshape(*W.shape[:-1], 4, -1)


def lstm_step_forward(
    x: np.ndarray, h: np.ndarray, c: np.ndarray, Wx: np.ndarray, Wh: np.ndarray, b: np.ndarray
) -> tuple[np.ndarray, np.ndarray, Step]:
    """One step with the pre-activations in an array (N, 4, H)."""
    W = by_gate(Wx), by_gate(Wh)
    a = np.einsum("nd,dgh->ngh", x, W[0]) + np.einsum("nk,kgh->ngh", h, W[1]) + by_gate(b)
    half = np.tanh(a[:, [0, 1, 3]] / 2)
    i, f, o = np.moveaxis((1 + half) / 2, 1, 0)
    g = np.tanh(a[:, 2])
    c_next = f * c + i * g
    shown = np.tanh(c_next)
    return o * shown, c_next, Step(x, h, c, W, np.stack([i, f, g, o]), shown)


def lstm_step_backward(
    dh_next: np.ndarray, dc_next: np.ndarray, cache: Step
) -> tuple[np.ndarray, ...]:
    """The gradients as contractions over the axes n, g and h."""
    i, f, g, o = cache.gates
    dc_now = dc_next + dh_next * o * (1 - cache.shown**2)
    da = np.stack(
        [
            dc_now * g * (i - i**2),
            dc_now * cache.c * (f - f**2),
            dc_now * i * (1 + g) * (1 - g),
            dh_next * cache.shown * (o - o**2),
        ],
        axis=1,
    )
    dx = np.einsum("ngh,dgh->nd", da, cache.W[0])
    dh = np.einsum("ngh,kgh->nk", da, cache.W[1])
    dWx = np.einsum("nd,ngh->dgh", cache.x, da).reshape(cache.x.shape[1], -1)
    dWh = np.einsum("nk,ngh->kgh", cache.h, da).reshape(cache.h.shape[1], -1)
    return dx, dh, dc_now * f, dWx, dWh, np.einsum("ngh->gh", da).ravel()


def lstm_forward(
    x: np.ndarray, h0: np.ndarray, c0: np.ndarray, Wx: np.ndarray, Wh: np.ndarray, b: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, tuple[Step, ...]]:
    """The whole sequence; hs is a view with its axes exchanged."""
    steps = [(h0, c0, None)]
    for x_t in x.swapaxes(0, 1):
        steps.append(lstm_step_forward(x_t, *steps[-1][:2], Wx, Wh, b))  # type: ignore[arg-type]
    hs, cs, caches = zip(*steps[1:], strict=True)
    return np.array(hs).swapaxes(0, 1), hs[-1], cs[-1], caches


class LSTMCell(torch.nn.Module):
    """A cell in index notation."""

    def __init__(self, input_size: int, hidden_size: int) -> None:
        super().__init__()
        self.Wx = torch.nn.Parameter(torch.empty(input_size, 4 * hidden_size))
        self.Wh = torch.nn.Parameter(torch.empty(hidden_size, 4 * hidden_size))
        self.b = torch.nn.Parameter(torch.zeros(4 * hidden_size))
        torch.nn.init.xavier_uniform_(self.Wx)
        torch.nn.init.orthogonal_(self.Wh)

    def forward(
        self, x: torch.Tensor, state: tuple[torch.Tensor, torch.Tensor] | None = None
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """One step with the gates along an axis of their own."""
        hidden_size = self.Wh.shape[0]
        if state is None:
            zeros = torch.zeros(x.shape[0], hidden_size, dtype=x.dtype, device=x.device)
            state = zeros, zeros.clone()
        h, c = state
        a = torch.einsum("nd,dk->nk", x, self.Wx) + torch.einsum("nj,jk->nk", h, self.Wh) + self.b
        i, f, g, o = a.reshape(-1, 4, hidden_size).unbind(1)
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        return torch.sigmoid(o) * torch.tanh(c), c
