"""One token and one number after the other, in plain Python; prints on the way."""

import math
from typing import Any

import numpy as np
import torch

from autograder.given.cells import LSTMCell
from autograder.given.text import PAD


def rouge_n(reference: Any, hypothesis: Any, n: Any) -> Any:
    """Each run crosses out one that is equal to it."""
    left = [reference[k : k + n] for k in range(len(reference) - n + 1)]
    wanted, given, shared = len(left), 0, 0
    for k in range(len(hypothesis) - n + 1):
        given += 1
        if hypothesis[k : k + n] in left:
            left.remove(hypothesis[k : k + n])
            shared += 1
    print(shared, "runs are shared")
    if not shared:
        return 0, 0, 0
    precision, recall = shared / given, shared / wanted
    return precision, recall, 2 / (1 / precision + 1 / recall)


def lcs_positions(reference: Any, hypothesis: Any) -> Any:
    """A table of lists, and a walk that begins at its corner."""
    table = [[0] * (len(hypothesis) + 1)]
    for mine in reference:
        row = [0]
        for k, other in enumerate(hypothesis):
            if mine == other:
                row.append(table[-1][k] + 1)
            elif table[-1][k + 1] > row[k]:
                row.append(table[-1][k + 1])
            else:
                row.append(row[k])
        table.append(row)
    found: list[int] = []
    row_number, column = len(reference), len(hypothesis)
    while row_number and column:
        if reference[row_number - 1] == hypothesis[column - 1]:
            found.insert(0, row_number - 1)
            row_number -= 1
            column -= 1
        elif table[row_number - 1][column] >= table[row_number][column - 1]:
            row_number -= 1
        else:
            column -= 1
    return found


def rouge_l(reference: Any, hypothesis: Any) -> Any:
    """By the table's corner alone, one row at a time."""
    before = [0] * (len(hypothesis) + 1)
    for mine in reference:
        now = [0]
        for k, other in enumerate(hypothesis):
            now.append(before[k] + 1 if mine == other else max(now[k], before[k + 1]))
        before = now
    length = before[-1]
    if length == 0:
        return [0.0, 0.0, 0.0]
    precision, recall = length / len(hypothesis), length / len(reference)
    return [precision, recall, 2 * precision * recall / (precision + recall)]


def rouge_lsum(reference: Any, hypothesis: Any) -> Any:
    """Tokens of the hypothesis are crossed out one by one."""
    left = [token for sentence in hypothesis for token in sentence]
    given, hits, wanted = len(left), 0, 0
    for sentence in reference:
        wanted += len(sentence)
        marked = [False] * len(sentence)
        for other in hypothesis:
            for place in lcs_positions(sentence, other):
                marked[place] = True
        for token, is_marked in zip(sentence, marked, strict=True):
            if is_marked and token in left:
                left.remove(token)
                hits += 1
    if not hits:
        return 0.0, 0.0, 0.0
    return hits / given, hits / wanted, 2 * hits / (given + wanted)


def phrases(tokens: Any, function_words: Any, K: Any) -> Any:
    """Phrases are looked for by their ends."""
    found, begin = [], 0
    while begin < len(tokens):
        end = begin + 1
        while end < len(tokens) and end - begin < K:
            end += 1
            if tokens[end - 1] in function_words:
                break
        found.append(tokens[begin:end])
        begin = end
    return found


def phrase_cnn(x: Any, mask: Any, w: Any, b: Any) -> Any:
    """Window by window."""
    N, P, K, E = x.shape
    F, S, _ = w.shape
    found = np.zeros((N, P, F))
    for n in range(N):
        for p in range(P):
            for k in range(K):
                if not mask[n, p, k]:
                    continue
                for f in range(F):
                    y = b[f]
                    for s in range(S):
                        place = k + s - S // 2
                        if 0 <= place < K and mask[n, p, place]:
                            y += sum(x[n, p, place, e] * w[f, s, e] for e in range(E))
                    found[n, p, f] = max(found[n, p, f], y)
    return found


class PhraseEncoder(torch.nn.Module):
    """Text by text, phrase by phrase, without padding; the cell is called in a loop."""

    emb: Any
    w: Any
    b: Any

    def __init__(self, V: Any, E: Any, F: Any, S: Any, H: Any) -> None:
        super().__init__()
        self.H, self.side = H, S // 2
        for name, shape in (("emb", (V, E)), ("w", (F, S, E))):
            self.register_parameter(name, torch.nn.Parameter(torch.rand(shape) - 0.5))
        self.register_parameter("b", torch.nn.Parameter(torch.zeros(F)))
        self.cell = LSTMCell(F, H)

    def vector(self, phrase: Any) -> Any:
        """Of one phrase, (F,)."""
        rows = [self.emb[int(i)] if int(i) != PAD else 0 * self.emb[0] for i in phrase]
        best = []
        for k, word in enumerate(phrase.tolist()):
            if word == PAD:
                continue
            y = self.b
            for s in range(self.w.shape[1]):
                place = k + s - self.side
                if 0 <= place < len(rows):
                    y = y + self.w[:, s] @ rows[place]
            best.append(torch.relu(y))
        return torch.stack(best).max(dim=0).values

    def forward(self, ids: Any) -> Any:
        """The states of all texts."""
        N, P, _ = ids.shape
        found, mask = [], torch.zeros(N, P)
        for n, text in enumerate(ids):
            state, states = None, []
            for p, phrase in enumerate(text):
                if bool((phrase == PAD).all()):
                    states.append(self.w.new_zeros(self.H))
                    continue
                mask[n, p] = 1
                state = self.cell(self.vector(phrase)[None], state)
                states.append(state[0][0])
            found.append(torch.stack(states))
        return torch.stack(found), mask


def pointer_mixture(p_gen: Any, switch: Any, weights: Any, ids: Any, size: Any) -> Any:
    """Word by word, each sum to full precision."""
    N, V = p_gen.shape
    p = np.zeros((N, size))
    for n in range(N):
        for k in range(size):
            shares = [weights[n, m] for m in range(ids.shape[1]) if ids[n, m] == k]
            said = switch[n] * p_gen[n, k] if k < V else 0.0
            p[n, k] = said + (1 - switch[n]) * math.fsum(shares)
    return p
