"""The smallest task of translation: say a row of ids backward. A model has to keep all of them.

Ten words, 4 to 13; the special words are those of every vocabulary of the course.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import torch

from autograder.exercises.program import Array
from autograder.exercises.shared.special_words import EOS, FIRST

V = 14
"""The four special words and ten others."""


class Batch(NamedTuple):
    """Rows of ids and the same backward.

    Attributes:
        x: the ids, (N, T) int64.
        lengths: how many there are in each row, (N,).
        y: the same in the opposite order, then EOS, (N, T + 1); PAD behind.
    """

    x: torch.Tensor
    lengths: torch.Tensor
    y: torch.Tensor


def batch(rng: np.random.Generator, longest: int, N: int = 64) -> Batch:
    """Rows of one id to `longest`, by lot."""
    lengths = rng.integers(1, longest + 1, N)
    T = int(lengths.max())
    x = rng.integers(FIRST, V, (N, T)) * (np.arange(T) < lengths[:, None])
    y = np.zeros((N, T + 1), dtype=np.int64)
    for row, backward, length in zip(x, y, lengths, strict=True):
        backward[:length] = row[:length][::-1]
        backward[length] = EOS
    return Batch(*map(torch.from_numpy, (x, lengths, y)))


def train(
    model: Any,
    loss_of: Callable[[torch.Tensor, torch.Tensor], torch.Tensor],
    longest: int,
    batches: int,
    lr: float = 5e-3,
    seed: int = 0,
) -> list[float]:
    """Teach a model to say rows backward, by Adam.

    Args:
        model: gives logits for `(x, lengths, y)`, and has parameters.
        loss_of: the loss of logits and y.
        longest: how many ids there are in a row at most.
        batches: how many batches of 64 rows it sees.
        lr: the rate.
        seed: draws the rows.

    Returns:
        The loss of every batch.
    """
    rng = np.random.default_rng(seed)
    optimiser = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for _ in range(batches):
        x, lengths, y = batch(rng, longest)
        loss = loss_of(model(x, lengths, y), y)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        losses.append(loss.item())
    return losses


def rows(longest: int, each: int, seed: int = 1) -> Iterator[list[int]]:
    """Rows that were not seen: `each` of every length."""
    rng = np.random.default_rng(seed)
    for length in range(1, longest + 1):
        for _ in range(each):
            yield [int(word) for word in rng.integers(FIRST, V, length)]


def shares(say: Callable[[Sequence[int]], Sequence[int]], longest: int, each: int = 25) -> Array:
    """The share of rows that are said backward without a fault, by length, (longest,).

    Args:
        say: what a model makes of a row.
        longest: how many ids there are in a row at most.
        each: how many rows there are of every length.
    """
    right = [list(say(row)) == row[::-1] for row in rows(longest, each)]
    found: Array = np.array(right, dtype=float).reshape(longest, each).mean(axis=1)
    return found
