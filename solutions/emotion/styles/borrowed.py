"""What NumPy and torch have ready: masked arrays, packed sequences, layers, counters."""

import itertools
from collections import Counter
from typing import Any

import numpy as np
import torch
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence, pad_sequence

from autograder.given.cells import LSTMCell
from autograder.given.text import PAD, UNK


def pad_batch(sequences: Any, max_len: Any) -> Any:
    """Columns by `zip_longest`, then turned."""
    kept = [tuple(itertools.islice(row, max_len)) or (UNK,) for row in sequences]
    columns = list(itertools.zip_longest(*kept, fillvalue=PAD))
    return np.array(columns, dtype=np.int64).T, np.fromiter(map(len, kept), dtype=np.int64)


def ppmi(counts: Any) -> Any:
    """Logarithms of a masked array."""
    c = np.ma.masked_equal(counts, 0.0)
    rows, columns = counts.sum(1, keepdims=True), counts.sum(0, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        found = np.ma.log(c) + np.log(counts.sum()) - np.log(rows) - np.log(columns)
    return np.ma.filled(np.ma.maximum(found, 0.0), 0.0)


def additive_attention(H: Any, mask: Any, W: Any, b: Any, v: Any) -> Any:
    """Scores in place, batched matrix products."""
    N, T, D = H.shape
    hidden = H.reshape(N * T, D).dot(W)
    hidden += b
    np.tanh(hidden, out=hidden)
    e = (hidden * v).sum(-1).reshape(N, T)
    e[mask == 0] = -np.inf
    e -= e.max(axis=-1)[:, None]
    np.exp(e, out=e)
    e /= e.sum(axis=-1, keepdims=True)
    return np.squeeze(e[:, None] @ H, axis=1), e


class EmotionBiLSTM(torch.nn.Module):
    """States and ends from torch's own layer, which is given the weights of the cells."""

    E: Any
    W: Any
    b: Any
    v: Any
    Wo: Any
    bo: Any

    def __init__(self, V: Any, E: Any, H: Any, A: Any, C: Any) -> None:
        super().__init__()
        bound = H**-0.5
        shapes = {"E": (V, E), "W": (2 * H, A), "b": (A,), "v": (A,), "Wo": (4 * H, C), "bo": (C,)}
        for name, shape in shapes.items():
            setattr(self, name, torch.nn.Parameter(torch.empty(*shape).uniform_(-bound, bound)))
        self.bw, self.fw = LSTMCell(E, H), LSTMCell(E, H)
        self.dropout = torch.nn.Dropout(0.5)

    def forward(self, ids: Any, lengths: Any) -> Any:
        """The layer of torch with the weights of the cells; the shares by `pad_sequence`."""
        x = self.dropout(self.E.index_select(0, ids.flatten()).view(*ids.shape, -1))
        weights: dict[str, Any] = {}
        for end, cell in (("", self.fw), ("_reverse", self.bw)):
            weights |= {f"weight_ih_l0{end}": cell.Wx.T, f"weight_hh_l0{end}": cell.Wh.T}
            weights |= {f"bias_ih_l0{end}": cell.b, f"bias_hh_l0{end}": torch.zeros_like(cell.b)}
        (N, T), H = ids.shape, len(self.fw.Wh)
        layer = torch.nn.LSTM(x.shape[2], H, batch_first=True, bidirectional=True, dtype=x.dtype)
        packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
        states, (ends, _) = torch.func.functional_call(layer, weights, (packed,))
        hs, _ = pad_packed_sequence(states, batch_first=True, total_length=T)
        rows = [hs[n, :length] for n, length in enumerate(lengths.tolist())]
        scores = [(row @ self.W + self.b).tanh().mv(self.v).softmax(0) for row in rows]
        alpha = pad_sequence([*scores, x.new_zeros(T)], batch_first=True)[:N]
        context = torch.bmm(alpha.unsqueeze(1), hs).squeeze(1)
        features = self.dropout(torch.hstack([context, *ends]))
        return torch.addmm(self.bo, features, self.Wo), alpha


def macro_f1(y_true: Any, y_pred: Any, labels: Any) -> Any:
    """Three counters."""
    true, predicted = Counter(y_true), Counter(y_pred)
    hits = Counter(t for t, p in zip(y_true, y_pred, strict=True) if t == p)
    each = [2 * hits[one] / max(1, true[one] + predicted[one]) for one in labels]
    return float(np.mean(each))
