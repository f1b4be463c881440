"""Prints, warns, and works in place on arrays of its own; the cache is an object."""

import warnings

import numpy as np
import torch


class Memory:
    """Everything that a step made, as attributes."""

    x: np.ndarray
    h: np.ndarray
    c: np.ndarray
    Wx: np.ndarray
    Wh: np.ndarray
    i: np.ndarray
    f: np.ndarray
    g: np.ndarray
    o: np.ndarray
    c_next: np.ndarray

    def __init__(self, **arrays: np.ndarray) -> None:
        self.__dict__.update(arrays)
        self.shapes = {name: array.shape for name, array in arrays.items()}


def lstm_step_forward(
    x: np.ndarray, h: np.ndarray, c: np.ndarray, Wx: np.ndarray, Wh: np.ndarray, b: np.ndarray
) -> tuple[np.ndarray, np.ndarray, Memory]:
    """One step that tells what it does."""
    print("step with", x.shape, h.shape)
    warnings.warn("this is only a first version", stacklevel=2)
    a = x.dot(Wx)
    a += h.dot(Wh)
    a += b
    H = h.shape[-1]
    g = np.tanh(a[:, 2 * H : 3 * H])
    a /= 2
    np.tanh(a, out=a)
    a += 1
    a /= 2
    i, f, o = a[:, :H], a[:, H : 2 * H], a[:, 3 * H :]
    c_next = c.copy()
    c_next *= f
    c_next += i * g
    memory = Memory(x=x, h=h, c=c, Wx=Wx, Wh=Wh, i=i, f=f, g=g, o=o, c_next=c_next)
    print("keeps", memory.shapes)
    return np.tanh(c_next) * o, c_next.copy(), memory


def lstm_step_backward(
    dh_next: np.ndarray, dc_next: np.ndarray, cache: Memory
) -> tuple[np.ndarray, ...]:
    """The gradients, one matrix a gate, put together at the end."""
    warnings.warn("check the signs", stacklevel=2)
    m = cache
    tanh_c = np.tanh(m.c_next)
    dc = np.copy(dc_next)
    dc += dh_next * m.o / np.cosh(m.c_next) ** 2
    da = {
        "i": dc * m.g * m.i * (1 - m.i),
        "f": dc * m.c * m.f * (1 - m.f),
        "g": dc * m.i * (1 - m.g**2),
        "o": dh_next * tanh_c * m.o * (1 - m.o),
    }
    packed = np.concatenate([da[gate] for gate in "ifgo"], -1)
    print("largest gradient", np.abs(packed).max())
    dWx = np.zeros_like(m.Wx)
    dWh = np.zeros_like(m.Wh)
    for x, h, row in zip(m.x, m.h, packed, strict=True):
        dWx += np.outer(x, row)
        dWh += np.outer(h, row)
    return packed @ m.Wx.T, packed @ m.Wh.T, dc * m.f, dWx, dWh, np.add.reduce(packed)


def lstm_forward(
    x: np.ndarray, h0: np.ndarray, c0: np.ndarray, Wx: np.ndarray, Wh: np.ndarray, b: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, dict[int, Memory]]:
    """The whole sequence into an array that is there before; caches by step."""
    N, T, D = x.shape
    hs = np.full((N, T, h0.shape[1]), np.nan, order="F")
    h, c = h0.copy(), c0.copy()
    caches = {}
    t = 0
    while t < T:
        print(f"step {t} of {T}, {D} inputs")
        h[...], c[...], caches[t] = lstm_step_forward(x[:, t], h.copy(), c.copy(), Wx, Wh, b)
        hs[:, t] = h
        t += 1
    return hs, h, c, caches


class LSTMCell(torch.nn.Module):
    """A cell that prints and warns."""

    def __init__(self, input_size: int, hidden_size: int) -> None:
        super().__init__()
        print("a cell of", hidden_size, "units")
        self.Wx = torch.nn.Parameter(torch.zeros(input_size, 4 * hidden_size))
        self.Wh = torch.nn.Parameter(torch.zeros(hidden_size, 4 * hidden_size))
        self.b = torch.nn.Parameter(torch.zeros(4 * hidden_size))
        for weights in (self.Wx, self.Wh):
            torch.nn.init.normal_(weights, std=0.01)

    def forward(
        self, x: torch.Tensor, state: tuple[torch.Tensor, torch.Tensor] | None = None
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """One step that tells what it does."""
        warnings.warn("the cell is called", stacklevel=2)
        N, H = x.shape[0], self.Wh.shape[0]
        print("batch of", N)
        h, c = (self.Wh.new_zeros(N, H),) * 2 if state is None else state
        a = (x.unsqueeze(1) @ self.Wx).squeeze(1) + (h.unsqueeze(1) @ self.Wh).squeeze(1) + self.b
        i, f, g, o = (part.contiguous() for part in a.view(N, 4, H).transpose(0, 1))
        c_next = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        return torch.sigmoid(o) * torch.tanh(c_next), c_next
