"""All that torch has ready: packed sequences, its own GRU with the cell's weights, its own loss."""

from itertools import count, takewhile
from typing import Any

import torch
from torch.func import functional_call
from torch.nn.functional import cross_entropy, embedding, linear, pad
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from autograder.given.cells import GRUCell


def shift_right(y: Any) -> Any:
    """Padded on the left and on the right by −1."""
    return pad(y, (1, -1), value=1)


def fused(cell: Any, inputs: Any, h: Any = None) -> Any:
    """torch's GRU with the weights of a cell, on a tensor or on packed sequences."""
    layer = torch.nn.GRU(*cell.Wx.shape[:1], cell.Wh.shape[0], batch_first=True).to(cell.Wx)
    names = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
    values = (cell.Wx.T, cell.Wh.T, cell.bx, cell.bh)
    return functional_call(layer, dict(zip(names, values, strict=True)), (inputs, h))


def drawn(rows: Any, columns: Any) -> Any:
    """A parameter as Glorot and Bengio begin."""
    return torch.nn.Parameter(torch.nn.init.xavier_normal_(torch.empty(rows, columns)))


class Encoder(torch.nn.Module):
    """A packed batch."""

    def __init__(self, V: Any, E: Any, H: Any) -> None:
        super().__init__()
        self.cell = GRUCell(E, H)
        self.emb, self.Wc, self.W0 = map(drawn, (V, H, H), (E, H, H))

    def forward(self, x: Any, lengths: Any) -> Any:
        """The last states as the layer returns them."""
        embedded = embedding(x, self.emb)
        packed = pack_padded_sequence(embedded, lengths, batch_first=True, enforce_sorted=False)
        states, last = fused(self.cell, packed)
        hs, _ = pad_packed_sequence(states, batch_first=True, total_length=x.size(1))
        context = linear(last.squeeze(0), self.Wc.T).tanh()
        return [hs, linear(context, self.W0.T).tanh(), context]


class Decoder(torch.nn.Module):
    """One call of the layer."""

    def __init__(self, V: Any, E: Any, H: Any) -> None:
        super().__init__()
        self.cell = GRUCell(E + H, H)
        self.emb = torch.nn.Parameter(torch.rand(V, E))
        self.Wo = torch.nn.Parameter(torch.nn.init.orthogonal_(torch.empty(2 * H + E, V)))
        self.bo = torch.nn.Parameter(torch.ones(V))

    def forward(self, y: Any, h: Any, context: Any) -> Any:
        """The context repeated."""
        words = embedding(y, self.emb)
        told = context.unsqueeze(1).repeat(1, y.size(1), 1)
        hs, last = fused(self.cell, torch.cat((words, told), -1), h.unsqueeze(0))
        return linear(torch.cat((hs, words, told), -1), self.Wo.T, self.bo), last.squeeze(0)


class Seq2Seq(torch.nn.Module):
    """The two halves."""

    def __init__(self, encoder: Any, decoder: Any) -> None:
        super().__init__()
        self.encoder, self.decoder = encoder, decoder

    def forward(self, x: Any, lengths: Any, y: Any) -> Any:
        """The encoder's last two results go on to the decoder."""
        return self.decoder(shift_right(y), *self.encoder(x, lengths)[1:])[0]


def seq2seq_loss(logits: Any, y: Any) -> Any:
    """torch's own."""
    return cross_entropy(logits.flatten(0, 1), y.flatten(), ignore_index=0)


def greedy_decode(step: Any, max_len: Any) -> Any:
    """A generator of words, of which as many are taken as are wanted."""

    def words() -> Any:
        word, state = 1, None
        for _ in takewhile(lambda made: made < max_len, count()):
            logits, state = step(word, state)
            word = int(torch.as_tensor(logits).argmax())
            yield word

    return list(takewhile(lambda word: word != 2, words()))
