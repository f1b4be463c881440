"""Labels in lists, true and predicted, for scores by class: frequent, rare, and stray ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

Case = tuple[list[Any], list[Any], list[Any]]
"""The true labels, the predicted ones, and those to average over."""


def drawn(rng: np.random.Generator, labels: list[Any], n: int) -> Case:
    """True labels, the first of them most frequent, and predictions that are right by half."""
    C = len(labels)
    share = np.arange(C, 0, -1.0) ** 2
    true = rng.choice(C, n, p=share / share.sum())
    true[:C] = np.arange(C)
    other = rng.choice(C, n, p=np.roll(share, 1) / share.sum())
    predicted = np.where(rng.integers(0, 2, n) > 0, true, other)
    predicted[0] = true[0]
    order = rng.permutation(n)
    return [labels[k] for k in true[order]], [labels[k] for k in predicted[order]], list(labels)


def with_labels(case: Case, labels: list[Any]) -> Case:
    """The same rows, averaged over others."""
    return case[0], case[1], labels


def without(case: Case, label: Any) -> Case:
    """The same, `label` never predicted."""
    true, predicted, labels = case
    other = next(one for one in labels if one != label)
    return true, [other if p == label else p for p in predicted], labels


def unlooked_for(case: Case, label: Any) -> Case:
    """The same, `label` predicted and never true."""
    true, predicted, labels = case
    other = next(one for one in labels if one != label)
    true = [other if t == label else t for t in true]
    return true, [label if k % 5 == 0 else p for k, p in enumerate(predicted)], labels


def mistaken(
    rng: np.random.Generator,
    labels: list[Any],
    true: Sequence[Any] = (),
    predicted: Sequence[Any] = (),
) -> Case:
    """Rows with these labels, and more whose true, or predicted, label is none of them."""
    right, given, labels = drawn(rng, labels, 30)
    return (
        [*true, *labels[: len(predicted)], *right],
        [*labels[: len(true)], *predicted, *given],
        labels,
    )


def all_right(case: Case) -> Case:
    """The same, every prediction right."""
    return case[0], list(case[0]), case[2]
