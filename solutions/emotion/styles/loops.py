"""One number after the other, in plain Python; prints on the way, and cells run step by step."""

import math
from typing import Any

import numpy as np
import torch

from autograder.given.cells import LSTMCell
from autograder.given.text import PAD, UNK


def pad_batch(sequences: Any, max_len: Any) -> Any:
    """Rows of lists, filled up one by one."""
    rows, lengths = [], []
    for sequence in sequences:
        row: list[int] = []
        for word in sequence:
            if len(row) == max_len:
                break
            row.append(word)
        if not row:
            row.append(UNK)
        rows.append(row)
        lengths.append(len(row))
    T = max(lengths)
    for row in rows:
        while len(row) < T:
            row.append(PAD)
    print("a batch of", len(rows))
    return np.array(rows), np.array(lengths)


def ppmi(counts: Any) -> Any:
    """Pair by pair, from three logarithms."""
    V = len(counts)
    found = np.zeros((V, V))
    total = sum(counts[i, j] for i in range(V) for j in range(V))
    for i in range(V):
        for j in range(V):
            if counts[i, j] == 0:
                continue
            chance = math.log(sum(counts[i])) + math.log(sum(counts[:, j])) - math.log(total)
            found[i, j] = max(0.0, math.log(counts[i, j]) - chance)
    return found


def additive_attention(H: Any, mask: Any, W: Any, b: Any, v: Any) -> Any:
    """Row by row, with the valid places alone."""
    N, T, D = H.shape
    context, alpha = np.zeros((N, D)), np.zeros((N, T))
    for n in range(N):
        places = [t for t in range(T) if mask[n, t]]
        scores = []
        for t in places:
            hidden = [math.tanh(H[n, t] @ W[:, a] + b[a]) for a in range(len(v))]
            scores.append(sum(h * w for h, w in zip(hidden, v, strict=True)))
        largest = max(scores)
        powers = [math.exp(score - largest) for score in scores]
        for t, power in zip(places, powers, strict=True):
            alpha[n, t] = power / sum(powers)
            context[n] += alpha[n, t] * H[n, t]
    return [context, alpha]


class EmotionBiLSTM(torch.nn.Module):
    """Comments one by one, without padding; the cells are called in loops."""

    E: Any
    W: Any
    b: Any
    v: Any
    Wo: Any
    bo: Any

    def __init__(self, V: Any, E: Any, H: Any, A: Any, C: Any) -> None:
        super().__init__()
        for name, shape in (("E", (V, E)), ("W", (2 * H, A)), ("v", (A,)), ("Wo", (4 * H, C))):
            self.register_parameter(name, torch.nn.Parameter(torch.rand(shape) - 0.5))
        for name, shape in (("b", (A,)), ("bo", (C,))):
            self.register_parameter(name, torch.nn.Parameter(torch.zeros(shape)))
        self.fw = LSTMCell(E, H)
        self.bw = LSTMCell(E, H)

    def read(self, words: Any, cell: Any) -> Any:
        """The hidden states over one comment, (T, H)."""
        state, found = None, []
        for word in words:
            state = cell(self.E[word][None], state)
            found.append(state[0][0])
        return torch.stack(found)

    def forward(self, ids: Any, lengths: Any) -> Any:
        """One comment after the other."""
        logits, alphas = [], []
        for row, length in zip(ids, lengths.tolist(), strict=True):
            words = row[:length]
            there = self.read(words, self.fw)
            back = self.read(words.flip(0), self.bw).flip(0)
            both = torch.cat([there, back], dim=1)
            scores = torch.tanh(both @ self.W + self.b) @ self.v
            shares = torch.exp(scores - scores.max())
            shares = shares / shares.sum()
            context = shares @ both
            logits.append(torch.cat([context, there[-1], back[0]]) @ self.Wo + self.bo)
            alphas.append(torch.cat([shares, shares.new_zeros(len(row) - length)]))
        return torch.stack(logits), torch.stack(alphas)


def macro_f1(y_true: Any, y_pred: Any, labels: Any) -> Any:
    """A walk through the rows for each label."""
    total = 0.0
    for label in labels:
        right = false = missed = 0
        for true, predicted in zip(y_true, y_pred, strict=True):
            if predicted == label and true == label:
                right += 1
            elif predicted == label:
                false += 1
            elif true == label:
                missed += 1
        if right:
            total += right / (right + 0.5 * (false + missed))
    return total / len(labels)
