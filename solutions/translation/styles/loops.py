"""One sentence and one word at a time, with Python's own numbers and lists; prints on the way."""

import math
from typing import Any

import torch

from autograder.given.cells import GRUCell


def shift_right(y: Any) -> Any:
    """Row by row, as lists."""
    return torch.tensor([[1, *row[:-1]] for row in y.tolist()], dtype=y.dtype)


def weights(*shape: int) -> Any:
    """Normal numbers, a tenth of the usual size."""
    return torch.nn.Parameter(0.1 * torch.randn(*shape))


class Encoder(torch.nn.Module):
    """A loop over sentences, in which there is a loop over words; none over padding."""

    def __init__(self, V: Any, E: Any, H: Any) -> None:
        super().__init__()
        self.emb, self.Wc, self.W0 = weights(V, E), weights(H, H), weights(H, H)
        self.cell = GRUCell(E, H)

    def forward(self, x: Any, lengths: Any) -> Any:
        """Each sentence by itself; the rows are put together at the end."""
        print("reading", len(x), "sentences")
        T, rows, ends = x.shape[1], [], []
        for row, length in zip(x, lengths.tolist(), strict=True):
            h = self.emb.new_zeros(1, len(self.Wc))
            states = []
            for t in range(length):
                h = self.cell(self.emb[row[t]][None], h)
                states.append(h[0])
            states += [torch.zeros_like(h[0])] * (T - length)
            rows.append(torch.stack(states))
            ends.append(h[0])
        told = torch.stack(ends).matmul(self.Wc).tanh()
        return torch.stack(rows), told.matmul(self.W0).tanh(), told


class Decoder(torch.nn.Module):
    """A loop over words, each with an output of its own."""

    def __init__(self, V: Any, E: Any, H: Any) -> None:
        super().__init__()
        self.cell = GRUCell(input_size=E + H, hidden_size=H)
        self.emb, self.Wo, self.bo = weights(V, E), weights(2 * H + E, V), weights(V)

    def forward(self, y: Any, h: Any, context: Any) -> Any:
        """One column after the other; Wo is taken apart."""
        H, E = h.shape[1], self.emb.shape[1]
        of_state, of_word, of_context = self.Wo.split([H, E, H])
        logits = []
        for column in y.T:
            word = self.emb[column]
            h = self.cell(torch.hstack((word, context)), h)
            logits.append(self.bo + h @ of_state + word @ of_word + context @ of_context)
        return torch.stack(logits).transpose(0, 1), h


class Seq2Seq(torch.nn.Module):
    """The two halves, and the target fed a word a call."""

    def __init__(self, encoder: Any, decoder: Any) -> None:
        super().__init__()
        self.decoder, self.encoder = decoder, encoder

    def forward(self, x: Any, lengths: Any, y: Any) -> Any:
        """The state is carried from call to call."""
        _hs, h, context = self.encoder(x, lengths)
        word, found = torch.ones_like(y[:, :1]), []
        for t in range(y.shape[1]):
            logits, h = self.decoder(word, h, context)
            found.append(logits)
            word = y[:, t : t + 1]
        return torch.cat(found, 1)


def seq2seq_loss(logits: Any, y: Any) -> Any:
    """A sum over words that grows in a loop."""
    total, words = 0.0 * logits[0, 0, 0], 0
    for rows, ids in zip(logits, y.tolist(), strict=True):
        for row, word in zip(rows, ids, strict=True):
            if word == 0:
                continue
            total = total + torch.logsumexp(row, 0) - row[word]
            words += 1
    return total / words


def greedy_decode(step: Any, max_len: Any) -> Any:
    """The largest logit by a loop."""
    written: list[int] = []
    token, state = 1, None
    while len(written) < max_len:
        logits, state = step(token, state)
        best, largest = -1, -math.inf
        for word, logit in enumerate(logits.tolist()):
            if logit > largest:
                best, largest = word, logit
        if best == 2:
            return written
        written.append(best)
        token = best
    return written
