"""The cells of torch that the applications are built on, with the parameters of the course.

They stand in for `LSTMCell` of the assignment `lstm` and for `GRUCell` of `gru`, the GRU with its
reset after the product. N sequences, T steps, D inputs, H hidden units.
"""

from __future__ import annotations

from typing import Any

import torch


class GRUCell(torch.nn.Module):
    """One step of a GRU, by torch's own operation; parts in the order r, z, n.

    Args:
        input_size: the number of inputs, D.
        hidden_size: the number of hidden units, H.

    Attributes:
        Wx: the weights of the input, (D, 3H).
        Wh: the weights of the hidden state, (H, 3H).
        bx: the bias beside x·Wx, (3H,).
        bh: the bias beside h·Wh, (3H,).
    """

    def __init__(self, input_size: int, hidden_size: int) -> None:
        super().__init__()
        self.Wx = _drawn(hidden_size, input_size, 3 * hidden_size)
        self.Wh = _drawn(hidden_size, hidden_size, 3 * hidden_size)
        self.bx = torch.nn.Parameter(torch.zeros(3 * hidden_size))
        self.bh = torch.nn.Parameter(torch.zeros(3 * hidden_size))

    def forward(self, x: torch.Tensor, h: torch.Tensor | None = None) -> torch.Tensor:
        """The hidden state after the step, (N, H).

        Args:
            x: the input of this step, (N, D).
            h: the hidden state before it, (N, H); zeros if there is none.
        """
        if h is None:
            h = x.new_zeros(len(x), len(self.Wh))
        return torch.gru_cell(x, h, self.Wx.T, self.Wh.T, self.bx, self.bh)


class LSTMCell(torch.nn.Module):
    """One step of an LSTM, by torch's own operation; gates in the order i, f, g, o.

    Args:
        input_size: the number of inputs, D.
        hidden_size: the number of hidden units, H.

    Attributes:
        Wx: the weights of the input, (D, 4H).
        Wh: the weights of the hidden state, (H, 4H).
        b: the bias, (4H,).
    """

    def __init__(self, input_size: int, hidden_size: int) -> None:
        super().__init__()
        self.Wx = _drawn(hidden_size, input_size, 4 * hidden_size)
        self.Wh = _drawn(hidden_size, hidden_size, 4 * hidden_size)
        self.b = torch.nn.Parameter(torch.zeros(4 * hidden_size))

    def forward(
        self, x: torch.Tensor, state: tuple[torch.Tensor, torch.Tensor] | None = None
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """The hidden and the cell state after the step, each (N, H).

        Args:
            x: the input of this step, (N, D).
            state: the hidden and the cell state before it, each (N, H); zeros if there is none.
        """
        if state is None:
            nothing = x.new_zeros(len(x), len(self.Wh))
            state = (nothing, nothing)
        none = torch.zeros_like(self.b)
        return torch.lstm_cell(x, state, self.Wx.T, self.Wh.T, self.b, none)


def run(cell: GRUCell | LSTMCell, x: torch.Tensor, h0: Any = None) -> torch.Tensor:
    """All hidden states of a cell over a batch of sequences, in one call of torch's fused layer.

    A step at which there is padding is a step like any other.

    Args:
        cell: the cell, whose own parameters are used.
        x: the inputs, (N, T, D).
        h0: the state before the first step, as the cell takes it: (N, H) for a GRU, a pair of
            such for an LSTM; zeros if there is none.

    Returns:
        hs: the hidden state after every step, (N, T, H).
    """
    nothing = x.new_zeros(1, len(x), len(cell.Wh))
    options = (True, 1, 0.0, cell.training, False, True)  # biases, one layer, batch first
    if isinstance(cell, LSTMCell):
        state = (nothing, nothing) if h0 is None else tuple(part[None] for part in h0)
        weights = [cell.Wx.T, cell.Wh.T, cell.b, torch.zeros_like(cell.b)]
        return torch.lstm(x, state, weights, *options)[0]
    weights = [cell.Wx.T, cell.Wh.T, cell.bx, cell.bh]
    return torch.gru(x, nothing if h0 is None else h0[None], weights, *options)[0]


def _drawn(hidden_size: int, *shape: int) -> torch.nn.Parameter:
    """Weights as torch draws those of its own cells: uniform up to ±1/√H."""
    return torch.nn.Parameter((2 * torch.rand(*shape) - 1) / hidden_size**0.5)
