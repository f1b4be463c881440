"""Whole arrays at once: tables by broadcasting, windows by strides, sums by one-hot products."""

from typing import Any

import numpy as np
import torch
from numpy.lib.stride_tricks import sliding_window_view

from autograder.given.cells import LSTMCell, run
from autograder.given.text import PAD


def scores(hits: Any, given: Any, wanted: Any) -> Any:
    """Precision, recall and F1, where 0 / 0 is 0."""
    below = np.array([given, wanted, (given + wanted) / 2], float)
    return tuple(np.divide(hits, below, out=np.zeros(3), where=below > 0))


def rouge_n(reference: Any, hypothesis: Any, n: Any) -> Any:
    """Runs get numbers, and numbers are counted in bins."""
    numbers: dict[Any, int] = {}
    bins = []
    for text in (reference, hypothesis):
        runs = [tuple(text[k : k + n]) for k in range(len(text) - n + 1)]
        bins.append([numbers.setdefault(run, len(numbers)) for run in runs])
    ref, hyp = (np.bincount(np.array(b, int), minlength=len(numbers)) for b in bins)
    return scores(np.minimum(ref, hyp).sum(), hyp.sum(), ref.sum())


def lcs_positions(reference: Any, hypothesis: Any) -> Any:
    """Each row of the table by one running maximum."""
    equal = np.array([[a == b for b in hypothesis] for a in reference], bool)
    equal = equal.reshape(len(reference), len(hypothesis))
    t = np.zeros((len(reference) + 1, len(hypothesis) + 1), np.int64)
    for i, row in enumerate(equal):
        t[i + 1, 1:] = np.maximum.accumulate(np.maximum(t[i, 1:], t[i, :-1] + row))
    found = []
    i, j = equal.shape
    while min(i, j) > 0:
        if equal[i - 1, j - 1]:
            i, j = i - 1, j - 1
            found.append(i)
        else:
            back = t[i, j - 1] > t[i - 1, j]
            i, j = i - (not back), j - back
    return np.array(found[::-1], int)


def rouge_l(reference: Any, hypothesis: Any) -> Any:
    """A number for each text."""
    length = len(lcs_positions(reference, hypothesis))
    return scores(length, len(hypothesis), len(reference))


def rouge_lsum(reference: Any, hypothesis: Any) -> Any:
    """All hits of a word at once: as many as are marked, and no more than the hypothesis has."""
    words = sorted({token for text in (reference, hypothesis) for s in text for token in s})
    number = {word: k for k, word in enumerate(words)}
    marked, there = np.zeros((2, len(words)))
    for sentence in reference:
        places = np.zeros(len(sentence), bool)
        for other in hypothesis:
            places[lcs_positions(sentence, other)] = True
        np.add.at(marked, [number[sentence[k]] for k in np.flatnonzero(places)], 1)
    for other in hypothesis:
        np.add.at(there, [number[token] for token in other], 1)
    return scores(np.minimum(marked, there).sum(), there.sum(), sum(map(len, reference)))


def phrases(tokens: Any, function_words: Any, K: Any) -> Any:
    """The ends first, then one cut."""
    known, ends, size = set(function_words), [], 0
    for k, token in enumerate(tokens, start=1):
        size += 1
        if size == K or (size > 1 and token in known):
            ends.append(k)
            size = 0
    pieces = np.split(np.array(tokens, dtype=object), ends)
    return [piece.tolist() for piece in pieces if len(piece)]


def phrase_cnn(x: Any, mask: Any, w: Any, b: Any) -> Any:
    """All windows by strides, all responses by one product."""
    side = w.shape[1] // 2
    valid = np.asarray(mask, bool)[..., None]
    words = np.where(valid, x, 0.0)
    padded = np.pad(words, [(0, 0), (0, 0), (side, side), (0, 0)])
    windows = sliding_window_view(padded, w.shape[1], axis=2)
    y = np.einsum("npkes,fse->npkf", windows, w, optimize=True) + b
    return np.max(np.where(valid, y, 0.0), axis=2, initial=0.0)


class PhraseEncoder(torch.nn.Module):
    """Windows by `unfold`, the maximum by masked scores."""

    def __init__(self, V: Any, E: Any, F: Any, S: Any, H: Any) -> None:
        super().__init__()
        new, draw = torch.nn.Parameter, torch.nn.init.xavier_normal_
        self.emb = new(draw(torch.empty(V, E)))
        self.w = new(draw(torch.empty(F, S * E)).reshape(F, S, E))
        self.b = new(torch.zeros(F))
        self.cell = LSTMCell(F, H)

    def forward(self, ids: Any) -> Any:
        """Everything for all texts at once."""
        side = self.w.shape[1] // 2
        valid = (ids != PAD).to(self.emb.dtype)[..., None]
        x = torch.nn.functional.embedding(ids, self.emb) * valid
        windows = torch.nn.functional.pad(x, (0, 0, side, side)).unfold(2, self.w.shape[1], 1)
        y = torch.einsum("npkes,fse->npkf", windows, self.w) + self.b
        y = y.masked_fill(valid == 0, -torch.inf).amax(dim=2).clamp(min=0)
        mask = valid[..., 0].amax(dim=2)
        return run(self.cell, y) * mask.unsqueeze(-1), mask


def pointer_mixture(p_gen: Any, switch: Any, weights: Any, ids: Any, size: Any) -> Any:
    """A product with one-hot rows."""
    onehot = (ids[..., None] == np.arange(size)).astype(float)
    copied = np.einsum("nm,nmk->nk", weights, onehot)
    wide = np.concatenate([p_gen, np.zeros((len(p_gen), size - p_gen.shape[1]))], axis=1)
    return copied + switch[:, None] * (wide - copied)
