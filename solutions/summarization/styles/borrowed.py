"""What Python, NumPy and torch have ready: counters, recursion, bins, unfolded phrases."""

from collections import Counter
from functools import cache
from itertools import chain
from typing import Any

import numpy as np
import torch
from torch.nn.utils.rnn import pad_sequence

from autograder.given.cells import LSTMCell, run
from autograder.given.text import PAD, conv1d_text, max_over_time


def rouge_n(reference: Any, hypothesis: Any, n: Any) -> Any:
    """The intersection of two counters."""
    grams = []
    for text in (reference, hypothesis):
        starts = range(max(0, len(text) - n + 1))
        grams.append(Counter(tuple(text[start : start + n]) for start in starts))
    ref, hyp = grams
    both = (ref & hyp).total()
    below = hyp.total() + ref.total()
    recall = both / ref.total() if ref else 0.0
    return both / hyp.total() if hyp else 0.0, recall, 2 * both / below if below else 0.0


def lcs_positions(reference: Any, hypothesis: Any) -> Any:
    """By recursion with a memory, from the ends."""

    @cache
    def length(i: int, j: int) -> int:
        if i == 0 or j == 0:
            return 0
        if reference[i - 1] == hypothesis[j - 1]:
            return length(i - 1, j - 1) + 1
        return max(length(i - 1, j), length(i, j - 1))

    def walk(i: int, j: int) -> list[int]:
        if i == 0 or j == 0:
            return []
        if reference[i - 1] == hypothesis[j - 1]:
            return [*walk(i - 1, j - 1), i - 1]
        return walk(i, j - 1) if length(i, j - 1) > length(i - 1, j) else walk(i - 1, j)

    return tuple(walk(len(reference), len(hypothesis)))


def rouge_l(reference: Any, hypothesis: Any) -> Any:
    """F1 straight from the length."""
    length = np.float64(len(lcs_positions(reference, hypothesis)))
    sizes = len(hypothesis), len(reference)
    precision, recall = (length / max(size, 1) for size in sizes)
    return precision, recall, 2 * length / max(sum(sizes), 1)


def rouge_lsum(reference: Any, hypothesis: Any) -> Any:
    """Counters of what is marked and of what is there."""
    there = Counter(chain.from_iterable(hypothesis))
    marked: Counter[str] = Counter()
    for sentence in reference:
        found = set(chain.from_iterable(lcs_positions(sentence, other) for other in hypothesis))
        marked.update(sentence[k] for k in found)
    hits = (marked & there).total()
    wanted = sum(len(sentence) for sentence in reference)
    precision = hits / there.total() if there else 0.0
    recall = hits / wanted if wanted else 0.0
    return precision, recall, 2 * hits / (there.total() + wanted) if hits else 0.0


def phrases(tokens: Any, function_words: Any, K: Any) -> Any:
    """By a generator; a copy of the tokens is used up."""
    known = frozenset(function_words)

    def cut(rest: list[str]) -> Any:
        while rest:
            inner = (k for k, token in enumerate(rest[:K]) if k and token in known)
            end = next(inner, K - 1) + 1
            yield rest[:end]
            del rest[:end]

    return [list(phrase) for phrase in cut(list(tokens))]


def phrase_cnn(x: Any, mask: Any, w: Any, b: Any) -> Any:
    """Phrase by phrase with the functions that are given."""
    side = np.zeros((1, w.shape[1] // 2, x.shape[-1]))
    found = []
    places = mask.reshape(-1, mask.shape[2]).astype(bool)
    for words, valid in zip(x.reshape(-1, *x.shape[2:]), places, strict=True):
        if not valid.any():
            found.append(np.zeros(len(w)))
            continue
        kept = words.copy()
        kept[~valid] = 0
        y = conv1d_text(np.concatenate([side, kept[None], side], axis=1), w, b)
        found.append(np.maximum(max_over_time(y[:, valid])[0], 0))
    return np.array(found).reshape(*x.shape[:2], len(w))


class PhraseEncoder(torch.nn.Module):
    """Only phrases that hold words go through the convolution."""

    emb: Any
    w: Any
    b: Any

    def __init__(self, V: Any, E: Any, F: Any, S: Any, H: Any) -> None:
        super().__init__()
        bound = H**-0.5
        for name, shape in {"b": (F,), "w": (F, S, E), "emb": (V, E)}.items():
            setattr(self, name, torch.nn.Parameter(torch.empty(*shape).uniform_(-bound, bound)))
        self.cell = LSTMCell(F, H)
        self.dropout = torch.nn.Dropout(0.3)

    def forward(self, ids: Any) -> Any:
        """Texts of unequal numbers of phrases, padded afterwards."""
        valid = ids.ne(PAD)
        mask = valid.any(-1)
        kept, words = ids[mask], valid[mask].unsqueeze(1)
        x = self.dropout(self.emb.index_select(0, kept.flatten()).view(*kept.shape, -1))
        x = x.transpose(1, 2) * words
        y = torch.nn.functional.conv1d(x, self.w.permute(0, 2, 1), self.b, padding="same")
        y = torch.where(words, y.relu(), y.new_zeros(()))
        c: Any = torch.nn.functional.adaptive_max_pool1d(y, 1).squeeze(-1)
        rows = pad_sequence(c.split(mask.sum(1).tolist()), batch_first=True)
        hs = run(self.cell, rows)
        hs = torch.nn.functional.pad(hs, (0, 0, 0, ids.shape[1] - hs.shape[1]))
        return hs.masked_fill(~mask.unsqueeze(-1), 0.0), mask.to(self.emb.dtype)


def pointer_mixture(p_gen: Any, switch: Any, weights: Any, ids: Any, size: Any) -> Any:
    """Bins with weights, one row after the other."""
    rows = [
        np.bincount(row, weights=(1 - s) * share, minlength=size)
        for row, s, share in zip(ids, switch, weights, strict=True)
    ]
    found = np.vstack(rows)
    found[:, : p_gen.shape[1]] += p_gen * switch[:, np.newaxis]
    return found
