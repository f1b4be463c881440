"""Results are written into tensors that are there before; padding is held at the last state."""

from typing import Any

import numpy as np
import torch

from autograder.given.cells import GRUCell
from autograder.given.text import BOS, EOS, PAD


def shift_right(y: Any) -> Any:
    """A new tensor, and two assignments."""
    inputs = torch.empty_like(y)
    inputs[:, 1:] = y[:, :-1]
    inputs[:, 0] = BOS
    return inputs


class Encoder(torch.nn.Module):
    """At padding the state stays what it was: the last column is that of the last word."""

    def __init__(self, V: int, E: int, H: int) -> None:
        super().__init__()
        sizes = [(V, E), (H, H), (H, H)]
        self.emb, self.Wc, self.W0 = (
            torch.nn.Parameter(torch.empty(size).uniform_(-0.5, 0.5)) for size in sizes
        )
        self.cell = GRUCell(E, H)
        self.register_buffer("seen", torch.zeros(()), persistent=False)

    def forward(self, x: Any, lengths: Any) -> Any:
        """A mask a step."""
        N, T = x.shape
        h = self.Wc.new_zeros(N, self.Wc.size(1))
        columns = []
        for t in range(T):
            there = (t < lengths).unsqueeze(1)
            h = torch.where(there, self.cell(self.emb[x[:, t]], h), h)
            columns.append(torch.where(there, h, 0.0))
        self.seen += N
        context = torch.einsum("nh,hk->nk", h, self.Wc).tanh()
        return torch.stack(columns, 1), torch.einsum("nh,hk->nk", context, self.W0).tanh(), context


class Decoder(torch.nn.Module):
    """The products with the context are taken once, for all steps."""

    def __init__(self, V: int, E: int, H: int) -> None:
        super().__init__()
        self.emb = torch.nn.Parameter(torch.randn(V, E))
        self.cell = GRUCell(E + H, H)
        self.Wo = torch.nn.Parameter(torch.randn(2 * H + E, V) / 10)
        self.bo = torch.nn.Parameter(torch.zeros(V))

    def forward(self, y: Any, h: Any, context: Any) -> Any:
        """The GRU by its equations."""
        E, H = self.emb.size(1), h.size(1)
        cell, words = self.cell, self.emb[y]
        sums = words @ cell.Wx[:E] + (context @ cell.Wx[E:] + cell.bx).unsqueeze(1)
        hs = torch.empty(*y.shape, H, dtype=h.dtype)
        states = []
        for t in range(y.size(1)):
            u, v = sums[:, t].chunk(3, 1), (h @ cell.Wh + cell.bh).chunk(3, 1)
            r, z = (torch.sigmoid(u[i] + v[i]) for i in range(2))
            h = torch.lerp(torch.tanh(u[2] + r * v[2]), h, z)
            states.append(h)
        hs = torch.stack(states, 1)
        constant = (context @ self.Wo[H + E :] + self.bo).unsqueeze(1)
        return hs @ self.Wo[:H] + words @ self.Wo[H : H + E] + constant, h


class Seq2Seq(torch.nn.Module):
    """Shifts by itself."""

    def __init__(self, encoder: Any, decoder: Any) -> None:
        super().__init__()
        self.encoder = encoder
        self.decoder = decoder

    def forward(self, x: Any, lengths: Any, y: Any) -> Any:
        """Padding is fed as EOS, which changes nothing that counts."""
        read = self.encoder(x, lengths)
        inputs = torch.roll(y, 1, 1)
        inputs[:, 0] = BOS
        return self.decoder(inputs.masked_fill(inputs == PAD, EOS), read[1], read[2])[0]


def seq2seq_loss(logits: Any, y: Any) -> Any:
    """The words alone are looked at."""
    words = y.nonzero(as_tuple=True)
    rows = logits[words]
    right = rows[torch.arange(len(rows)), y[words]]
    return (rows.logsumexp(1) - right).mean()


def greedy_decode(step: Any, max_len: int, token: int = BOS, state: Any = None) -> Any:
    """The first word, and then those that follow it."""
    if max_len == 0:
        return []
    logits, state = step(token, state)
    best = np.flatnonzero(logits == logits.max())[0]
    return [] if best == EOS else [best, *greedy_decode(step, max_len - 1, int(best), state)]
