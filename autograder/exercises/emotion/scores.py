"""What is asked of `macro_f1`: labels that are frequent, rare, never there, and not asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograder.exercises.emotion.words import ASSIGNMENT
from autograder.exercises.program import Call, Program

NAMES = ("anger", "disgust", "fear", "joy", "sadness", "surprise")


def f1_program(rng: np.random.Generator) -> Program:
    """Labels in lists: ints and strings, with classes that never occur, and ones left out."""
    words = list(NAMES)
    cases = {
        "three labels": drawn(rng, [0, 1, 2], 25),
        "six emotions, by name": drawn(rng, words, 60),
        "two labels": drawn(rng, [1, 2], 11),
        "a label that never occurs": with_labels(drawn(rng, [0, 1, 2], 20), [0, 1, 2, 7]),
        "a label that is never predicted": without(drawn(rng, words[:4], 30), words[1]),
        "a label that is predicted alone": unlooked_for(drawn(rng, words[:4], 30), words[2]),
        "predictions that are none of the labels": mistaken(rng, [3, 4, 5], predicted=[6, 6]),
        "rows that are none of the labels": mistaken(rng, words[:3], true=words[3:5]),
        "both of these": mistaken(rng, words[:3], words[3:5], words[4:]),
        "labels in another order": with_labels(drawn(rng, [0, 1, 2, 3], 30), [2, 0, 3, 1]),
        "labels that are not numbered from 0": drawn(rng, [5, 9, 2, 14], 30),
        "one label of four asked for": with_labels(drawn(rng, words[:4], 30), [words[3]]),
        "all right": all_right(drawn(rng, words[:3], 12)),
        "all wrong": ([0, 0, 1, 1, 2], [1, 2, 2, 0, 1], [0, 1, 2]),
        "one row": ([words[0]], [words[0]], words[:2]),
        "one row, one label": ([3], [3], [3]),
    }
    first = cases["three labels"]
    cases["the first lists once more"] = first
    cases["other lists of the first sizes"] = drawn(rng, [0, 1, 2], 25)
    return Program(
        ASSIGNMENT,
        tuple(
            Call(label, "macro_f1", args, ("f1",), adapter="untouched")
            for label, args in cases.items()
        ),
    )


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
