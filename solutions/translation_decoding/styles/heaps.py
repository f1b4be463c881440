"""Heaps, generators and counters; attention that masks after the softmax, and divides anew."""

import heapq
from collections import Counter
from itertools import chain, islice
from math import exp, log
from typing import Any, NamedTuple

import numpy as np
import torch


def runs(sentences: Any, size: int) -> Any:
    """The runs of `size` tokens, each with the number of its sentence."""
    return Counter(
        (number, *run)
        for number, tokens in enumerate(sentences)
        for run in zip(*(islice(tokens, start, None) for start in range(size)), strict=False)
    )


def bleu(reference: Any, hypothesis: Any, n: Any) -> Any:
    """One counter for a corpus: a run is another run in another sentence."""
    gains = []
    for size in range(1, n + 1):
        found = runs(hypothesis, size)
        both = found & runs(reference, size)
        if not both:
            return 0.0
        gains.append(log(both.total()) - log(found.total()))
    r, c = (len(list(chain.from_iterable(corpus))) for corpus in (reference, hypothesis))
    return 100.0 * exp(np.mean(gains) + min(1 - r / c, 0))


class Sentence(NamedTuple):
    """What is kept in a heap: costs come first, then the words."""

    cost: float
    ids: tuple[int, ...]
    state: Any


def beam_search(step: Any, k: Any, max_len: Any, length_penalty: Any) -> Any:
    """The k smallest costs of a heap."""

    def longer(one: Sentence) -> Any:
        logits, state = step(one.ids[-1], one.state)
        with np.errstate(divide="ignore"):
            p = np.exp(logits - np.logaddexp.reduce(logits))
        costs = np.logaddexp.reduce(logits) - logits
        for word in np.flatnonzero(p >= 0):
            if np.isfinite(costs[word]):
                yield Sentence(one.cost + costs[word], (*one.ids, int(word)), state)

    live = [Sentence(0.0, (1,), None)]
    finished: list[Sentence] = []
    while live and max_len:
        every = chain.from_iterable(map(longer, live))
        best = heapq.nsmallest(k, every, key=lambda one: one[:2])
        finished.extend(one for one in best if one.ids[-1] == 2)
        live = [one for one in best if one.ids[-1] != 2]
        max_len -= 1
    results = []
    for cost, ids, _ in finished + live:
        words = [word for word in ids[1:] if word != 2]
        results.append((cost / (len(ids) - 1) ** length_penalty, words))
    return [(words, -cost) for cost, words in heapq.nsmallest(k, results)]


def attend(q: Any, hs: Any, mask: Any, W: Any) -> Any:
    """Weights at padding are taken away, and the rest is divided by its sum."""
    there = mask.to(q).unsqueeze(1)
    scores = torch.einsum("nqh,hk,ntk->nqt", q, W, hs)
    top = torch.where(there > 0, scores, -torch.inf).max(2, keepdim=True).values
    e = torch.where(there > 0, scores - top, 0.0).exp() * there
    alpha = e / e.sum(2, keepdim=True)
    return torch.bmm(alpha, hs), alpha
