"""Ids and tables of numbers: tokens are numbered, beams are arrays, attention is a product."""

from typing import Any

import numpy as np
import torch


def bleu(reference: Any, hypothesis: Any, n: Any) -> Any:
    """N-grams are rows of a table; np.unique counts them."""
    tokens = {token for sentence in reference + hypothesis for token in sentence}
    vocabulary = {token: k for k, token in enumerate(sorted(tokens))}

    def rows(sentence: Any, size: int) -> Any:
        ids = np.array([vocabulary[token] for token in sentence], dtype=int)
        if len(ids) < size:
            return np.empty((0, size), dtype=int)
        return np.lib.stride_tricks.sliding_window_view(ids, size)

    counts = np.zeros((n, 2))
    for right, found in zip(reference, hypothesis, strict=True):
        for i in range(n):
            a, b = rows(right, i + 1), rows(found, i + 1)
            grams, owner = np.unique(np.vstack([a, b]), axis=0, return_inverse=True)
            owner = owner.ravel()
            in_a = np.bincount(owner[: len(a)], minlength=len(grams))
            in_b = np.bincount(owner[len(a) :], minlength=len(grams))
            counts[i] += np.minimum(in_a, in_b).sum(), len(b)
    if counts.min() == 0:
        return np.float64(0)
    r, c = (np.array([len(one) for one in corpus]).sum() for corpus in (reference, hypothesis))
    precision = np.prod(counts[:, 0] / counts[:, 1]) ** (1 / n)
    return 100 * precision * np.minimum(1.0, np.exp(1 - r / c))


def beam_search(step: Any, k: Any, max_len: Any, length_penalty: Any) -> Any:
    """All gains of a step in one array, (beams, V)."""
    rows: list[list[int]] = [[]]
    sums, states, done = np.zeros(1), [None], []
    for length in range(1, max_len + 1):
        if not rows:
            break
        steps = [step(row[-1] if row else 1, s) for row, s in zip(rows, states, strict=True)]
        logits = np.array([logits for logits, _ in steps])
        shifted = logits - logits.max(1, keepdims=True)
        table = sums[:, None] + shifted - np.log(np.exp(shifted).sum(1, keepdims=True))
        places = sorted(
            zip(*np.nonzero(np.isfinite(table)), strict=True),
            key=lambda at: (-table[at], rows[at[0]], at[1]),
        )[:k]
        old = rows
        rows, kept, states = [], [], [steps[at[0]][1] for at in places if at[1] != 2]
        for row, word in places:
            longer = [*old[row], int(word)]
            if word == 2:
                done.append((longer[:-1], table[row, word] / length**length_penalty))
            else:
                rows.append(longer)
                kept.append(table[row, word])
        sums = np.array(kept)
    done += [(row, s / max_len**length_penalty) for row, s in zip(rows, sums, strict=True)]
    return tuple(sorted(done, key=lambda pair: (-pair[1], pair[0]))[:k])


def attend(q: Any, hs: Any, mask: Any, W: Any) -> Any:
    """The keys are multiplied by Wᵀ once; padding gets the smallest number there is."""
    keys = hs @ W.T
    scores = torch.matmul(q, keys.transpose(1, 2))
    lowest = torch.finfo(scores.dtype).min
    alpha = scores.masked_fill((mask == 0).unsqueeze(1), lowest).softmax(-1)
    return torch.matmul(alpha, hs), alpha
